"""The plain values of the settings: for each type how it is read, and its JSON Schema.

A reader takes a value as TOML gives it and raises ValueError("expected ...") if it is none of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NewType

from breakd.core.units import Met, Ms, Share
from breakd.settings.durations import parse
from breakd.settings.hours import RANGE_EXPECTED, WHEN_EXPECTED, Range, When, parse_range, parse_when

TimeOfDay = NewType("TimeOfDay", str)  # local, "04:00"
Bedtime = NewType("Bedtime", str)  # the same, or "" for none
Nightly = NewType("Nightly", str)  # local, "21:00-10:00"
Argv = NewType("Argv", tuple[str, ...])  # a command with its arguments, as they are given to it
Preset = NewType("Preset", str)  # the name of a file in config/presets, "" for none

LONGEST = 7 * 24 * 3600 * 1000  # ms: a longer duration is a mistake


class Plain(NamedTuple):
    """A type of value. `kind`: what it is called in the reference."""

    read: Callable[[object], object]
    kind: str
    schema: Mapping[str, Any]


def _duration(value: object) -> Ms:
    if not isinstance(value, str):
        raise ValueError('expected a duration such as "20m"')
    ms = parse(value)
    if not 0 < ms <= LONGEST:
        raise ValueError("expected a duration of more than nothing and at most a week")
    return Ms(ms)


def _share(value: object) -> Share:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise ValueError("expected a number above 0, at most 1")
    return Share(float(value))


def _met(value: object) -> Met:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 12:
        raise ValueError("expected metabolic equivalents from 1 to 12")
    return Met(float(value))


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise ValueError("expected a whole number from 1 to 1000")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _time(value: object) -> TimeOfDay:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('expected a time of day such as "04:00"')
    return TimeOfDay(value)


def _bedtime(value: object) -> Bedtime:
    if value == "":
        return Bedtime("")
    try:
        return Bedtime(_time(value))
    except ValueError:
        raise ValueError('expected a time of day such as "23:00", or ""') from None


def _nightly(value: object) -> Nightly:
    expected = 'expected hours of a night such as "21:00-10:00"'
    if not isinstance(value, str) or len(parts := value.split("-")) != 2:
        raise ValueError(expected)
    try:
        since, until = map(_time, parts)
    except ValueError:
        raise ValueError(expected) from None
    if since == until:
        raise ValueError("expected an end other than the beginning")
    return Nightly(value)


def minutes(time: str) -> int:
    """A time of day in minutes."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _name(value: object) -> Preset:
    if not isinstance(value, str):
        raise ValueError('expected the name of a preset, such as "office"')
    return Preset(value)


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("expected a list of names")
    return value


def _argv(value: object) -> Argv:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or "" in value[:1]:
        raise ValueError('expected a command and its arguments, such as ["notify-send", "Move"]')
    if any("\0" in item for item in value):
        raise ValueError("expected a command and its arguments without NUL characters")
    return Argv(tuple(value))


def _words(value: object) -> tuple[str, ...]:
    return tuple(" ".join(name.lower().split()) for name in _names(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _range(value: object) -> Range:
    if not isinstance(value, str):
        raise ValueError(RANGE_EXPECTED)
    parse_range(value)
    return Range(value)


def _when(value: object) -> When:
    if not isinstance(value, str):
        raise ValueError(WHEN_EXPECTED)
    parse_when(value)
    return When(value)


_NAMES = {"type": "array", "items": {"type": "string"}}
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_SECONDS = r"\d+(\.\d{1,3})?s"
_MINUTES = rf"(\d+m({_SECONDS})?|{_SECONDS})"
_HOURS = rf"(\d+h{_MINUTES}?|{_MINUTES})"
_DURATION = rf"^ *\+?(\d+d{_HOURS}?|{_HOURS}) *$"  # without look-ahead, which not every editor knows

PLAIN: dict[Any, Plain] = {
    Ms: Plain(_duration, "duration", {"type": "string", "pattern": _DURATION}),
    Share: Plain(_share, "share", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
    Met: Plain(_met, "METs", {"type": "number", "minimum": 1, "maximum": 12}),
    Argv: Plain(_argv, "command", {"type": "array", "items": {"type": "string"}}),
    TimeOfDay: Plain(_time, "time of day", {"type": "string", "pattern": rf"^{_TIME}$"}),
    Bedtime: Plain(_bedtime, "time of day", {"type": "string", "pattern": rf"^({_TIME})?$"}),
    Nightly: Plain(_nightly, "hours", {"type": "string", "pattern": rf"^{_TIME}-{_TIME}$"}),
    Preset: Plain(_name, "preset", {"type": "string"}),
    int: Plain(_count, "whole number", {"type": "integer", "minimum": 1, "maximum": 1000}),
    bool: Plain(_flag, "true or false", {"type": "boolean"}),
    str: Plain(_text, "text", {"type": "string"}),
    list: Plain(_names, "list of names", _NAMES),
    tuple: Plain(_words, "list of words", _NAMES),
    Range: Plain(_range, "days and hours", {"type": "string"}),
    When: Plain(_when, "days and a time", {"type": "string"}),
}
LISTED = {Range: RANGE_EXPECTED, When: WHEN_EXPECTED}  # a list of these may be written as a single one
