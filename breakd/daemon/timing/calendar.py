"""What people schedule by the calendar, for daemon and simulator alike: days, quiet hours, breaks at fixed times.

APScheduler's triggers do the arithmetic of zones and daylight saving.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from breakd.core import engine
from breakd.core.events import Alarm
from breakd.core.units import HOUR
from breakd.daemon.lean import import_cron
from breakd.daemon.timing.weeks import next_span, next_time

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

    from breakd.settings.hours import Moments, Span
    from breakd.settings.model import Settings


LONG_DAY = 26 * HOUR  # ms; the longest has 25 h
LOCALTIME = Path("/etc/localtime")
CALENDAR = "calendar"  # the source of its alarms


def zone(name: str) -> tzinfo:
    """The time zone of this IANA name; UTC if the system does not know it."""
    if name == "UTC":  # every system knows it, and those without a file for it would look in packages
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as "Europe"
        return UTC


def local_zone() -> str:
    """The IANA name of the machine's zone now; "UTC" if it cannot be told."""
    return _linked_zone() or _asked_zone()


def _linked_zone() -> str:
    """What /etc/localtime is a link to, as with systemd and on macOS; "" where that tells nothing.

    `tzlocal` takes the same name, but looks for each part of the path in packages of Python, a tenth of the start.
    """
    if "TZ" in os.environ or not LOCALTIME.exists():
        return ""
    try:
        return str(LOCALTIME.readlink()).partition("/zoneinfo/")[2]
    except OSError:  # it is no link
        return ""


def _asked_zone() -> str:
    from tzlocal import get_localzone_name, reload_localzone

    try:
        reload_localzone()
        return get_localzone_name() or "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


class Calendar(Struct, frozen=True, dict=True):  # of which triggers are kept
    """Alarms by local time. Times in and out are wall-clock ms since the epoch.

    `quiet`: hours of the week in which nothing is asked for by itself; `silence`: those in which nothing is asked for
    at all (rule 25); `schedule`: breaks at fixed times, by name; `checkins`: times to ask.
    """

    day_start: str
    zone: tzinfo
    quiet: tuple[Span, ...] = ()
    silence: tuple[Span, ...] = ()
    schedule: tuple[tuple[str, Moments], ...] = ()
    checkins: tuple[Moments, ...] = ()

    @classmethod
    def of(cls, settings: Settings, zone: tzinfo) -> Calendar:
        """What these settings schedule."""
        from breakd.settings.hours import parse_when, quiet_spans

        enabled = [(name, table.at) for name, table in settings.schedule.items() if table.enabled]
        schedule = tuple((name, parse_when(text)) for name, texts in enabled for text in texts)
        hours = settings.hours
        quiet, silence = quiet_spans(hours.work, hours.quiet), quiet_spans((), hours.quiet)
        checkins = tuple(parse_when(text) for text in settings.checkin.at)
        return cls(settings.day_start, zone, quiet, silence, schedule, checkins)

    @cached_property
    def _breaks(self) -> list[tuple[str, CronTrigger]]:
        return [(name, self._at(moments)) for name, moments in self.schedule]

    @cached_property
    def _rounds(self) -> list[CronTrigger]:
        return [self._at(moments) for moments in self.checkins]

    def _at(self, moments: Moments) -> CronTrigger:
        return self._trigger(",".join(map(str, moments.days)), *divmod(moments.minute, 60))

    def _trigger(self, days: str, hour: int, minute: int) -> CronTrigger:
        return import_cron()(day_of_week=days, hour=hour, minute=minute, timezone=self.zone)

    def next_after(self, wall_ms: int) -> int:
        """When the first alarm later than this rings."""
        triggers = (*(each for _, each in self._breaks), *self._rounds)
        moments = [self.next_day(wall_ms), *(self._next(trigger, wall_ms) for trigger in triggers)]
        spans = [next_span(each, wall_ms, self.zone) for each in (self.quiet, self.silence)]
        return min([*moments, *(span[1] for span in spans if span is not None)])

    def next_day(self, wall_ms: int) -> int:
        """When the next day starts. No trigger: importing one is a tenth of the daemon's start."""
        return next_time(self.day_start, wall_ms, self.zone)

    def alarms(self, wall_ms: int, offset: int) -> list[Alarm]:
        """What rings at this moment. `offset`: wall-clock minus core time, ms. Of two breaks at once, the later named.

        Quiet hours ring when they end: then it is time to tell the next.
        """
        found = [Alarm(engine.DAY_STARTS)] if self.next_day(wall_ms - 1) == wall_ms else []
        before, now = self.hours(wall_ms - 1, offset), self.hours(wall_ms, offset)
        found += [each for each, last in zip(now, before, strict=True) if last.until_ms == wall_ms - offset]
        names = [name for name, trigger in self._breaks if self._rings(trigger, wall_ms)]
        found += [Alarm(engine.BREAK, name) for name in names[-1:]]
        rounds = any(self._rings(trigger, wall_ms) for trigger in self._rounds)
        return [*found, Alarm(engine.CHECK_IN)] if rounds else found

    def hours(self, wall_ms: int, offset: int) -> tuple[Alarm, ...]:
        """The hours of each sort that are on at this moment, or the next, as the core is told them."""
        told = []
        for what, spans in ((engine.QUIET, self.quiet), (engine.SILENCE, self.silence)):
            span = next_span(spans, wall_ms, self.zone) or ()
            told.append(Alarm(what, "", *(edge - offset for edge in span)))
        return tuple(told)

    def _rings(self, trigger: CronTrigger, wall_ms: int) -> bool:
        return self._next(trigger, wall_ms - 1) == wall_ms

    def _next(self, trigger: CronTrigger, wall_ms: int) -> int:
        """When this trigger first fires after this moment.

        Asked from inside the hour after one that was skipped, cron forgets what was to come in that hour, though it
        moves it there if asked before: so it is always asked from more than a day before.
        """
        after = wall_ms - LONG_DAY
        while True:
            start = datetime.fromtimestamp(after / 1000, self.zone) + timedelta(milliseconds=1)
            found: datetime = trigger.get_next_fire_time(None, start)
            after = round(found.timestamp() * 1000)
            if found.fold:  # the hour that daylight saving repeats: it rang the first time round
                after += HOUR
            elif after > wall_ms:
                return after


NEVER = 1 << 62  # wall-clock ms


class Silent(Calendar, frozen=True):
    """A calendar that never rings: that of a trace which has its alarms in itself."""

    day_start: str = ""
    zone: tzinfo = UTC

    def next_after(self, wall_ms: int) -> int:
        """Never."""
        return NEVER

    def alarms(self, wall_ms: int, offset: int) -> list[Alarm]:
        """Nothing rings."""
        return []

    def hours(self, wall_ms: int, offset: int) -> tuple[Alarm, ...]:
        """No hours are known but those that the trace tells."""
        return ()
