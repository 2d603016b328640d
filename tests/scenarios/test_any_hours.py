"""Any hours, any fixed times, any day: the promises of rules 25 and 26, over daylight saving, jumps and travel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.decisions import Decision, Prompt, Warn
from breakd.core.events import Active, Alarm, Busy, Clock, Command, Entry, Event, Free, Idle, Locked, Unlocked, Zone
from breakd.core.rules import Rules
from breakd.core.units import HOUR, MINUTE, SECOND
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.settings.hours import Range, Span, When, free_from, parse_when, quiet_spans
from breakd.settings.load import load
from tests.shell.test_hours import clocks, days, tables

SCHEDULE = ("schedule.a={at='12:30', late='20m'}", "schedule.b={at='12:30', break='micro'}", "schedule.c.at='12:30'")
RULES = load(None, SCHEDULE).rules()
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
STARTS = [  # an ordinary friday, and shortly before the clocks of Berlin are set
    round(datetime.fromisoformat(text).timestamp() * 1000)
    for text in ("2026-03-06T15:00+00:00", "2026-03-28T23:00+00:00", "2026-10-24T22:00+00:00")
]
EVENTS: dict[str, Event] = {
    "active": Active(),
    "idle": Idle(),
    "locked": Locked(),
    "unlocked": Unlocked(),
    "call": Busy("call"),
    "call over": Free("call"),
    **{order: Command(order) for order in ("start", "snooze", "skip", "pause", "resume")},
    "back": Clock(-HOUR),
    "ahead": Clock(90 * MINUTE),
    **{name: Zone(name) for name in ZONES},
}


class Move(NamedTuple):
    """After so long this happens."""

    after: int
    what: str


class Week(NamedTuple):
    """Hours, fixed times, and where and when the day begins."""

    work: list[Range]
    quiet: list[Range]
    times: list[When]
    start: int

    @property
    def spans(self) -> tuple[Span, ...]:
        """When it is quiet."""
        return quiet_spans(self.work, self.quiet)

    @property
    def silence(self) -> tuple[Span, ...]:
        """When even what is scheduled is silent."""
        return quiet_spans((), self.quiet)

    @property
    def calendar(self) -> Calendar:
        """Its calendar in Berlin."""
        schedule = tuple(zip("abc", map(parse_when, self.times), strict=False))
        return Calendar("04:00", zone(ZONES[0]), self.spans, self.silence, schedule)


class Recorded(Simulation):
    """A simulation that keeps what the core was told, as a journal does."""

    def __init__(self, rules: Rules, calendar: Calendar, start: int) -> None:
        self.entries: list[Entry] = []
        super().__init__(rules, calendar, start)

    def _step(self, entry: Entry) -> None:
        self.entries.append(entry)
        super()._step(entry)


soon = st.builds("{:02d}:{:02d}".format, st.sampled_from([0, 1, 2, 3, 16, 17, 18]), st.integers(0, 59))
whens = st.builds("{}{}".format, days, clocks).map(When) | soon.map(When)
some = st.just(list[Range]()) | tables
gaps = st.sampled_from([0, SECOND, MINUTE, 20 * MINUTE, HOUR]) | st.integers(0, 3 * HOUR)
names = st.sampled_from(["active"] * 8 + ["idle"] * 3 + [*EVENTS])
moves = st.lists(st.builds(Move, gaps, names), min_size=1, max_size=25)
weeks = st.builds(Week, some, some, st.lists(whens, max_size=3), st.sampled_from(STARTS))


def lived(week: Week, day: Sequence[Move]) -> Recorded:
    """The day, deadline by deadline."""
    run = Recorded(RULES, week.calendar, week.start)
    at = week.start
    run.feed(Active(), at)
    for move in day:
        at += move.after
        run.feed(EVENTS[move.what], at)
    run.run_to(at + HOUR)
    return run


@given(weeks, moves)
def test_nothing_is_shown_while_the_clock_says_quiet(week: Week, day: list[Move]) -> None:
    """Rule 25, by the clock on the wall: no prompt, no warning; one at a fixed time outside working hours."""
    run, at = Recorded(RULES, week.calendar, week.start), week.start
    run.feed(Active(), at)
    for move in [*day, Move(HOUR, "active")]:
        before = [(run.state.offset, run.zone)]
        at += move.after
        run.feed(EVENTS[move.what], at)
        for decision in run.taken():
            if isinstance(decision, Prompt | Warn):
                clocks = [*before, (run.state.offset, run.zone)] if decision.at == at else before
                shown = [datetime.fromtimestamp((decision.at + offset) / 1000, place) for offset, place in clocks]
                asked = isinstance(decision, Prompt) and decision.schedule
                assert not all(_quiet(week.silence if asked else week.spans, local) for local in shown)


def _quiet(spans: tuple[Span, ...], local: datetime) -> bool:
    """Whether it is by this clock, on a night on which it is not set."""
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    night = local.replace(hour=0).utcoffset() != local.replace(hour=12).utcoffset()
    return free_from(spans, minute) > minute and not night


@given(weeks, moves)
def test_replay_is_the_live_run(week: Week, day: list[Move]) -> None:
    """Rule 24: what the calendar told is an event like any other; the fold over all of them is the state."""
    run = lived(week, day)
    state, decided = engine.begin(RULES, week.start), list[Decision]()
    for entry in run.entries:
        state, decisions = engine.step(state, entry)
        decided += decisions
    state, decisions = engine.advance(state, run.state.now)
    assert ([*decided, *decisions], state) == (run.decided, run.state)


@given(weeks, moves)
def test_looking_more_often_changes_nothing(week: Week, day: list[Move]) -> None:
    """The core names every moment at which hours or fixed times change anything: looking between finds no more."""
    run = lived(week, day)
    state, decided = engine.begin(RULES, week.start), list[Decision]()
    for entry in [*run.entries, Entry(run.state.now, run.state.now, Alarm("the end"))]:
        for at in _between(state, entry.seen):
            state, decisions = engine.step(state, Entry(at, at, Zone(state.zone)))
            decided += decisions
        state, decisions = engine.step(state, entry)
        decided += decisions
    assert (decided, _unwoken(state)) == (run.decided, _unwoken(run.state))


def _unwoken(state: engine.State) -> engine.State:
    """The state but for when it is looked at again, which who looked more often knows better."""
    return replace(state, wake=None, steady=None)


def _between(state: engine.State, to: int) -> list[int]:
    """Moments from now up to there: each second around a deadline and around hours, then rarely."""
    wake = engine.next_deadline(state)
    edges = [state.now, *state.quiet, *([] if wake is None else [wake])]
    near = [edge + second * SECOND + part for edge in edges for second in range(-3, 4) for part in (-1, 0, 1)]
    return sorted({at for at in (*near, *range(state.now, to, 5 * MINUTE + 7)) if state.now <= at < to})
