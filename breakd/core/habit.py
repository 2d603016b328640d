"""What became of routines that were offered: done or skipped, by part of the day; and when a harder one is due.

A habit is the mean of a Beta posterior with one of each beforehand: nothing known is a half, and changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

MEMORY = 20  # answers that count of a routine and part of the day: habits change


class Habit(NamedTuple):
    """Of a routine, in a part of the day: how often it was done, and how often it was skipped."""

    routine: str
    part: int
    done: int = 0
    skipped: int = 0


Habits = tuple[Habit, ...]


def answered(habits: Habits, routine: str, part: int, done: bool) -> Habits:
    """With one more answer."""
    there = next((each for each in habits if each[:2] == (routine, part)), Habit(routine, part))
    found = there._replace(done=there.done + done, skipped=there.skipped + (not done))
    if found.done + found.skipped > MEMORY:
        found = found._replace(done=found.done // 2, skipped=found.skipped // 2)
    return (*(each for each in habits if each[:2] != (routine, part)), found)


def forgotten(habits: Habits, known: frozenset[str]) -> Habits:
    """Without those of routines that are no longer there."""
    return tuple(each for each in habits if each.routine in known)


def liking(habits: Habits, routine: str, part: int) -> float:
    """The mean of done against skipped, within 0 and 1."""
    there = next((each for each in habits if each[:2] == (routine, part)), Habit(routine, part))
    return (1 + there.done) / (2 + there.done + there.skipped)


def times_done(habits: Habits, routine: str) -> int:
    """How often it was done, as far as is remembered, at any time of the day."""
    return sum(each.done for each in habits if each.routine == routine)
