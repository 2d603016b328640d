"""The tables of the file as classes: the core's own rules are dataclasses, what only settings know is a `Struct`."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, NamedTuple, get_type_hints

from msgspec import NODEFAULT, Struct, structs


class Field(NamedTuple):
    """A field. `key`: what it is called in the file; `default`: NODEFAULT if it has to be said."""

    name: str
    key: str
    type_: Any
    default: Any


def is_table(type_: Any) -> bool:
    """Whether this type is a class of either sort."""
    return isinstance(type_, type) and (issubclass(type_, Struct) or dataclasses.is_dataclass(type_))


@cache  # a file may have hundreds of breaks
def fields(type_: type) -> tuple[Field, ...]:
    """The fields of such a class, in the order in which they are written there."""
    if issubclass(type_, Struct):
        return tuple(Field(each.name, _key(each.name), each.type, each.default) for each in structs.fields(type_))
    hints = get_type_hints(type_, include_extras=True)
    found = dataclasses.fields(type_)  # type: ignore[arg-type]  # a class, as `is_table` says
    return tuple(Field(each.name, _key(each.name), hints[each.name], _default(each)) for each in found)


def _key(name: str) -> str:
    return name.rstrip("_")  # `for` and `break` are words of Python's own


def _default(field: dataclasses.Field[Any]) -> Any:
    return NODEFAULT if field.default is dataclasses.MISSING else field.default
