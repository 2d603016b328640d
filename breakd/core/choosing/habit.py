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


def likings(habits: Habits, part: int) -> dict[str, float]:
    """For each routine of which something is known the mean of done against skipped, within 0 and 1."""
    return {routine: (1 + done) / (2 + done + skipped) for routine, of_part, done, skipped in habits if of_part == part}


def times_done(habits: Habits) -> dict[str, int]:
    """How often each routine was done, as far as is remembered, at any time of the day."""
    found: dict[str, int] = {}
    for routine, _, done, _ in habits:
        found[routine] = found.get(routine, 0) + done
    return found
