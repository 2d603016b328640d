"""What became of routines that were offered: done or skipped, by part of the day; and when a harder one is due.

A habit is the mean of a Beta posterior with one of each beforehand: nothing known is a half, and changes nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

MEMORY = 20  # answers that count of a routine and part of the day: habits change
Part = Literal[0, 1, 2]  # of the day


class Habit(NamedTuple):
    """Of a routine, in a part of the day: how often it was done, and how often it was skipped."""

    done: int = 0
    skipped: int = 0


# By the id of the routine, for each part of the day; the one that was answered last comes last. Never changed in place.
Habits = dict[str, tuple[Habit, Habit, Habit]]
NONE: Habits = {}
NOTHING = (Habit(), Habit(), Habit())


def answered(habits: Habits, routine: str, part: Part, done: bool, known: int) -> Habits:
    """With one more answer; of no more than the `known` latest routines."""
    parts = list(habits.get(routine, NOTHING))
    was = parts[part]
    found = Habit(was.done + done, was.skipped + (not done))
    if found.done + found.skipped > MEMORY:
        found = Habit(found.done // 2, found.skipped // 2)
    parts[part] = found
    morning, afternoon, evening = parts
    others = [each for each in habits.items() if each[0] != routine]
    return dict([*others, (routine, (morning, afternoon, evening))][-known:])


def liking(habit: Habit) -> float:
    """The mean of done against skipped, within 0 and 1; a half if nothing is known."""
    done, skipped = habit
    return (1 + done) / (2 + done + skipped)


@cache
def factor(habit: Habit, most: int) -> float:
    """How much faster the time of this routine runs, by what became of it: `most` at most, and as much slower."""
    return float(most ** (2 * liking(habit) - 1))


def times_done(habits: Habits, routine: str) -> int:
    """How often this routine was done, as far as is remembered, at any time of the day."""
    (morning, _), (afternoon, _), (evening, _) = habits.get(routine, NOTHING)
    return morning + afternoon + evening
