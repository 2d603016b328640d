"""Durations as people write them, "20m" or "1h30m", to and from milliseconds."""

from __future__ import annotations

import re

# Only seconds take a fraction: of hours it would be exact by accident, and "1.5h" has "1h30m".
_FORM = re.compile(r"([+-]?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:\.(\d{1,3}))?s)?", re.ASCII)
_LARGEST = 12  # digits of a number

MONTH = 31 * 24 * 3_600_000  # ms: the most that a command may ask for; far beyond it the calendar ends


def parse(text: str) -> int:
    """The duration in ms; "-1h" is negative. Units are d, h, m and s, the largest first, each at most once.

    Raises ValueError, which says what is expected.
    """
    found = _FORM.fullmatch(text.strip())
    numbers = found.groups()[1:] if found else ()
    if found is None or not any(numbers) or max(len(number or "") for number in numbers) > _LARGEST:
        raise ValueError('expected a duration such as "20m", "1h30m" or "90s"')
    days, hours, minutes, seconds = (int(number or 0) for number in numbers[:4])
    ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + int((numbers[4] or "").ljust(3, "0"))
    return -ms if found[1] == "-" else ms


def show(ms: int) -> str:
    """The shortest form that `parse` reads back: 5400000 is "1h30m", 90500 is "1m30.5s", 0 is "0s"."""
    seconds, rest = divmod(abs(ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""]
    parts.append(f"{seconds}{fraction}s" if seconds or fraction else "")
    return ("-" if ms < 0 else "") + ("".join(parts) or "0s")
