"""Other rules in mid-flight, whatever they are and whatever is going on: what a reload of the settings may do."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.bars import BreakRule, Counts
from breakd.core.decisions import BreakAbandoned, BreakDone, BreakStarted, Decision, Prompt
from breakd.core.events import Configured, Entry
from breakd.core.rules import LimitRule, PresenceRule, PromptRule, Rules
from breakd.core.state import rested, rule
from breakd.core.units import HOUR, MINUTE, SECOND
from tests.core.anything import SHIPPED, Move, begun, entries, moves
from tests.core.promises import Watch

T = TypeVar("T", bound=Struct)

# Not below a second, nor a bar full within a minute: a day of them takes too long, step by step.
SPANS = (SECOND, 20 * SECOND, MINUTE, 10 * MINUTE, HOUR, 7 * 24 * HOUR)
spans = st.sampled_from(SPANS) | st.integers(SECOND, HOUR)
shares = st.sampled_from((0.001, 0.8, 1.0)) | st.floats(0.01, 1)
counts = st.integers(1, 1000) | st.integers(1, 3)
VALUES: dict[str, st.SearchStrategy[Any]] = {"Share": shares, "int": counts}


def table(type_: type[T], least: int = SECOND) -> st.SearchStrategy[T]:
    """A table of the settings with any values that it may have, but no duration below `least` ms."""
    values = {**VALUES, "Ms": spans.map(lambda ms: max(ms, least))}
    return st.builds(type_, **{name: values[type_.__annotations__[name]] for name in type_.__struct_fields__})


@st.composite
def kinds(draw: st.DrawFn) -> tuple[BreakRule, ...]:
    """Breaks as settings may have them: any of the names, in any order of length."""
    found = []
    for name in draw(st.lists(st.sampled_from(("micro", "move", "eyes")), min_size=1, unique=True)):
        duration = draw(spans)
        found.append(
            BreakRule(
                name=name,
                every=max(duration, MINUTE, draw(spans)),
                duration=duration,
                longest=max(duration, draw(spans)),
                counts=draw(st.sampled_from(get_args(Counts))),
                attempts=draw(counts),
                stays=draw(spans),
                transient=draw(st.booleans()),
            )
        )
    return tuple(sorted(found, key=lambda kind: (kind.duration, kind.every, kind.name)))


tables = st.builds(
    Rules,
    breaks=st.just(SHIPPED.breaks) | kinds(),
    presence=st.just(SHIPPED.presence) | table(PresenceRule),
    prompt=st.just(SHIPPED.prompt) | table(PromptRule),
    limits=st.just(SHIPPED.limits) | table(LimitRule, MINUTE),
)
changes = st.lists(st.tuples(st.integers(0, 12), tables), min_size=1, max_size=4)
short_days = st.lists(moves, min_size=1, max_size=12)


class Calmer(Watch):
    """What holds under any rules. Some make a prompt impossible: an input that is never recent enough, say."""

    def _asks_in_time(self) -> None:
        """Nothing: see the class."""


def with_changes(told: list[Entry], new: list[tuple[int, Rules]]) -> list[Entry]:
    """The day with other rules from time to time, each just after the event of this place."""
    after = dict(new)
    found = []
    for place, entry in enumerate(told):
        found.append(entry)
        if place in after:
            found.append(Entry(entry.seen, entry.seen, Configured(after[place])))
    return found


@given(short_days, changes)
def test_promises_are_kept_under_any_settings(day: list[Move], new: list[tuple[int, Rules]]) -> None:
    """Rules 6, 13, 15, 16 and a deadline that lies ahead: at every moment, before, at and after a change."""
    watch = Calmer(begun())
    for entry in with_changes([*entries(day)], new):
        watch.runs_to(entry.at if entry.event.unwatched else entry.seen)
        watch.hears(entry)
        _is_steady(watch.state)
    watch.runs_to(watch.state.now + 2 * MINUTE)


def _is_steady(state: engine.State) -> None:
    """Whatever can be concluded has been: the same moment again decides nothing."""
    summed, decisions = engine.advance(state, state.now)
    assert (replace(summed, ledger=state.ledger), decisions) == (state, ())
    assert (summed.tally, summed.ledger.tally) == (state.tally, state.tally)
    assert engine.advance(summed, state.now) == (summed, ())


@given(short_days, tables)
def test_a_change_touches_nothing_else(day: list[Move], new: Rules) -> None:
    """A bar keeps its share; gauges, pauses and presence are as before; the break that is on is the one before."""
    state = begun()
    for entry in entries(day):
        state, _ = engine.step(state, entry)
    old, (state, decisions) = state, engine.step(state, Entry(state.now, state.now, Configured(new)))
    for place, kind in enumerate(state.rules.breaks):
        before = next((at for at, other in enumerate(old.rules.breaks) if other.name == kind.name), None)
        full = 0 if before is None else old.tally.levels[before] / old.rules.breaks[before].full
        expected = min(full * kind.full, kind.bound)
        settled = [each for each in decisions if isinstance(each, BreakDone)]  # the new rules found it long enough
        assert settled or abs(state.tally.levels[place] - expected) <= 1 + expected * 1e-9
    assert (state.paused_until, state.zone, state.offset) == (old.paused_until, old.zone, old.offset)
    assert (state.tally.desk_ms, state.presence.claims) == (old.tally.desk_ms, old.presence.claims)
    _goes_on(old, state, decisions)


def _goes_on(old: engine.State, state: engine.State, decisions: tuple[Decision, ...]) -> None:
    """The break that was on: the same, as far rested; or ended, and that is said."""
    assert sum(isinstance(decision, Prompt) for decision in decisions) <= 1
    if old.slot.phase not in ("resting", "halted"):
        return
    ended = [each for each in decisions if isinstance(each, BreakDone | BreakAbandoned)]
    if ended:
        assert (ended[0].kind, ended[0].rested_ms) == (rule(old).name, rested(old))
        return
    assert not [each for each in decisions if isinstance(each, BreakStarted)]
    assert (rule(state).name, rested(state), state.slot.length) == (rule(old).name, rested(old), old.slot.length)
