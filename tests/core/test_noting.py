"""What is only noted (record 20) comes out as if everything had been settled each time, and what is simple as ever."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.decisions import Decision, Prompt
from breakd.core.events import Active, Busy, Entry, Event, Free, Idle
from breakd.core.noting import input_began, input_ended, note
from breakd.core.units import MINUTE
from tests.core.anything import SHIPPED, START, Move, begun, days, entries
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


RULE = SHIPPED.presence
EDGE = st.sampled_from([0, RULE.notice, RULE.away, RULE.away_prompted, RULE.away_reader, RULE.reader_input])
SPAN = st.tuples(EDGE | st.integers(1, 20 * MINUTE), st.integers(-1, 1))
NOTICED = st.sampled_from([0, RULE.notice - 1, RULE.notice, RULE.notice + 1, RULE.away, RULE.away_reader])
CALLS = st.sampled_from([(), (), (), (Busy("call"), Free("call"))])


@given(days)
def test_what_is_simple_is_as_ever(day: list[Move]) -> None:
    """Where input or its end needs no look at the rest, the state is what the handlers of all events come to."""
    both_ways(entries(day))


@given(st.lists(st.tuples(SPAN, SPAN, NOTICED, CALLS), max_size=30))
def test_what_is_simple_is_as_ever_at_any_edge(
    day: list[tuple[tuple[int, int], tuple[int, int], int, tuple[Event, ...]]],
) -> None:
    """The same where somebody types and reads for about as long as matters to presence, with calls in between."""
    now, told = START, [Entry(START, START, Active(), "x")]
    for (typed, more), (read, longer), noticed, calls in day:
        now += max(1, typed + more)
        told += [Entry(now, now, each, "y") for each in calls]
        back = now + max(1, read + longer)
        told.append(Entry(min(back, now + noticed), now, Idle(), "x"))
        told.append(Entry(back, back, Active(), "x"))
        now = back
    both_ways(told)


def both_ways(told: Iterable[Entry]) -> None:
    """Fold them in as any other event, and see each time whether the simple way comes to the same."""
    state = begun()
    for entry in told:
        simply = {Active: input_began, Idle: input_ended}.get(type(entry.event))
        found = simply(state, entry) if simply is not None else None
        state, decisions = as_ever(state, entry) if simply is not None else engine.step(state, entry)
        if found is not None:
            assert decisions == []
            assert (found.tally, replace(found, ledger=state.ledger)) == (state.tally, state)
            assert (found.ledger.settled, found.ledger.spans) == (state.ledger.settled, state.ledger.spans)


def as_ever(state: engine.State, entry: Entry) -> tuple[engine.State, list[Decision]]:
    """One step as for any other event: time passes, the handler answers, and conclusions are drawn."""
    out: list[Decision] = []
    state = engine._advance(state, entry.seen, out)
    return note(engine._HANDLERS[type(entry.event)](state, entry, out), out), out
