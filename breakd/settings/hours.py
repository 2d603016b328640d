"""Times of the week as people write them: "mon-fri 08:00-12:00", "22:00-07:00", "sat,sun 00:00-24:00", "mon 12:30".

Weeks are counted in minutes from monday 00:00 by the clock on the wall; what daylight saving makes of them is the
calendar's to say (`breakd/daemon/timing/calendar.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, NewType

Range = NewType("Range", str)  # "mon-fri 08:00-12:00"
When = NewType("When", str)  # "mon-fri 12:30"

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 24 * 60  # minutes
WEEK = 7 * DAY

RANGE_EXPECTED = 'expected days and hours such as "mon-fri 08:00-12:00", "sat,sun 00:00-24:00" or "22:00-07:00"'
WHEN_EXPECTED = 'expected days and a time such as "mon-fri 12:30", "sat,sun 10:00" or "daily 21:00"'
DAYS_EXPECTED = 'expected days such as "mon", "mon-fri", "sat,sun" or "daily"'
CLOCK_EXPECTED = "expected a time of day from 00:00 to 23:59"

# Compiled at their first use: who has no hours need not wait for it.
_RANGE = r"(?:(.*\S)\s+)?(\S+?)\s*-\s*(\d\S*)"
_WHEN = r"(?:(.*\S)\s+)?(\S+)"
_CLOCK = r"(\d{1,2}):(\d{2})"


class Span(NamedTuple):
    """From `start` up to `end`, not included: minutes of the week; one that runs into the next monday ends in it."""

    start: int
    end: int


class Moments(NamedTuple):
    """On these days (0: monday) at this minute of the day."""

    days: tuple[int, ...]
    minute: int


def parse_range(text: str) -> tuple[Span, ...]:
    """A span for each day it begins on; one that ends before it begins ends on the next day.

    Raises ValueError, which says what is expected.
    """
    found = re.fullmatch(_RANGE, text.strip().lower(), re.ASCII)
    if found is None:
        raise ValueError(RANGE_EXPECTED)
    days = _days(found[1])
    start, end = _minute(found[2], RANGE_EXPECTED), _minute(found[3], RANGE_EXPECTED, last=DAY)
    if start == end:
        raise ValueError('expected an end other than the beginning; a whole day is "00:00-24:00"')
    length = end - start if end > start else end - start + DAY
    return tuple(Span(day * DAY + start, day * DAY + start + length) for day in days)


def parse_when(text: str) -> Moments:
    """A time on some days, every day if none is said. Raises ValueError, which says what is expected."""
    found = re.fullmatch(_WHEN, text.strip().lower(), re.ASCII)
    if found is None:
        raise ValueError(WHEN_EXPECTED)
    return Moments(_days(found[1]), _minute(found[2], WHEN_EXPECTED))


def _days(text: str | None) -> tuple[int, ...]:
    if text is None or text == "daily":
        return tuple(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        begin = _day(first)
        end = _day(last) if dash else begin
        found |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}  # "sat-mon" is three days
    return tuple(sorted(found))


def _day(word: str) -> int:
    for names in (DAYS, NAMES):
        if word in names:
            return names.index(word)
    raise ValueError(DAYS_EXPECTED)


def _minute(text: str, form: str, last: int = DAY - 1) -> int:
    found = re.fullmatch(_CLOCK, text, re.ASCII)
    if found is None:
        raise ValueError(form)
    hours, minutes = int(found[1]), int(found[2])
    if minutes > 59 or hours * 60 + minutes > last:
        raise ValueError(CLOCK_EXPECTED if last < DAY else f"{CLOCK_EXPECTED}, or 24:00 for its end")
    return hours * 60 + minutes


def quiet_spans(work: Sequence[Range], quiet: Sequence[Range]) -> tuple[Span, ...]:
    """When nothing is shown: quiet hours and all outside working hours, in order, apart from each other.

    No `work` is work at any time. The last may run into the next week; a week that is all quiet is the one span
    (0, WEEK).
    """
    spans = [span for text in quiet for span in parse_range(text)]
    if work:
        spans += _outside([span for text in work for span in parse_range(text)])
    return _joined(_united(spans))


def free_from(spans: Iterable[Span], minute: int) -> int:
    """The first minute from this one on that lies in none of the spans: `minute` itself, or the end of its span."""
    ends = (span.end - at for span in spans for at in (minute, minute + WEEK) if span.start <= at < span.end)
    return minute + next(ends, 0)


def _united(spans: Iterable[Span]) -> list[Span]:
    """Within one week, in order, with gaps between them."""
    parts = [Span(span.start, min(span.end, WEEK)) for span in spans]
    parts += [Span(0, span.end - WEEK) for span in spans if span.end > WEEK]
    found: list[Span] = []
    for part in sorted(parts):
        if found and part.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, part.end))
        else:
            found.append(part)
    return found


def _outside(spans: Iterable[Span]) -> list[Span]:
    edges = [0, *(edge for span in _united(spans) for edge in span), WEEK]
    return [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True) if pair[0] < pair[1]]


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """What runs from sunday into monday is one span."""
    if len(spans) > 1 and spans[0].start == 0 and spans[-1].end == WEEK:
        return (*spans[1:-1], Span(spans[-1].start, WEEK + spans[0].end))
    return tuple(spans)
