"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

from pathlib import Path

import breakd_example

from breakd.plugin.testing import check, load, note, show


def test_it_shows_and_withdraws(tmp_path: Path) -> None:
    """A note can be read in the file until it is withdrawn."""
    file = tmp_path / "note.txt"
    plugin = load(breakd_example, f"[plugins.example]\nfile = '{file}'")
    show(plugin.notifier, note(title="Time to move"))
    assert file.read_text().startswith("Time to move\n")
    show(plugin.notifier, note(), withdraw=["prompt"])
    assert file.read_text() == ""


def test_it_keeps_its_contract(tmp_path: Path) -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example, f"[plugins.example]\nfile = '{tmp_path}/file'")
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
