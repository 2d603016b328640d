"""What each key of `[hours]` and `[schedule.NAME]` allows, but together makes no sense."""

from __future__ import annotations

from breakd.core.units import MINUTE
from breakd.settings.convert import Faults, nearest, shown, wrong
from breakd.settings.errors import Fault
from breakd.settings.hours import DAY, WEEK, WHEN_EXPECTED, Span, free_from, parse_when, quiet_spans
from breakd.settings.model import Settings

_SHOWN = "a time outside quiet hours"


def sense(settings: Settings, faults: Faults) -> None:
    """Add what is wrong to the list."""
    hours = settings.hours
    quiet = quiet_spans(hours.work, hours.quiet)
    if quiet == (Span(0, WEEK),):
        key = "quiet" if hours.quiet else "work"
        message = "leaves no hour of the week for prompts, expected a working hour not quiet"
        faults.append(Fault(("hours", key), message, "a working hour not quiet", at_value=True))
    enabled = [name for name, kind in settings.breaks.items() if kind.enabled]
    for name, entry in settings.schedule.items():
        if entry.break_ and entry.break_ not in enabled:
            message = f"expected a break that is enabled, found {shown(entry.break_)}{nearest(entry.break_, enabled)}"
            faults.append(Fault(("schedule", name, "break"), message, at_value=True))
        if not entry.at:
            faults.append(Fault(("schedule", name, "at"), f"{WHEN_EXPECTED}, found none", at_value=True))
        late = hours.late if entry.late is None else entry.late
        for place, text in enumerate(entry.at):
            if _never_shown(text, late // MINUTE, quiet_spans((), hours.quiet)):
                faults.append(wrong(("schedule", name, "at", place), _SHOWN, text))


def _never_shown(text: str, late: int, quiet: tuple[Span, ...]) -> bool:
    """Whether on each of its days it would be quiet for all the minutes it is worth asking for."""
    moments = parse_when(text)
    minutes = [day * DAY + moments.minute for day in moments.days]
    return all(free_from(quiet, minute) - minute >= max(late, 1) for minute in minutes)
