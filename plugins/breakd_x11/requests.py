"""The few requests that presence takes, as bytes, and what their replies say.

Sources: "X Synchronization Extension Protocol" 3.1, "The RandR Extension" 1.5, both X.Org.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from breakd_x11.protocol import Server, XError, padded

QUERY_EXTENSION = 98
SYNC_INITIALIZE, SYNC_LIST, SYNC_QUERY, SYNC_CREATE_ALARM, SYNC_CHANGE_ALARM = 0, 1, 5, 8, 9
POSITIVE_COMPARISON, NEGATIVE_COMPARISON = 2, 3
ALARM_VALUES = 0b111111  # counter, value type, value, test, delta, events: all there are
RANDR_OUTPUT, RANDR_RESOURCES = 9, 25


class Extension(NamedTuple):
    """What a server calls one of its extensions. `opcode`: of its requests; `event`: the number of its first event."""

    opcode: int
    event: int


def request(opcode: int, detail: int, body: bytes = b"") -> bytes:
    """Any request; `detail` is the minor opcode for those of extensions."""
    body = body.ljust(padded(len(body)), b"\0")
    return struct.pack("=BBH", opcode, detail, 1 + len(body) // 4) + body


async def extension(server: Server, name: bytes) -> Extension | None:
    """The extension of that name; None if the server has none."""
    reply = await server.call(request(QUERY_EXTENSION, 0, struct.pack("=Hxx", len(name)) + name))
    return Extension(reply[9], reply[10]) if reply[8] else None


async def system_counters(server: Server, sync: Extension) -> dict[str, int]:
    """The counters the server keeps itself, by name."""
    await server.call(request(sync.opcode, SYNC_INITIALIZE, b"\3\1"))
    return dict(unpack_counters(await server.call(request(sync.opcode, SYNC_LIST))))


def unpack_counters(reply: bytes) -> Iterator[tuple[str, int]]:
    """Name and number of each counter in the reply to SYNC_LIST."""
    (count,) = struct.unpack_from("=I", reply, 8)
    at = 32
    for _ in range(count):
        number, length = struct.unpack_from("=I8xH", reply, at)
        yield reply[at + 14 : at + 14 + length].decode(errors="replace"), number
        at += padded(14 + length)


def query_counter(sync: Extension, counter: int) -> bytes:
    """Asks how a counter stands: see `unpack_value`."""
    return request(sync.opcode, SYNC_QUERY, struct.pack("=I", counter))


def set_alarm(sync: Extension, alarm: int, counter: int, test: int, value: int, *, new: bool) -> bytes:
    """Make or change an alarm: one event, once `counter` is at least (or at most) `value`. Nothing more until set anew.

    A comparison is true or not, however often one looks: input between two requests cannot slip through.
    """
    absolute, delta, events = 0, 0, 1
    values = struct.pack("=II8sI8sI", counter, absolute, pack_value(value), test, pack_value(delta), events)
    minor = SYNC_CREATE_ALARM if new else SYNC_CHANGE_ALARM
    return request(sync.opcode, minor, struct.pack("=II", alarm, ALARM_VALUES) + values)


def unpack_alarm(event: bytes) -> tuple[int, int]:
    """Which alarm went off, and how its counter stood."""
    (alarm,) = struct.unpack_from("=I", event, 4)
    return alarm, unpack_value(event, 8)


def pack_value(value: int) -> bytes:
    """SYNC's INT64: two halves, the high one first in either byte order."""
    return struct.pack("=iI", value >> 32, value & 0xFFFFFFFF)


def unpack_value(data: bytes, at: int = 8) -> int:
    """The INT64 at that place; in the reply to `query_counter` it is the default."""
    high, low = struct.unpack_from("=iI", data, at)
    return int(high) << 32 | int(low)


async def output_names(server: Server) -> list[str]:
    """What the server calls its monitors; empty if it cannot say."""
    randr = await extension(server, b"RANDR")
    if not randr:
        return []
    try:
        reply = await server.call(request(randr.opcode, RANDR_RESOURCES, struct.pack("=I", server.root)))
        stamp, crtcs, outputs = struct.unpack_from("=IHH", reply, 12)
        numbers = struct.unpack_from(f"={outputs}I", reply, 32 + 4 * crtcs)
        asked = [struct.pack("=II", number, stamp) for number in numbers]
        return [unpack_output(await server.call(request(randr.opcode, RANDR_OUTPUT, each))) for each in asked]
    except XError:  # a server older than RandR 1.3
        return []


def unpack_output(reply: bytes) -> str:
    """The name in the reply to RANDR_OUTPUT."""
    crtcs, modes, _, clones, length = struct.unpack_from("=5H", reply, 26)
    at = 36 + 4 * (crtcs + modes + clones)
    return reply[at : at + length].decode(errors="replace")
