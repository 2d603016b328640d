"""What people schedule by the calendar, for the daemon and the simulator alike: for now the start of the day.

APScheduler's triggers do the arithmetic of zones and daylight saving.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from breakd.core.engine import DAY_STARTS
from breakd.core.units import HOUR

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger


def zone(name: str) -> tzinfo:
    """The time zone of this IANA name; UTC if the system does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as "Europe"
        return UTC


def local_zone() -> str:
    """The IANA name of the machine's zone now; "UTC" if it cannot be told."""
    from tzlocal import get_localzone_name, reload_localzone

    try:
        reload_localzone()
        return get_localzone_name() or "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


@dataclass(frozen=True)
class Calendar:
    """Alarms by local time. Times in and out are wall-clock ms since the epoch."""

    day_start: str
    zone: tzinfo

    @cached_property
    def _day(self) -> CronTrigger:
        from apscheduler.triggers.cron import CronTrigger

        hour, minute = self.day_start.split(":")
        return CronTrigger(hour=int(hour), minute=int(minute), timezone=self.zone)

    def next_after(self, wall_ms: int) -> tuple[int, str]:
        """The first alarm later than this: (when, which)."""
        after = datetime.fromtimestamp(wall_ms / 1000, self.zone) + timedelta(milliseconds=1)
        found = self._day.get_next_fire_time(None, after)
        if found.fold:  # the hour that daylight saving repeats: it rang the first time round
            return self.next_after(round(found.timestamp() * 1000) + HOUR)
        return round(found.timestamp() * 1000), DAY_STARTS

    def last_before(self, wall_ms: int) -> int:
        """When the present day started: the last alarm not later than this."""
        found = wall_ms - 49 * HOUR  # a day lasts at most 25 h, so at least one start lies between
        while (after := self.next_after(found)[0]) <= wall_ms:
            found = after
        return found
