"""Values as PipeWire packs them (SPA PODs): only those that messages of its core and registry are made of.

Each is its size and its kind, then as many bytes, padded to eight. Source: "SPA POD" in the documentation of PipeWire.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator

INT, STRING, STRUCT = 4, 8, 14
DEEPEST = 4  # structures within each other, of which real messages have two

_HEAD = struct.Struct("=II")

Value = int | str | list["Value"] | None


def whole(value: int) -> bytes:
    """A whole number of 32 bits."""
    return _packed(INT, struct.pack("=i", value))


def text(value: str) -> bytes:
    """A string."""
    return _packed(STRING, value.encode() + b"\0")


def record(*values: bytes) -> bytes:
    """A structure of packed values."""
    return _packed(STRUCT, b"".join(values))


def properties(**told: str) -> bytes:
    """Properties, whose names have dots for the underscores here."""
    words = (word for key, value in told.items() for word in (key.replace("_", "."), value))
    return record(whole(len(told)), *map(text, words))


def fields(data: bytes) -> list[Value]:
    """The values of the structure that a message is; None for each of a kind that is not read.

    Raises ValueError at what is no structure, or does not fit into itself.
    """
    found = next(_values(data, 0, len(data), 0), [])  # behind it may be a footer, which says nothing of objects
    if not isinstance(found, list):
        raise ValueError("a message is no structure")
    return found


def read_properties(value: Value) -> dict[str, str]:
    """Properties that were read; those that are no strings are left out."""
    items = value[1:] if isinstance(value, list) else []
    pairs = zip(items[::2], items[1::2], strict=False)
    return {key: told for key, told in pairs if isinstance(key, str) and isinstance(told, str)}


def _packed(kind: int, body: bytes) -> bytes:
    return _HEAD.pack(len(body), kind) + body + bytes(-len(body) % 8)


def _values(data: bytes, at: int, end: int, depth: int) -> Iterator[Value]:
    while at < end:
        if end - at < _HEAD.size:
            raise ValueError("a value ends in its head")
        size, kind = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if size > end - at:
            raise ValueError(f"a value of {size} bytes in {end - at}")
        yield _value(data, at, size, kind, depth)
        at += size + -size % 8


def _value(data: bytes, at: int, size: int, kind: int, depth: int) -> Value:
    if kind == INT and size == 4:
        return int.from_bytes(data[at : at + 4], sys.byteorder, signed=True)
    if kind == STRING:
        return data[at : at + size].partition(b"\0")[0].decode(errors="replace")
    if kind == STRUCT and depth < DEEPEST:
        return list(_values(data, at, at + size, depth + 1))
    return None
