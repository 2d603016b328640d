"""A moment of lock, suspend or do-not-disturb changes nothing, whenever it comes (rule 5)."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from breakd.core.decisions import Decision
from breakd.core.events import Busy, Event, Free, Locked, Resumed, Suspended, Unlocked
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.store.trace import Line, read
from breakd.daemon.timing.calendar import Calendar
from breakd.settings.load import load
from tests.scenarios.scenario import TRACES

LASTS = 70 * MINUTE  # an hour of disturbances, and what comes of the last ones


@dataclass(frozen=True)
class Disturbance:
    """Something short, ms."""

    begins: Event
    ends: Event
    lasts: int


SHORT = {
    "a lock of 1 s": Disturbance(Locked(), Unlocked(), SECOND),
    "a suspend of 3 s": Disturbance(Suspended(), Resumed(), 3 * SECOND),
    "10 s of do-not-disturb": Disturbance(Busy("do-not-disturb"), Free("do-not-disturb"), 10 * SECOND),
}


def beginning(name: str) -> list[Line]:
    """The trace of this scenario, as far as it is run here."""
    with (TRACES / f"{name}.jsonl").open(encoding="utf-8") as lines:
        found = list(read(lines, name))
    return [line for line in found if isinstance(line.what, Event) and line.at < found[0].at + LASTS]


def forked(simulation: Simulation) -> Simulation:
    """The same run up to now, free to go on differently."""
    fork = copy.copy(simulation)
    fork._silent = dict(simulation._silent)
    fork.decided = []
    return fork


def feed(simulation: Simulation, lines: list[Line], since: int, to: int) -> None:
    """What happens after `since`, up to and at `to`."""
    for line in lines:
        if since < line.at <= to and isinstance(line.what, Event):
            simulation.feed(line.what, line.at, line.seen)
    simulation.run_to(to)


@functools.cache
def undisturbed(name: str) -> Undisturbed:
    """The run of this scenario, made once."""
    return Undisturbed(name)


class Undisturbed:
    """The run with nothing in between, kept as it was at each of its seconds."""

    def __init__(self, name: str) -> None:
        self.lines = beginning(name)
        self.start = self.lines[0].at
        self.end = self.start + LASTS
        self.decided: list[Decision] = []
        self.seconds: dict[int, Simulation] = {}
        settings = load(None, ())
        simulation = Simulation(settings.rules(), Calendar.of(settings, self.lines[0].zone), self.start)
        for at in range(self.start, self.end + 1, SECOND):
            feed(simulation, self.lines, at - SECOND, at)
            self.decided += simulation.taken()
            self.seconds[at] = forked(simulation)

    def after(self, at: int, disturbance: Disturbance) -> list[Decision]:
        """Everything that is decided if the disturbance comes at `at`."""
        over = at + disturbance.lasts
        run = forked(self.seconds[at])
        run.feed(disturbance.begins, at, at)
        feed(run, self.lines, at, over)
        run.feed(disturbance.ends, over, over)
        before = [decision for decision in self.decided if decision.at <= at]
        if run.state == self.seconds[over].state:  # then what follows is the same: the core is a fold
            return before + run.decided + [decision for decision in self.decided if decision.at > over]
        feed(run, self.lines, over, self.end)
        plain, tally = self.seconds[self.end].state.tally, run.state.tally
        assert (tally.sitting_ms, tally.rest_ms) == (plain.sitting_ms, plain.rest_ms)
        return before + run.decided


def about(decision: Decision) -> tuple[object, ...]:
    """What is decided, without when, and without the numbers that grow while one waits."""
    plain = {"kind", "attempt", "tone", "count", "limit", "level", "inferred"}
    return (decision.did, *(getattr(decision, name) for name in decision.__struct_fields__ if name in plain))


def changes(base: list[Decision], found: list[Decision], lasts: int) -> Iterator[str]:
    """What differs by more than being put off, by at most `lasts` ms."""
    if found == base:
        return
    if [about(decision) for decision in base] != [about(decision) for decision in found]:
        yield f"{[about(decision) for decision in found]}"
        return
    for was, now in zip(base, found, strict=True):
        if not was.at <= now.at <= was.at + lasts:
            yield f"{now.did} {now.at - was.at} ms later"


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize("name", ["obeying", "ignoring"])
def test_at_any_second_of_an_hour(name: str, kind: str) -> None:
    """Rule 5: under a minute it changes nothing, except that it may put a prompt off by its own length."""
    run, disturbance = undisturbed(name), SHORT[kind]
    assert len(run.decided) > 5
    wrong = {
        (at - run.start) // SECOND: found
        for at in range(run.start, run.end - 10 * MINUTE, SECOND)
        if (found := list(changes(run.decided, run.after(at, disturbance), disturbance.lasts)))
    }
    assert wrong == {}


def test_a_minute_of_lock_does_change_something() -> None:
    """The comparison above sees a lock that is long enough: it is rest."""
    run = undisturbed("ignoring")
    lock = Disturbance(Locked(), Unlocked(), 4 * MINUTE)
    with pytest.raises(AssertionError):
        run.after(run.start + 25 * MINUTE, lock)
