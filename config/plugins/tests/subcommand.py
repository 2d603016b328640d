"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

import breakd_example

from breakd.plugin.testing import check, command, load


def test_it_greets() -> None:
    """`breakd example NAME` says what the settings say."""
    plugin = load(breakd_example, '[plugins.example]\ngreeting = "Stand up"')
    assert command(plugin, "Ada") == "Stand up, Ada!\n"


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
