"""The settings of a plugin: its table `[plugins.NAME]` as the dataclass it asked for."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from breakd.plugin.loaded import Failed, nearest

T = TypeVar("T")
Locate: TypeAlias = Callable[[tuple[str, ...]], str]  # key path -> FILE:LINE, or "" if it is not known

HOSTS = "enabled"  # the one key that is the host's


class Unconfigured(Exception):  # noqa: N818  a state, not an error
    """The person has not written the table that the plugin cannot do without."""


def nowhere(_path: tuple[str, ...]) -> str:
    """For tables that came from no file."""
    return ""


def enabled(name: str, table: object, locate: Locate) -> bool:
    """Whether the table leaves the plugin on. Raises `Failed` if it is no table or `enabled` is no boolean."""
    if not isinstance(table, Mapping):
        raise Failed(_problem(name, "", f"expected a table, found {table!r}", locate))
    value = table.get(HOSTS, True)
    if not isinstance(value, bool):
        raise Failed(_problem(name, HOSTS, f"expected true or false, found {value!r}", locate))
    return value


def convert(type_: type[T], name: str, table: Mapping[str, object], locate: Locate) -> T:
    """The table as a `type_`, a dataclass; every problem in one `Failed`, a line each.

    Raises `Unconfigured` if a key without default is missing and there is no table.
    """
    import msgspec

    if not (isinstance(type_, type) and dataclasses.is_dataclass(type_)):
        raise Failed(f"register.settings takes a dataclass, not {type_!r}")
    given = {key: value for key, value in table.items() if key != HOSTS}
    missing = [key for key in _required(type_) if key not in given]
    if missing and not given:
        raise Unconfigured(f"[plugins.{name}] needs: {', '.join(missing)}")
    problems = [_problem(name, key, "this key is missing", locate) for key in missing]
    problems += _wrong(type_, name, given, locate)
    if problems:
        raise Failed("\n".join(problems))
    try:
        return msgspec.convert(given, type_)
    except msgspec.ValidationError as error:  # what its __post_init__ refuses
        raise Failed(_problem(name, "", str(error), locate)) from error


def _required(type_: type) -> list[str]:
    none = dataclasses.MISSING
    return [f.name for f in dataclasses.fields(type_) if f.init and f.default is none and f.default_factory is none]


def _wrong(type_: type, name: str, given: Mapping[str, object], locate: Locate) -> list[str]:
    """One key at a time, because msgspec stops at the first problem."""
    import msgspec

    hints = typing.get_type_hints(type_, include_extras=True)
    known = [f.name for f in dataclasses.fields(type_) if f.init]
    problems = []
    for key, value in given.items():
        if key not in known:
            problems.append(_problem(name, key, f"no such key{nearest(key, known)}", locate))
            continue
        try:
            msgspec.convert(value, hints[key])
        except msgspec.ValidationError as error:
            problems.append(_problem(name, key, f"{error}, found {value!r}", locate))
    return problems


def _problem(name: str, key: str, text: str, locate: Locate) -> str:
    path = ("plugins", name, key) if key else ("plugins", name)
    place = locate(path)
    return f"{place}: {'.'.join(path)}: {text}" if place else f"{'.'.join(path)}: {text}"


def keys(type_: type, given: Mapping[str, object]) -> list[dict[str, str]]:
    """Each key of the table: its type, its default and what is given, as TOML has them; "" where there is nothing."""
    found = []
    for field in dataclasses.fields(type_):
        if not field.init:
            continue
        default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
        found.append(
            {
                "key": field.name,
                "type": field.type if isinstance(field.type, str) else _written(field.type),
                "default": "needed" if default is dataclasses.MISSING else shown(default),
                "value": shown(given[field.name]) if field.name in given else "",
            }
        )
    return found


def _written(type_: object) -> str:
    """A type as it is written: `str`, `list[str]`, `int | None`."""
    return type_.__name__ if isinstance(type_, type) and not typing.get_args(type_) else str(type_)


def shown(value: object) -> str:
    """A value nearly as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        "[" + ", ".join(map(shown, value)) + "]" if isinstance(value, (list, tuple)) else repr(value).replace("'", '"')
    )
