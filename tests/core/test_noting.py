"""What is only noted (record 20) comes out as if everything had been settled each time."""

from __future__ import annotations

import pytest

from breakd.core.decisions import Prompt
from breakd.core.events import Idle
from tests.core.driver import Day, clock, ms

LATER = "breaks.move.every=90m"


def settled_often(day: Day, until: str) -> Day:
    """The same day, with everything settled each second: a zone that stays the same is no news."""
    for second in range(day.state.now // 1000 + 1, ms(until) // 1000 + 1):
        day.at(clock(second * 1000)).travels(day.state.zone)
    return day


def test_input_after_reading_finds_its_bar_full_in_time() -> None:
    """Settled while somebody reads, and then only noted: the bar of input is full 20 min of input later, not at all."""
    day = Day(LATER).types(until="09:02").idles(until="09:03").travels("UTC")
    assert day.state.steady is not None
    day.types(until="09:30")
    often = settled_often(Day(LATER).types(until="09:02").idles(until="09:03").travels("UTC").types(), "09:30")
    prompts = [(each.at, each.kind) for each in day.decided if isinstance(each, Prompt)]
    assert prompts == [(each.at, each.kind) for each in often.decided if isinstance(each, Prompt)]
    assert [clock(at) for at, kind in prompts if kind == "micro"] == ["09:25:00"]


@pytest.mark.parametrize("again", ["09:26:30", "09:30"])
def test_silence_that_is_told_twice_is_no_input(again: str) -> None:
    """Rule 3: what is told while somebody reads does not make up for input, so a slow reader stays one."""
    day = Day().types(until="09:10").idles(until="09:20").types(until="09:22:50").idles(until="09:26")
    day.learns(Idle(), at="09:22:50", seen=again)
    assert day.state.steady is not None
    day.at("09:32:49")
    assert (day.state.presence.doing, clock(day.state.presence.since)) == ("reading", "09:22:50")
