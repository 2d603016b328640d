"""Moments as people say them: "2h" ago, "today", "yesterday", "14:00", "2026-03-02", "2026-03-02 14:00"."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from breakd.settings.durations import parse

EXPECTED = 'expected a moment such as 2h (ago), today, yesterday, 14:00, 2026-03-02 or "2026-03-02 14:00"'


def moment(text: str, now: datetime) -> datetime:
    """What `text` means, at or before `now` where that can be. Raises ValueError, which says what is expected."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if text in ("today", "yesterday"):
        return midnight - timedelta(days=text == "yesterday")
    try:
        return now - timedelta(milliseconds=abs(parse(text)))
    except (ValueError, OverflowError):
        pass
    try:
        found = midnight.replace(hour=int(text[:-3]), minute=int(text[-2:])) if text[-3:-2] == ":" else None
        if found is not None:
            return found if found <= now else found - timedelta(days=1)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{EXPECTED}, found {text!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


class Moment(click.ParamType[datetime]):
    """An option that takes a moment in the past."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; anything else is wrong usage."""
        try:
            return moment(value, datetime.now().astimezone())
        except ValueError as error:
            self.fail(str(error), param, ctx)
