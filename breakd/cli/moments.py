"""Moments as people say them: "2h" ago, "today", "yesterday 15:10", "mon 09:00", "14:00", "2026-03-02 14:00"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from breakd.settings.durations import parse

EXPECTED = (
    "expected a moment such as 2h (ago), today, yesterday, "
    '"yesterday 15:10", "mon 15:10", 14:00, 2026-03-02 or "2026-03-02 14:00"'
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(text: str, now: datetime) -> datetime:
    """What `text` means, at or before `now` where that can be. Raises ValueError, which says what is expected."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day, _, clock = text.lower().partition(" ")
    ago = _days_ago(day, now)
    try:
        if ago is not None:
            return _at(midnight - timedelta(days=ago), clock.strip() or "00:00")
        if text[-3:-2] == ":" and " " not in text and "-" not in text:
            found = _at(midnight, text)
            return found if found <= now else found - timedelta(days=1)
    except ValueError:
        raise ValueError(f"{EXPECTED}, found {text!r}") from None
    try:
        ago_ms = abs(parse(text))
        return (now.astimezone(UTC) - timedelta(milliseconds=ago_ms)).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{EXPECTED}, found {text!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def here() -> datetime:
    """Now, in the zone of this machine, so that another season's time of day is that season's."""
    from breakd.daemon.timing.calendar import local_zone, zone

    return datetime.now(zone(local_zone()))


def _days_ago(word: str, now: datetime) -> int | None:
    """How many days ago the day of this name was last; None if it names none."""
    if word in ("today", "yesterday"):
        return int(word == "yesterday")
    found = [place for place, name in enumerate(DAYS) if word in (name, name[:3])]
    return (now.weekday() - found[0]) % 7 if found else None


def _at(day: datetime, clock: str) -> datetime:
    hour, minute = clock[:-3], clock[-2:]
    if clock[-3:-2] != ":" or not (hour.isdigit() and minute.isdigit()):
        raise ValueError
    return day.replace(hour=int(hour), minute=int(minute))


class Timed(click.Command):
    """A command that takes lengths of time: one typed with a minus is refused as a length, not as an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but "-5m" is no option, nor does "-5h" ask for help."""
        if any(re.match(r"-\d", word) for word in args):
            ctx.ignore_unknown_options = True
            ctx.help_option_names = ["--help"]
        return super().parse_args(ctx, args)


class Moment(click.ParamType[datetime]):
    """An option that takes a moment in the past."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; anything else is wrong usage."""
        try:
            return moment(value, here())
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Days(click.ParamType[int]):
    """An option that takes a number of days, such as 14d or 2w."""

    name = "days"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """How many; anything else is wrong usage."""
        found = re.fullmatch(r"([1-9][0-9]{0,3})([dw]?)", value)
        if found is None:
            self.fail(f"expected a number of days such as 14d or 2w, found {value!r}", param, ctx)
        return int(found[1]) * (7 if found[2] == "w" else 1)
