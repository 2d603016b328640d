"""Time as the daemon reads it: boot time as truth, wall time for calendars, and what is odd between the two."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple, Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
JUMP = 2000  # ms: a smaller difference of the clocks is drift, and is let be
SLEPT = 1000  # ms that the machine slept before it is worth an event


class Clock(Protocol):
    """The three clocks of a machine, in ms."""

    boot_id: str

    def boot(self) -> int:
        """Since boot, sleep included."""

    def awake(self) -> int:
        """Since some moment, sleep not included."""

    def wall(self) -> int:
        """Since the epoch, by the wall clock."""


class SystemClock:
    """The machine's own."""

    def __init__(self) -> None:
        try:
            self.boot_id = BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            self.boot_id = ""

    def boot(self) -> int:
        """Since boot, sleep included; where the system has no such clock, without."""
        number = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic_ns() // 1_000_000 if number is None else time.clock_gettime_ns(number) // 1_000_000

    def awake(self) -> int:
        """Since some moment, sleep not included."""
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> int:
        """Since the epoch, by the wall clock."""
        return time.time_ns() // 1_000_000


class Beat(NamedTuple):
    """A sign of life: at this boot time of this boot it was this core time."""

    boot_id: str
    boot_ms: int
    core_ms: int


class Anchor(NamedTuple):
    """How core time follows from boot time: `core = boot + ahead`."""

    ahead: int

    def core(self, clock: Clock) -> int:
        """Core time now."""
        return clock.boot() + self.ahead


def anchored(clock: Clock, beat: Beat | None, last: int | None, offset: int) -> Anchor:
    """The anchor of a start. Core time never goes back.

    `beat`: the last sign of life of the daemon before; `last`: the latest core time in the journal (None: a first
    start); `offset`: wall minus core time, as the journal has it. Within one boot the boot clock is exact;
    across boots only the wall clock can tell how long the machine was off.
    """
    if last is None:
        return Anchor(clock.wall() - clock.boot())
    if beat is not None and beat.boot_id and beat.boot_id == clock.boot_id and clock.boot() >= beat.boot_ms:
        ahead = beat.core_ms - beat.boot_ms
    else:
        ahead = clock.wall() - offset - clock.boot()
    latest = max(last, beat.core_ms if beat else last)
    return Anchor(max(ahead, latest - clock.boot()))


def shift(clock: Clock, core: int, offset: int) -> int:
    """By how much the wall clock jumped against core time, ms; 0 if it did not."""
    found = clock.wall() - core - offset
    return found if abs(found) >= JUMP else 0


class Wakefulness:
    """Notices that the machine slept: boot time went on while the other clock stood still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = clock.boot() - clock.awake()

    def slept(self) -> int:
        """For how long since the last call, ms; 0 if it did not."""
        ahead = self._clock.boot() - self._clock.awake()
        found, self._ahead = ahead - self._ahead, max(ahead, self._ahead)
        return found if found >= SLEPT else 0


class BootZone(tzinfo):
    """A zone in which it is boot time, for the scheduler's one job.

    APScheduler goes by the wall clock: after a step backwards it would let an hour pass in silence. In this zone
    `datetime.now` is boot time since 1970, which never jumps and counts sleep.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def at(self, boot_ms: int) -> datetime:
        """This boot time as the scheduler wants it."""
        return datetime(1970, 1, 1, tzinfo=self) + timedelta(milliseconds=boot_ms)

    def fromutc(self, dt: datetime) -> datetime:
        """What `datetime.now` returns."""
        return self.at(self._clock.boot())

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """None to speak of: the numbers are what they are."""
        return timedelta(0)

    dst = utcoffset

    def tzname(self, dt: datetime | None) -> str:
        """For messages of the scheduler."""
        return "boot"


def wall_time(ms: int, zone: tzinfo = UTC) -> datetime:
    """A wall-clock time in a zone."""
    return datetime.fromtimestamp(ms / 1000, zone)
