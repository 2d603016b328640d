"""The tables of the file as classes: which keys each has."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct, structs


class Field(NamedTuple):
    """A field. `key`: what it is called in the file; `default`: NODEFAULT if it has to be said."""

    name: str
    key: str
    type_: Any
    default: Any


def is_table(type_: Any) -> bool:
    """Whether this type is the class of a table."""
    return isinstance(type_, type) and issubclass(type_, Struct)


@cache  # a file may have hundreds of breaks
def fields(type_: type) -> tuple[Field, ...]:
    """The fields of such a class, in the order in which they are written there."""
    found = structs.fields(type_)
    return tuple(Field(each.name, each.name.rstrip("_"), each.type, each.default) for each in found)
