"""Made-up days for properties: any events in any order, late or not, from several sources, with kills in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from hypothesis import strategies as st

from breakd.core import engine
from breakd.core.bars import Stance
from breakd.core.decisions import Decision
from breakd.core.events import (
    Active,
    Advice,
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Gathered,
    Hold,
    Idle,
    Locked,
    NotWatching,
    Order,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.routines import Routine, Step
from breakd.core.rules import Rules
from breakd.core.units import HOUR, MINUTE, SECOND
from tests.core.driver import ONLY_MICRO, configured, ms

SCHEDULE = (
    "schedule.lunch={at='12:30'}",
    "schedule.walk={at='15:00', late='7m'}",
    "schedule.eyes={at='16:00', break='micro', late='1h'}",
)
SHIPPED = configured(*SCHEDULE)
OTHERS = (
    SHIPPED,
    configured("breaks.move.every=10m", "breaks.micro.every=5m", "prompt.per_hour=2", *SCHEDULE[1:]),
    configured("breaks.move.longest=3m", "breaks.eyes.counts=screen", "breaks.eyes.every=25m", "breaks.eyes.for=1m"),
    configured("checkin.at=['08:30']", "checkin.stays=10m", "limits.awake=9h", "limits.awake_near=8h", *SCHEDULE),
    configured(ONLY_MICRO, "limits.sitting=30m", "limits.standing=10m", *SCHEDULE),
)
START = ms("09:00")


class Move(NamedTuple):
    """After so long this is learned; it happened `ago` before."""

    after: int
    ago: int
    what: str
    source: str


EDGES = (0, 1, 4 * SECOND, 5 * SECOND, 20 * SECOND - 1, 20 * SECOND, MINUTE - 1, MINUTE, 3 * MINUTE, 10 * MINUTE)
gaps = st.sampled_from((*EDGES, 20 * MINUTE, 31 * MINUTE, HOUR)) | st.integers(0, 40 * MINUTE)
lags = st.just(0) | st.sampled_from((*EDGES, HOUR)) | st.integers(0, 20 * MINUTE)
INPUT = ("active", "active", "idle", "idle", "idle")
EVENTS: dict[str, Event] = {  # by name, so that a failing example can be read
    "active": Active(),
    "idle": Idle(),
    "locked": Locked(),
    "unlocked": Unlocked(),
    "suspended": Suspended(),
    "resumed": Resumed(),
    "started": Started(),
    "film": Watching(),
    "film over": NotWatching(),
    **{reason: Busy(reason) for reason in get_args(Hold)},
    **{f"{reason} over": Free(reason) for reason in get_args(Hold)},
    **{stance: Posture(stance) for stance in get_args(Stance)},
    **{order: Command(order) for order in get_args(Order)},
    "pause 5m": Command("pause", 5 * MINUTE),
    "snooze 1m": Command("snooze", MINUTE),
    "day": Alarm(engine.DAY_STARTS),
    "other alarm": Alarm("unknown"),
    **{name: Alarm(engine.BREAK, name) for name in ("lunch", "walk", "eyes", "unknown")},
    "never quiet": Alarm(engine.QUIET),
    **{
        f"quiet {hour}": Alarm(engine.QUIET, "", START + hour * HOUR // 2, START + hour * HOUR // 2 + 20 * MINUTE)
        for hour in range(4)
    },
    "never silent": Alarm(engine.SILENCE),
    "silence": Alarm(engine.SILENCE, "", START + HOUR // 2, START + HOUR),
    "clock": Clock(-HOUR),
    "zone": Zone("Europe/Berlin"),
    "felt": Felt(pain=3),
    "in pain": Felt(pain=8, where="neck"),
    "sleepy": Felt(sleepiness=7),
    "that was hard": Felt(effort=8),
    "slept": Slept(START - 9 * HOUR, START - 2 * HOUR),
    "slept badly": Slept(START - 7 * HOUR, START - 3 * HOUR),
    "napped": Slept(START + HOUR, START + 5 * HOUR),
    "exercised": Exercised(90, 8, "run"),
    "check-in": Alarm(engine.CHECK_IN),
    "advice": Gathered((Advice("walking", 0),), (Routine(id="new", title="New", steps=(Step("Move", 60),)),)),
    "no advice": Gathered(),
    **{f"rules {number}": Configured(rules) for number, rules in enumerate(OTHERS)},
}
names = st.sampled_from(INPUT) | st.sampled_from([*EVENTS])
moves = st.builds(Move, gaps, lags, names, st.sampled_from(("", "", "", "other")))
days = st.lists(moves, min_size=1, max_size=40)


def entries(day: Sequence[Move], start: int = START) -> Iterator[Entry]:
    """The day as the core is told it; it begins with input."""
    seen = start
    yield Entry(seen, seen, Active())
    for move in day:
        seen += move.after
        yield Entry(seen, max(start, seen - move.ago), EVENTS[move.what], move.source)


def begun(rules: Rules = SHIPPED) -> engine.State:
    """The state before the first event of a day."""
    return engine.begin(rules, START)


def folded(told: Sequence[Entry], rules: Rules = SHIPPED) -> tuple[engine.State, list[Decision]]:
    """The state after these events and every decision on the way."""
    state, decided = begun(rules), list[Decision]()
    for entry in told:
        state, decisions = engine.step(state, entry)
        decided += decisions
    return state, decided
