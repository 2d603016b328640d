"""Records of sleep as sleeps: stages joined, each hour counted once though several devices and apps told of it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from typing import NamedTuple

KIND = "HKCategoryTypeIdentifierSleepAnalysis"
VALUE = "HKCategoryValueSleepAnalysis"
# Source: HKCategoryValueSleepAnalysis in Apple's documentation of HealthKit; "Asleep" before iOS 16.
STAGES = {f"{VALUE}Asleep{stage}" for stage in ("Core", "Deep", "REM")}
ASLEEP = STAGES | {f"{VALUE}Asleep", f"{VALUE}AsleepUnspecified"}
IN_BED, AWAKE = f"{VALUE}InBed", f"{VALUE}Awake"

MOST = 200_000  # sleeps: centuries of them by several devices
DAY = 86_400  # s
LONGEST = 20 * 3600  # s: a longer sleep is a mistake
SETTLED = 1800  # s: a sleep that ended so shortly before the export may go on in the next


class Sleep(NamedTuple):
    """Asleep from `start` to `end` (s since the epoch). `staged`: it was measured by stages, by a watch."""

    start: float
    end: float
    staged: bool


class Sleeper:
    """What one source told of sleep. Its records come in order of time, nearly, so they are joined as they come."""

    def __init__(self, awake: float) -> None:
        self._awake = awake  # s; shorter gaps are no gaps
        self._sleeps: list[Sleep] = []

    def add(self, start: float, end: float, staged: bool) -> bool:
        """A record; whether it begins another sleep."""
        last = self._sleeps[-1] if self._sleeps else None
        if last is not None and start <= last.end + self._awake and end >= last.start - self._awake:
            self._sleeps[-1] = Sleep(min(start, last.start), max(end, last.end), staged or last.staged)
            return False
        self._sleeps.append(Sleep(start, end, staged))
        return True

    def sleeps(self) -> Iterator[Sleep]:
        """All of it in order, joined."""
        found: Sleep | None = None
        for each in sorted(self._sleeps):
            if found is None or each.start > found.end + self._awake:
                if found is not None:
                    yield found
                found = each
            else:
                found = Sleep(found.start, max(found.end, each.end), found.staged or each.staged)
        if found is not None:
            yield found


def once(sleepers: Iterable[Sleeper]) -> tuple[list[Sleep], int]:
    """(sleeps of which none overlap, how many are left since a better source tells of the time).

    What was measured by stages is believed first, then what tells of more.
    """
    every = [sleep for sleeper in sleepers for sleep in sleeper.sleeps()]
    every.sort(key=lambda each: (not each.staged, each.start - each.end, each.start))
    taken: list[tuple[float, float]] = []
    found: list[Sleep] = []
    for each in every:
        place = bisect_left(taken, (each.end, 0.0))
        if place and taken[place - 1][1] > each.start:
            continue
        insort(taken, (each.start, each.end))
        found.append(each)
    return found, len(every) - len(found)
