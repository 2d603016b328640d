"""The settings of a plugin: its table `[plugins.NAME]` as the class it asked for."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec

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
    """The table as a `type_`, a dataclass or `Struct`; every problem in one `Failed`, a line each.

    Raises `Unconfigured` if a key without default is missing and there is no table.
    """
    if not (isinstance(type_, type) and (dataclasses.is_dataclass(type_) or issubclass(type_, msgspec.Struct))):
        raise Failed(f"register.settings takes a dataclass or a msgspec.Struct, not {type_!r}")
    fields, given = _fields(type_), {key: value for key, value in table.items() if key != HOSTS}
    missing = [field.key for field in fields if field.default is msgspec.NODEFAULT and field.key not in given]
    if missing and not given:
        raise Unconfigured(f"[plugins.{name}] needs: {', '.join(missing)}")
    problems = [_problem(name, key, "this key is missing", locate) for key in missing]
    problems += _wrong(fields, name, given, locate)
    if problems:
        raise Failed("\n".join(problems))
    try:
        return msgspec.convert(given, type_)
    except msgspec.ValidationError as error:  # what its __post_init__ refuses
        raise Failed(_problem(name, "", str(error), locate)) from error


class Field(NamedTuple):
    """A key of the table. `written`: its type as in the plugin; `default`: NODEFAULT if it has to be said."""

    key: str
    type_: Any
    written: Any
    default: Any


def _fields(type_: type) -> list[Field]:
    if issubclass(type_, msgspec.Struct):
        return [
            Field(each.encode_name, each.type, type_.__annotations__.get(each.name, each.type), _default(each))
            for each in msgspec.structs.fields(type_)
        ]
    hints = typing.get_type_hints(type_, include_extras=True)
    found = dataclasses.fields(type_)  # type: ignore[arg-type]  # the caller has seen to that
    return [Field(each.name, hints[each.name], each.type, _default(each)) for each in found if each.init]


def _default(field: Any) -> Any:
    """The value; both sorts of class have the same two ways to say it, and a mark of their own for neither."""
    if field.default_factory not in (dataclasses.MISSING, msgspec.NODEFAULT):
        return field.default_factory()
    return msgspec.NODEFAULT if field.default is dataclasses.MISSING else field.default


def _wrong(fields: Iterable[Field], name: str, given: Mapping[str, object], locate: Locate) -> list[str]:
    """One key at a time, because msgspec stops at the first problem."""
    known = {field.key: field for field in fields}
    problems = []
    for key, value in given.items():
        if key not in known:
            problems.append(_problem(name, key, f"no such key{nearest(key, list(known))}", locate))
            continue
        try:
            msgspec.convert(value, known[key].type_)
        except msgspec.ValidationError as error:
            problems.append(_problem(name, key, f"{error}, found {value!r}", locate))
    return problems


def _problem(name: str, key: str, text: str, locate: Locate) -> str:
    path = ("plugins", name, key) if key else ("plugins", name)
    place = locate(path)
    return f"{place}: {'.'.join(path)}: {text}" if place else f"{'.'.join(path)}: {text}"


def keys(type_: type, given: Mapping[str, object]) -> list[dict[str, str]]:
    """Each key of the table: its type, its default and what is given, as TOML has them; "" where there is nothing."""
    return [
        {
            "key": field.key,
            "type": field.written if isinstance(field.written, str) else _written(field.written),
            "default": "needed" if field.default is msgspec.NODEFAULT else shown(field.default),
            "value": shown(given[field.key]) if field.key in given else "",
        }
        for field in _fields(type_)
    ]


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
