"""The shape of the state, as text: every class in it, with its fields and their types in order.

python -m tests.shell.state_shape > tests/shell/state_shape.txt
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from breakd.core.state import State
from breakd.daemon.fold import VERSION


def shape() -> str:
    """The version of snapshots, then a line for each class that one may hold."""
    return "\n".join([VERSION, *sorted(set(_lines(State)))]) + "\n"


def _lines(type_: Any) -> Iterator[str]:
    is_record = isinstance(type_, type) and (hasattr(type_, "_fields") or issubclass(type_, msgspec.Struct))
    if is_record:
        hints = typing.get_type_hints(type_)
        names = getattr(type_, "_fields", None) or type_.__struct_fields__
        yield f"{type_.__name__}: {', '.join(f'{name} {_name(hints[name])}' for name in names)}"
        for name in names:
            yield from _lines(hints[name])
    for part in typing.get_args(type_):
        yield from _lines(part)


def _name(type_: Any) -> str:
    origin, parts = typing.get_origin(type_), typing.get_args(type_)
    if not parts:
        return getattr(type_, "__name__", str(type_))
    if origin is typing.Literal:
        return "|".join(map(str, parts))
    if origin in (typing.Union, types.UnionType):
        return "|".join(map(_name, parts))
    return f"{origin.__name__}[{', '.join(map(_name, parts))}]"


if __name__ == "__main__":
    print(shape(), end="")  # noqa: T201  it is what it is for
