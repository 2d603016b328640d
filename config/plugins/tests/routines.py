"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

import breakd_example

from breakd.plugin.testing import check, load, run_day


def test_the_routines_are_offered() -> None:
    """In a working day each routine has its turn."""
    plugin = load(breakd_example)
    assert {routine.id for routine in plugin.routines} <= set(run_day(plugin).offered)


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
