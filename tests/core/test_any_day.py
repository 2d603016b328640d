"""What holds on any day, whatever happens in whatever order."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.bars import Manner
from breakd.core.decisions import Decision
from breakd.core.events import Entry, Started, Zone
from breakd.core.ledger import rewrite, run
from breakd.core.rules import Rules
from breakd.core.tally import Tally
from breakd.core.units import HOUR, MINUTE, SECOND
from tests.core.anything import Move, begun, days, entries, folded
from tests.core.promises import Watch


@given(days)
def test_promises_are_kept(day: list[Move]) -> None:
    """Rules 6, 10-16, at every moment of any day: see `Watch`."""
    watch = Watch(begun())
    for entry in entries(day):
        watch.runs_to(entry.at if entry.event.unwatched else entry.seen)
        watch.hears(entry)
    watch.runs_to(watch.state.now + 2 * HOUR)


@given(days)
def test_looking_more_often_changes_nothing(day: list[Move]) -> None:
    """The core names every moment at which anything can change: looking in between finds nothing new."""
    expected, decided = folded([*entries(day)])
    state, found = begun(), list[Decision]()
    for entry in entries(day):
        for at in _between(state, entry.at if entry.event.unwatched else entry.seen):
            state, decisions = engine.step(state, Entry(at, at, Zone(state.zone)))
            found += decisions
        state, decisions = engine.step(state, entry)
        found += decisions
    assert (_unwoken(state), found) == (_unwoken(expected), decided)


def _unwoken(state: engine.State) -> engine.State:
    """The state but for when it is looked at again, which who looked more often knows better."""
    return replace(_summed(state), wake=None, steady=None)


def _summed(state: engine.State) -> engine.State:
    """The state with its ledger summed up to now, which only who looked just now has."""
    return engine.advance(state, state.now)[0]


def _between(state: engine.State, to: int) -> list[int]:
    """Some moments from now up to there: near the next deadline, every second at first, then rarely."""
    wake = engine.next_deadline(state)
    near = [] if wake is None else [wake - 1, wake, wake + 1]
    dense = range(state.now, state.now + 30 * SECOND, SECOND)
    rare = range(state.now, to, 2 * MINUTE + 17)
    return sorted({at for at in (*near, *dense, *rare) if state.now <= at < to})


@given(days)
def test_replay_is_the_live_run(day: list[Move]) -> None:
    """Woken at its deadlines or not, in one go or with pauses, the fold over the journal is the same (rule 24)."""
    expected, decided = folded([*entries(day)])
    state, found = begun(), list[Decision]()
    for entry in entries(day):
        to = entry.at if entry.event.unwatched else entry.seen
        while (wake := engine.next_deadline(state)) is not None and wake <= to:
            state, decisions = engine.advance(state, (state.now + wake) // 2)
            assert decisions == ()
            state, decisions = engine.advance(state, wake)
            found += decisions
        state, decisions = engine.step(state, entry)
        found += decisions
    assert (_summed(state), found) == (_summed(expected), decided)


@given(days, st.data())
def test_restart_changes_nothing(day: list[Move], data: st.DataObject) -> None:
    """A daemon killed and at once back, from its snapshot, goes on as if nothing had been (rules 5, 24)."""
    told = [*entries(day)]
    cut = data.draw(st.integers(0, len(told)))
    state, _ = folded(told[:cut])
    back = msgspec.json.decode(msgspec.json.encode(state), type=engine.State)
    assert back == state
    if state.presence.suspended is not None:  # a daemon that starts was not suspended
        return
    back, decisions = engine.step(back, Entry(state.now, state.now, Started()))
    assert (_unwoken(back), decisions) == (_unwoken(state), ())


@given(days)
def test_ledger_adds_up(day: list[Move]) -> None:
    """The running sum is the settled one and every open span; it is lived as presence says."""
    state = begun()
    for entry in entries(day):
        state, _ = engine.step(state, entry)
        ledger, presence = state.ledger, state.presence
        assert ledger.spans[-1].start <= ledger.at <= state.now
        assert state.tally == run(state.rules, ledger, state.now).tally
        assert ledger.manner == Manner(presence.doing, presence.stance, state.paused_until is not None)
        starts = [span.start for span in ledger.spans]
        assert starts == sorted(starts)
        assert starts[-1] <= state.now
        if len({span.manner.doing for span in ledger.spans}) == 1:
            again = rewrite(state.rules, ledger, starts[0], ledger.manner.doing, state.now)
            summed = run(state.rules, again, state.now).tally
            assert _without_screens(state.rules, summed) == _without_screens(state.rules, state.tally)


def _without_screens(rules: Rules, tally: Tally) -> Tally:
    """Without bars of screen time: a micro-break pays them while nothing is known of an absence."""
    levels = zip(rules.breaks, tally.levels, strict=True)
    return replace(tally, levels=tuple(level for rule, level in levels if rule.counts != "screen"))
