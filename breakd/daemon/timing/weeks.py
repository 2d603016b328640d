"""Hours of the week on a real clock, which daylight saving and travel set forward and back.

Hours hold by what the clock on the wall shows: what begins in the hour that is skipped begins with the jump. Of an hour
that comes twice the first counts, so that nothing begins or ends twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breakd.settings.hours import Span

WEEKS = (-1, 0, 1, 2)  # one may have begun last week; what daylight saving skips comes a week later


def next_span(spans: Sequence[Span], wall_ms: int, zone: tzinfo) -> tuple[int, int] | None:
    """The first of the spans that ends after this moment, as (beginning, end) in wall-clock ms; None without spans.

    `spans`: in order, apart from each other, as `breakd.settings.hours.quiet_spans` gives them.
    """
    today = datetime.fromtimestamp(wall_ms / 1000, zone).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time())
    for week in WEEKS:
        for span in spans:
            begin, end = (instant(monday + timedelta(weeks=week, minutes=edge), zone) for edge in span)
            if end > max(begin, wall_ms):
                return begin, end
    return None


def next_time(clock: str, wall_ms: int, zone: tzinfo) -> int:
    """When it is next this time of the day ("04:00"), after this moment, in wall-clock ms."""
    today, hours = datetime.fromtimestamp(wall_ms / 1000, zone).date(), time.fromisoformat(clock)
    days = (datetime.combine(today + timedelta(days=days), hours) for days in range(3))
    return next(at for at in (instant(day, zone) for day in days) if at > wall_ms)


def instant(local: datetime, zone: tzinfo) -> int:
    """When a clock in this zone first shows this time or a later one, in wall-clock ms. `local` has no zone."""
    late, early = (round(local.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if early >= late:  # a time that exists, perhaps twice
        return late * 1000
    skipped = range(early, late + 1)
    place = bisect_left(skipped, local, key=lambda second: datetime.fromtimestamp(second, zone).replace(tzinfo=None))
    return skipped[place] * 1000
