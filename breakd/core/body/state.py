"""What is known of the person's body: nights, pain, sleepiness, exertion. It changes on reports and at starts of days.

Days are numbered: the day that is on is `Body.day` and began at `Body.began`; earlier ones lie 24 h before each other.
Loads are session-RPE (Borg CR10) times ms, so that all sums are whole numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from breakd.core.units import DAY, HOUR

UP = 6 * HOUR  # a night belongs to the day on which one is up so long after it
HALF_DAY = 12 * HOUR
FULL = 100  # readiness is counted in hundredths


class Window(NamedTuple):
    """The night window, or the wind-down, of a day by the calendar (ms)."""

    since: int = 0
    until: int = 0


NEVER = Window()


class Asleep(NamedTuple):
    """A sleep that the person or an importer reported (ms)."""

    since: int
    until: int


class Back(NamedTuple):
    """The last long absence (ms), and how long the person had been at the desk that day when it ended."""

    since: int = 0
    until: int = 0
    desk_ms: int = 0


class Bound(NamedTuple):
    """All that is known of a night nobody reported: it lasted at most so long, and ended before `until` (ms)."""

    day: int
    at_most: int
    until: int


class Pain(NamedTuple):
    """Pain (NRS 0-10) as reported on a day, with its place."""

    day: int
    value: int
    where: str = ""


class Sleepy(NamedTuple):
    """Sleepiness (KSS 1-9) as reported on a day."""

    day: int
    value: int


class Exerted(NamedTuple):
    """What was done on a day: `load`; `moved`, moderate movement in ms, vigorous twice; `strength` exercise."""

    day: int
    load: int = 0
    moved: int = 0
    strength: bool = False


class Effort(NamedTuple):
    """The last routine that was done: on a day, its id, for so long (ms), and the load it was taken for."""

    day: int
    routine: str
    ms: int
    load: int


class Gauge(NamedTuple):
    """A limit of the body: `value` of `limit` (ms, or load), its level (0 ok, 1 near, 2 over), whether it is known."""

    value: int = 0
    limit: int = 0
    reached: int = 0
    known: bool = False


class Body(Struct, frozen=True, array_like=True, gc=False):
    """All of it. What stands under the line is worked out from what stands above (`breakd/core/body/health.py`)."""

    day: int = 0
    began: int = 0
    dawn: int | None = None  # when the calendar's day started: from it follow night, wind-down and part of the day
    night: Window = NEVER
    bedtime: Window = NEVER  # the wind-down, and the time after it
    gone: Asleep = Asleep(0, 0)  # the longest absence that touched the night window
    back: Back = Back()
    sleeps: tuple[Asleep, ...] = ()  # apart from each other, in order
    bounds: tuple[Bound, ...] = ()
    maybe_slept: int = 0  # when the last long absence began: somebody may have slept in it
    pains: tuple[Pain, ...] = ()
    sleepy: Sleepy | None = None
    exerted: tuple[Exerted, ...] = ()  # by day
    effort: Effort | None = None
    first_report: int | None = None  # the first day of which exercise was reported
    last_report: int = 0
    spiked: int = -7  # the last day that was found too much for its week
    easy: int = -1  # the day that is to be an easy one, after too much
    easy_because: str = ""
    # -- worked out
    readiness: int = FULL
    worst: tuple[tuple[str, int, int], ...] = ()  # what lowers it, the worst first: code, value, of
    woke: int | None = None  # when the last night that is known ended
    gauges: tuple[Gauge, ...] = ()  # of `health.GAUGES`
    alert: bool = False  # whether any of them is near or over
    turns: int | None = None  # when the gauge of hours awake reaches another level


def day_of(body: Body, at: int) -> int:
    """The number of the day of this moment."""
    return body.day + (at - body.began) // DAY
