"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

import breakd_example

from breakd import Advice
from breakd.plugin.testing import MONDAY, advise, check, context, load


def test_it_weighs_and_adds_until_ten() -> None:
    """Before ten walking is put off; after that it has nothing to say."""
    adviser = load(breakd_example).adviser
    early, late = context(now=MONDAY.replace(hour=9)), context(now=MONDAY.replace(hour=10))
    assert advise(adviser, early)[0] == Advice("walking", 0.5, "your coffee is hot")
    assert advise(adviser, late) == ()


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
