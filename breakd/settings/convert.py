"""A TOML table into a dataclass, with every problem found at once and named by its key path."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from breakd.core.units import Ms, Share
from breakd.settings.durations import parse
from breakd.settings.errors import KeyPath
from breakd.settings.hours import RANGE_EXPECTED, WHEN_EXPECTED, Range, When, parse_range, parse_when
from breakd.settings.model import TimeOfDay

T = TypeVar("T")
Problems = list[tuple[KeyPath, str]]  # a key path and what is wrong there

LONGEST = 7 * 24 * 3600 * 1000  # ms: a longer duration is a mistake


def table(type_: type[T], value: object, path: KeyPath, problems: Problems) -> T | None:
    """`value` as this dataclass; None if it has problems, which are added to the list."""
    if not isinstance(value, Mapping):
        problems.append((path, f"expected a table, found {shown(value)}"))
        return None
    known = {field.name.rstrip("_"): field for field in fields(type_)}  # type: ignore[arg-type]  # a dataclass
    hints, found, before = get_type_hints(type_), {}, len(problems)
    for key in value:
        if key not in known:
            problems.append(((*path, key), f"unknown key{nearest(key, known)}"))
    for key, field in known.items():
        if key in value:
            found[field.name] = convert(hints[field.name], value[key], (*path, key), problems)
        elif field.default is MISSING:
            problems.append(((*path, key), "missing"))
    return type_(**found) if len(problems) == before else None


def convert(type_: Any, value: object, path: KeyPath, problems: Problems) -> Any:
    """`value` as this type; None if it has problems, which are added to the list."""
    if is_dataclass(type_):
        return table(type_, value, path, problems)  # type: ignore[arg-type]  # a class, not an object
    origin = get_origin(type_)
    item = get_args(type_)[-1] if origin in (dict, list) else None
    if origin is dict or item in _ITEMS:
        return (_dict if origin is dict else _list)(item, value, path, problems)
    if origin in (Union, types.UnionType):  # only ever "or None", which TOML cannot say
        return convert(get_args(type_)[0], value, path, problems)
    try:
        if origin is Literal:
            return _one_of(value, get_args(type_))
        return _PLAIN[origin or type_](value)
    except ValueError as error:
        problems.append((path, f"{error}, found {shown(value)}"))
        return None


def _dict(type_: Any, value: object, path: KeyPath, problems: Problems) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        problems.append((path, f"expected a table, found {shown(value)}"))
        return {}
    return {key: value[key] if type_ is Any else convert(type_, value[key], (*path, key), problems) for key in value}


def _list(type_: Any, value: object, path: KeyPath, problems: Problems) -> list[Any]:
    """A list of texts in one form; a single one needs no brackets."""
    if isinstance(value, str):
        return [convert(type_, value, path, problems)]
    if not isinstance(value, list):
        problems.append((path, f"{_ITEMS[type_]}, or a list of such, found {shown(value)}"))
        return []
    return [convert(type_, item, (*path, place), problems) for place, item in enumerate(value)]


def _one_of(value: object, allowed: tuple[object, ...]) -> object:
    if value not in allowed:
        raise ValueError(f"expected one of {', '.join(map(shown, allowed))}")
    return value


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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("expected a list of names")
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(" ".join(name.lower().split()) for name in _names(value))


_PLAIN: dict[Any, Callable[[object], object]] = {
    Ms: _duration,
    Share: _share,
    TimeOfDay: _time,
    int: _count,
    bool: _flag,
    list: _names,
    tuple: _words,
    str: _text,
    Range: _range,
    When: _when,
}
_ITEMS: dict[Any, str] = {Range: RANGE_EXPECTED, When: WHEN_EXPECTED}


def nearest(key: str, known: Iterable[str]) -> str:
    """A hint at the key that was probably meant; "" if none is near."""
    import difflib

    found = difflib.get_close_matches(key, list(known), 1)
    return f", did you mean {found[0]!r}?" if found else ""


def shown(value: object) -> str:
    """A value as TOML would write it, cut short."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f'"{value}"' if isinstance(value, str) else repr(value))
    return text if len(text) <= 40 else text[:37] + "..."
