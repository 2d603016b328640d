"""A made-up person at a desk, who answers prompts now this way, now that: what `breakd demo` watches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from msgspec import Struct

from breakd.core.decisions import Prompt
from breakd.core.events import Active, Busy, Command, Event, Free, Idle, Locked, Posture, Unlocked
from breakd.core.units import HOUR, MINUTE, SECOND
from breakd.daemon.hindsight.simulation import Simulation

BURSTS = (42, 75, 31, 96, 58, 120, 37, 64)  # seconds of typing ...
PAUSES = (6, 9, 5, 14, 7, 8, 11, 6)  # ... and of looking out of the window, in turn
ANSWERS = ("stops", "snoozes", "starts", "stops", "ignores", "ignores", "stops")  # to move prompts, in turn


class Appointment(Struct, frozen=True):
    """Something that happens at a time of the day, for so long. Times in ms since the day's beginning."""

    at: int
    lasts: int
    begins: Event
    ends: Event
    what: str
    still: bool = False  # no input meanwhile


APPOINTMENTS = (
    Appointment(2 * HOUR + 5 * MINUTE, 50 * MINUTE, Busy("call"), Free("call"), "a call begins", still=True),
    Appointment(3 * HOUR + 30 * MINUTE, 40 * MINUTE, Locked(), Unlocked(), "lunch, screen locked", still=True),
    Appointment(6 * HOUR, 45 * MINUTE, Posture("standing"), Posture("sitting"), "desk up: standing"),
)
LENGTH = 8 * HOUR + 30 * MINUTE


class Person:
    """Lives a day in a simulation, bit by bit."""

    def __init__(self, simulation: Simulation, start: int) -> None:
        self._simulation = simulation
        self._start = start
        self._now = start
        self._answers = cycle(ANSWERS)
        self._rhythm = cycle(zip(BURSTS, PAUSES, strict=True))
        self._seen = 0

    def live(self) -> Iterator[tuple[int, str]]:
        """The day in small bits: the time reached, and what the person begins to do ("" if nothing new)."""
        todo = list(APPOINTMENTS)
        while self._now < self._start + LENGTH:
            if todo and self._now >= self._start + todo[0].at:
                yield from self._attend(todo.pop(0))
                continue
            yield from self._work()
            yield from self._answer()

    def _work(self) -> Iterator[tuple[int, str]]:
        burst, pause = next(self._rhythm)
        self._tell(Active())
        yield from self._spend(burst * SECOND)
        self._tell(Idle())
        yield from self._spend(pause * SECOND)

    def _attend(self, appointment: Appointment) -> Iterator[tuple[int, str]]:
        self._tell(appointment.begins)
        yield self._now, appointment.what
        until = self._now + appointment.lasts
        while self._now < until:
            yield from self._spend(appointment.lasts) if appointment.still else self._work()
        self._tell(appointment.ends)

    def _answer(self) -> Iterator[tuple[int, str]]:
        """Do something about a prompt that came in the meantime."""
        decided = self._simulation.decided
        asked = [one for one in decided[self._seen :] if isinstance(one, Prompt) and one.tone != "quiet"]
        self._seen = len(decided)
        if not asked:
            return
        answer = next(self._answers)
        if answer == "snoozes":
            self._tell(Command("snooze"))
            yield self._now, "not now: snooze"
        elif answer != "ignores":
            if answer == "starts":
                self._tell(Command("start"))
            yield self._now, "gets up" if answer == "stops" else "clicks Start and gets up"
            yield from self._spend(asked[-1].for_ms + 40 * SECOND)

    def _tell(self, event: Event) -> None:
        self._simulation.feed(event, self._now)

    def _spend(self, ms: int) -> Iterator[tuple[int, str]]:
        end = self._now + ms
        while self._now < end:
            self._now = min(end, (self._now // MINUTE + 1) * MINUTE)
            self._simulation.run_to(self._now)
            yield self._now, ""
