"""Reports of the past count once: told twice, told by two programs, told again with more behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core.events import Event, Exercised, Felt, Slept
from breakd.core.reports import (
    KNOWN,
    SAME_EXERCISE,
    SAME_NIGHT,
    TOO_LONG,
    YET_TO_COME,
    Report,
    same_exercise,
    sift,
    span,
)
from breakd.core.spans import joined, length
from breakd.core.units import HOUR, MINUTE

NIGHT: Report = Slept(0, 8 * HOUR), 8 * HOUR
RUN: Report = Exercised(30, 6, "run"), 40 * HOUR


def slept(begin: float, end: float) -> Report:
    """A sleep between these hours."""
    return Slept(round(begin * HOUR), round(end * HOUR)), round(end * HOUR)


def exercised(begin: float, end: float) -> Report:
    """Exercise between these minutes behind hour 40."""
    return Exercised(end - begin, 5), 40 * HOUR + round(end * MINUTE)


@pytest.mark.parametrize(
    ("told", "known", "why"),
    [
        (NIGHT, NIGHT, KNOWN),
        (slept(-1, 8.5), NIGHT, SAME_NIGHT),  # another program, which saw them go to bed
        (slept(7.9, 9), NIGHT, SAME_NIGHT),
        (slept(2, 3), NIGHT, SAME_NIGHT),
        (slept(8, 9), NIGHT, ""),  # a nap right after
        (slept(-2, 0), NIGHT, ""),
        (slept(24, 31), NIGHT, ""),
        (slept(24, 54), NIGHT, TOO_LONG),
        (RUN, RUN, KNOWN),
        ((Exercised(30, 4, "run"), 40 * HOUR), RUN, SAME_EXERCISE),  # another program, which thinks it was easier
        (exercised(-20, 10), RUN, SAME_EXERCISE),
        (exercised(-12, 20), RUN, ""),  # what comes after began before the run was ended
        (exercised(-200, 60), RUN, SAME_EXERCISE),
        (exercised(0, 30), RUN, ""),
        (slept(39.5, 40), RUN, ""),  # whatever that was
        ((Felt(pain=3), 5), (Felt(pain=3), 5), KNOWN),
        ((Felt(pain=3), 5), (Felt(pain=4), 5), ""),
        ((Felt(pain=3), 6), (Felt(pain=3), 5), ""),
    ],
)
def test_what_is_known_is_left_out(told: Report, known: Report, why: str) -> None:
    """By equality, any overlap of sleeps, and half of the shorter of two workouts; in the journal or just before."""
    left = {why: 1} if why else {}
    assert sift([told], [known]) == ([] if why else [told], left)
    assert sift([known, told], []) == ([known] if why else [known, told], left)


def test_the_exercise_that_another_word_is_about() -> None:
    """The one that `sift` would leave it out for; what is no exercise stands in nobody's way."""
    known = [NIGHT, exercised(0, 10), RUN, (Felt(pain=3), 5)]
    assert same_exercise((Exercised(30, 4, "run"), 40 * HOUR), known) == RUN
    assert same_exercise(exercised(9, 60), known) is None
    assert same_exercise((Exercised(30, 4), 8 * HOUR), known) is None


def test_spans() -> None:
    """Exercise is told of at its end; a feeling takes no time."""
    assert span(*NIGHT) == (0, 8 * HOUR)
    assert span(*RUN) == (39.5 * HOUR, 40 * HOUR)
    assert span(Felt(pain=0), 5) is None


HOURS = st.integers(0, 300)
REPORTS = st.lists(
    st.one_of(
        st.builds(lambda start, long: slept(start, start + long), HOURS, st.integers(1, 12)),
        st.builds(lambda start, long: exercised(start, start + long), HOURS, st.integers(1, 90)),
        st.builds(lambda at, pain: (Felt(pain=pain), at), HOURS, st.integers(0, 10)),
    ),
    max_size=30,
)


@given(REPORTS, REPORTS)
def test_importing_twice_equals_once(first: list[Report], more: list[Report]) -> None:
    """Whatever was taken over: the same again brings nothing, and a longer file only what stands behind the shorter."""
    once = sift(first, []).new
    assert sift(first, once).new == []
    assert sift([*first, *more], once).new == sift(more, once).new
    assert once + sift([*first, *more], once).new == sift([*first, *more], []).new


@given(REPORTS)
def test_no_hour_is_slept_twice(told: list[Report]) -> None:
    """Sleeps that are taken over never overlap, so their sum is never more than the time; every report has its fate."""
    new, left = sift(told, [])
    sleeps = [(event.from_ms, event.to_ms) for event, _ in new if isinstance(event, Slept)]
    assert length(sleeps) == length(joined(sleeps))
    assert len(new) + sum(left.values()) == len(told)


def test_spans_are_joined() -> None:
    """Those that touch, overlap, or lie no further apart than the gap are one."""
    assert joined([(5, 7), (0, 2), (2, 3), (1, 2)]) == [(0, 3), (5, 7)]
    assert joined([(5, 7), (0, 3), (20, 21)], 2) == [(0, 7), (20, 21)]
    assert joined([]) == []


def test_events_are_values() -> None:
    """A report is known by what it says, not by which object says it."""
    one: Event = Slept(1, 2)
    assert sift([(Slept(1, 2), 2)], [(one, 2)]).left == {KNOWN: 1}


def test_what_is_yet_to_come_is_left_out() -> None:
    """Nobody has slept tomorrow night, nor run on: a slip in a file, or in its zone."""
    tomorrow = slept(24, 31)
    assert sift([NIGHT, tomorrow, RUN], [], 9 * HOUR) == ([NIGHT], {YET_TO_COME: 2})
    assert sift([NIGHT], [], 8 * HOUR) == ([NIGHT], {})
    assert sift([(Felt(pain=3), 9 * HOUR)], [], 8 * HOUR) == ([], {YET_TO_COME: 1})
