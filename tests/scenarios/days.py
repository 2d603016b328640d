"""Days that are too long to write down: made by small functions, the same each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from breakd.cli.simulate import Run
from breakd.core.decisions import BreakStarted, Decision, Prompt
from breakd.core.events import Active, Busy, Event, Free, Idle, Locked, Unlocked
from breakd.core.units import HOUR, MINUTE, SECOND
from breakd.daemon.store.trace import Line
from breakd.settings.load import load

NINE = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()) * SECOND


@dataclass(frozen=True)
class Happening:
    """An event some ms after nine; None only lets time pass."""

    after: int
    what: Event | None


def decisions(day: Iterable[Happening], *sets: str) -> list[Decision]:
    """What the real core decides on such a day."""
    run = Run(load(None, sets))
    return [decision for each in day for decision in run.feed(line(each))]


def line(happening: Happening) -> Line:
    """The same as a line of a trace."""
    at = NINE + happening.after
    return Line(0, at, None if isinstance(happening.what, Idle) else at, happening.what)


def touches(gap: int, lasts: int) -> Iterator[Happening]:
    """A single input every `gap` ms: somebody who reads and scrolls."""
    for after in range(0, lasts, gap):
        yield Happening(after, Active())
        yield Happening(after, Idle())
    yield Happening(lasts, None)


def on_and_off(on: int, off: int, lasts: int) -> Iterator[Happening]:
    """Input for `on` ms, then none for `off` ms, again and again."""
    for after in range(0, lasts, on + off):
        yield Happening(after, Active())
        yield Happening(after + on, Idle())
    yield Happening(lasts, None)


@dataclass(frozen=True)
class Appointment:
    """From `at` on, for `lasts` ms, the person does not work: between two events, or only without input."""

    at: int
    lasts: int
    begins: Event | None = None
    ends: Event | None = None


class OfficeDay:
    """Nine to half past five, typed in bursts with pauses.

    Who `obeys` stops when asked to move, until it is done. Who does not types on, with no pause of a minute while a
    prompt is open: that would be an answer (rule 13).
    """

    lasts = 8 * HOUR + 30 * MINUTE

    def __init__(self, seed: int, *, obeys: bool) -> None:
        self.run = Run(load(None, ()))
        self.decided: list[Decision] = []
        self._random = Random(seed)
        self._obeys = obeys
        self._now = 0

    def live(self) -> OfficeDay:
        """Let the day pass."""
        appointments = self._appointments()
        while self._now < self.lasts:
            if self._asked() and self._obeys:
                self._rest()
            elif appointments and self._now >= appointments[0].at:
                self._attend(appointments.pop(0))
            else:
                self._work()
        return self

    def _appointments(self) -> list[Appointment]:
        """Lunch behind a locked screen, a meeting with a call, coffee, and twice down the corridor."""
        about = self._about
        return [
            Appointment(about(75), about(5)),
            Appointment(about(120), about(8)),
            Appointment(about(200), about(45), Locked(), Unlocked()),
            Appointment(about(300), about(40), Busy("call"), Free("call")),
            Appointment(about(370), about(8)),
            Appointment(about(440), about(4)),
        ]

    def _about(self, minutes: int) -> int:
        return round(minutes * MINUTE * self._random.uniform(0.9, 1.1))

    def _work(self) -> None:
        """A burst of about half a minute, then a pause: mostly short, sometimes of thought, rarely of reading."""
        self._tell(Active())
        self._pass(1 + self._random.expovariate(1 / 25))
        self._tell(Idle())
        kind = self._random.random()
        pause = self._random.uniform(*((0.5, 8) if kind < 0.85 else (8, 40) if kind < 0.97 else (40, 150)))
        lull = min(pause, 5.0)
        self._pass(lull)
        self._pass((min(pause, 50) if self._asked() else pause) - lull)

    def _rest(self) -> None:
        """Away from the desk until the break is done, and a little longer."""
        self._tell(Idle())
        while self._asked():
            self._pass(5)
        self._pass(self._random.uniform(5, 60))

    def _attend(self, appointment: Appointment) -> None:
        for event in (appointment.begins, Idle()):
            if event is not None:
                self._tell(event)
        self._pass(appointment.lasts / SECOND)
        if appointment.ends is not None:
            self._tell(appointment.ends)

    def _asked(self) -> bool:
        """Whether a break to move is asked for, or on, and not yet done."""
        told = [each for each in self.decided if getattr(each, "kind", "") == "move"]
        return bool(told) and isinstance(told[-1], Prompt | BreakStarted)

    def _tell(self, event: Event) -> None:
        self.decided += self.run.feed(line(Happening(self._now, event)))

    def _pass(self, seconds: float) -> None:
        self._now += round(seconds * SECOND)
        self.decided += self.run.feed(line(Happening(self._now, None)))
