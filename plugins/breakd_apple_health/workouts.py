"""Workouts as exercise: how long, how hard, and each once though watch and app both recorded it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

ACTIVITY = "HKWorkoutActivityType"
# Source: HealthKit, since iOS 18: 1 (easy) to 10 (all out), said by the person, else estimated by the watch.
SAID, ESTIMATED = "HKQuantityTypeIdentifierWorkoutEffortScore", "HKQuantityTypeIdentifierEstimatedWorkoutEffortScore"
UNITS = {"s": 1.0, "min": 60.0, "hr": 3600.0}  # in which durations are told
MOST = 200_000  # workouts, or efforts
LONGEST = 2 * 86_400  # s

# How hard it usually is, Borg CR10: engineering, by the METs of the Compendium of Physical Activities 2024.
USUAL = 4.0
RPE = {
    "walking": 2.0, "yoga": 2.0, "tai chi": 2.0, "mind and body": 1.0, "flexibility": 2.0, "cooldown": 1.0,
    "preparation and recovery": 1.0, "pilates": 3.0, "barre": 3.0, "golf": 3.0, "hiking": 4.0, "dance": 4.0,
    "social dance": 3.0, "elliptical": 4.0, "cycling": 4.0, "swimming": 5.0, "core training": 4.0,
    "functional strength training": 5.0, "traditional strength training": 5.0, "cross training": 6.0,
    "rowing": 6.0, "stair climbing": 6.0, "running": 6.0, "high intensity interval training": 8.0,
}  # fmt: skip


class Workout(NamedTuple):
    """From `start` to `end` (s since the epoch), of that `minutes` of exercise."""

    start: float
    end: float
    minutes: float
    what: str


class Effort(NamedTuple):
    """How hard a workout was that took this time, 1 to 10."""

    start: float
    end: float
    score: float
    said: bool


def name_of(activity: str) -> str:
    """`HKWorkoutActivityTypeTraditionalStrengthTraining` is "traditional strength training"."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", activity.removeprefix(ACTIVITY))
    return " ".join(words).lower()[:60] or "exercise"


def once(workouts: Iterable[Workout]) -> tuple[list[Workout], int]:
    """(workouts of which none share half of the shorter, how many are left). The longer is believed."""
    taken: list[Workout] = []
    left = 0
    for each in sorted(workouts, key=lambda each: (each.start - each.end, each)):
        place = bisect_left(taken, each)
        if any(_same(each, other) for other in _near(taken, place, each)):
            left += 1
        else:
            taken.insert(place, each)
    return taken, left


def _near(taken: list[Workout], place: int, each: Workout) -> Iterator[Workout]:
    for other in taken[place:]:
        if other.start >= each.end:
            break
        yield other
    first = bisect_left(taken, Workout(each.start - LONGEST, 0, 0, ""))
    yield from taken[first:place]


def _same(one: Workout, other: Workout) -> bool:
    both = min(one.end, other.end) - max(one.start, other.start)
    return both > 0 and 2 * both >= min(one.end - one.start, other.end - other.start)


class Efforts:
    """How hard workouts were, as far as the export says."""

    def __init__(self, efforts: Iterable[Effort], usual: Mapping[str, float]) -> None:
        self._efforts = sorted(efforts)
        self._usual = {**RPE, **usual}

    def of(self, workout: Workout) -> tuple[float, bool]:
        """(RPE on Borg CR10, whether the export says so); what the person said is believed first."""
        first = bisect_left(self._efforts, (workout.start - LONGEST,))
        last = bisect_left(self._efforts, (workout.end,))
        near = [each for each in self._efforts[first:last] if each.end >= workout.start]
        if near:
            shared = [
                (each.said, min(each.end, workout.end) - max(each.start, workout.start), each.score) for each in near
            ]
            return max(shared)[2], True
        return self._usual.get(workout.what, USUAL), False
