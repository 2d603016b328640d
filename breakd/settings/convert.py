"""A TOML table into the class it is, with every fault found at once and named by its key path."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from msgspec import NODEFAULT

from breakd.settings.errors import Fault, KeyPath
from breakd.settings.tables import fields, is_table
from breakd.settings.values import LISTED, PLAIN

T = TypeVar("T")
UNKNOWN, ABSENT = "unknown key", "missing"
Faults = list[Fault]

# What people call a key that has another name here, from other programs of this kind.
ALSO_CALLED = {
    "duration": "for", "length": "for", "interval": "every", "period": "every", "frequency": "every",
    "postpone": "snooze", "idle": "away", "max": "longest",
}  # fmt: skip


def table(type_: type[T], value: object, path: KeyPath, faults: Faults) -> T | None:
    """`value` as this table; None if it has faults, which are added to the list."""
    before = len(faults)
    found = parts(type_, value, path, faults)
    return type_(**found) if len(faults) == before else None


def parts(type_: type, value: object, path: KeyPath, faults: Faults) -> dict[str, Any]:
    """The fields of this table that `value` says, each None if it has faults, which are added to the list."""
    if not isinstance(value, Mapping):
        faults.append(wrong(path, "a table", value))
        return {}
    known, found = {field.key: field for field in fields(type_)}, {}
    for key in value:
        if key not in known:
            faults.append(unknown((*path, key), known))
    for key, field in known.items():
        if key in value:
            found[field.name] = convert(field.type_, value[key], (*path, key), faults)
        elif field.default is NODEFAULT:
            faults.append(Fault((*path, key), ABSENT))
    return found


def convert(type_: Any, value: object, path: KeyPath, faults: Faults) -> Any:
    """`value` as this type; None if it has faults, which are added to the list."""
    type_ = sure(type_)
    if is_table(type_):
        return table(type_, value, path, faults)
    origin = get_origin(type_)
    item = get_args(type_)[-1] if origin in (dict, list) else None
    if origin is dict or item in LISTED:
        return (_dict if origin is dict else _list)(item, value, path, faults)
    if origin is Literal:
        if value not in get_args(type_):
            faults.append(wrong(path, f"one of {', '.join(map(shown, get_args(type_)))}", value))
        return value
    try:
        return PLAIN[origin or type_].read(value)
    except ValueError as error:
        faults.append(wrong(path, str(error).removeprefix("expected "), value))
        return None


def sure(type_: Any) -> Any:
    """The type without "or None": a key may be absent, but TOML cannot say None."""
    return get_args(type_)[0] if get_origin(type_) in (Union, types.UnionType) else type_


def _dict(type_: Any, value: object, path: KeyPath, faults: Faults) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        faults.append(wrong(path, "a table", value))
        return {}
    return {key: value[key] if type_ is Any else convert(type_, value[key], (*path, key), faults) for key in value}


def _list(type_: Any, value: object, path: KeyPath, faults: Faults) -> list[Any]:
    """A list of texts in one form; a single one needs no brackets."""
    if isinstance(value, str):
        return [convert(type_, value, path, faults)]
    if not isinstance(value, list):
        faults.append(wrong(path, f"{LISTED[type_].removeprefix('expected ')}, or a list of such", value))
        return []
    return [convert(type_, item, (*path, place), faults) for place, item in enumerate(value)]


def wrong(path: KeyPath, expected: str, value: object) -> Fault:
    """A value that is none of its kind."""
    found = shown(value)
    return Fault(path, f"expected {expected}, found {found}", expected, found, at_value=True)


def unknown(path: KeyPath, known: Iterable[str]) -> Fault:
    """A key that is none of those known here, with the one that was probably meant."""
    name = near(str(path[-1]), known)
    return Fault(path, f"{UNKNOWN}{_meant(name)}", instead=name)


def near(key: str, known: Iterable[str]) -> str:
    """The known key that was probably meant; "" if none is near."""
    import difflib

    known = list(known)
    alike = {name.lower().replace("-", "_"): name for name in known}
    key = key.lower().replace("-", "_")
    if ALSO_CALLED.get(key) in known:
        return ALSO_CALLED[key]
    found = difflib.get_close_matches(key, alike, 1)
    return alike[found[0]] if found else ""


def nearest(key: str, known: Iterable[str]) -> str:
    """A hint at the key that was probably meant; "" if none is near."""
    return _meant(near(key, known))


def _meant(name: str) -> str:
    return f", did you mean {name!r}?" if name else ""


def shown(value: object) -> str:
    """A value as TOML would write it, cut short."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f'"{value}"' if isinstance(value, str) else repr(value))
    return text if len(text) <= 40 else text[:37] + "..."
