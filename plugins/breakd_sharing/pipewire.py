"""A client of PipeWire, as small as our use of it: it hears which objects come and go.

Our own, because `pw-dump --monitor` is a program that would have to run all the time, and libpipewire a library with
threads of its own. Source of the format: "Native Protocol" in the documentation of PipeWire.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from breakd import Unavailable
from breakd_sharing import pod
from breakd_sharing.graph import Graph

CORE, CLIENT, REGISTRY = 0, 1, 2  # objects that every client has, and the first that it asks for
HELLO, SYNC, PONG, GET_REGISTRY = 1, 2, 3, 5  # requests of the core
UPDATE_PROPERTIES = 2  # ... and of the client
DONE, PING, ERROR = 1, 2, 3  # events of the core
GLOBAL, GLOBAL_REMOVE = 0, 1  # ... and of the registry
VERSION = 3  # of the core, and of the registry
LARGEST = 1 << 16  # bytes of a message: real ones have one thousand at most
PATIENCE = 5.0  # seconds to say what there is

_HEAD = struct.Struct("=4I")


class PipeWire:
    """A connection, for one reader at a time, that keeps a `Graph` true."""

    def __init__(self, graph: Graph, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._graph = graph
        self._reader = reader
        self._writer = writer
        self._sent = 0

    async def enter(self) -> None:
        """Say who we are, and hear of all that is there."""
        self._send(CORE, HELLO, pod.whole(VERSION))
        self._send(CLIENT, UPDATE_PROPERTIES, pod.properties(application_name="breakd"))
        self._send(CORE, GET_REGISTRY, pod.whole(VERSION), pod.whole(REGISTRY))
        self._send(CORE, SYNC, pod.whole(REGISTRY), pod.whole(0))
        while await self._next() != (CORE, DONE, REGISTRY):
            pass

    async def changed(self) -> None:
        """Wait until an object came or went."""
        while (await self._next())[0] != REGISTRY:
            pass

    async def _next(self) -> tuple[int, int, pod.Value]:
        """Take a message: whose it is, which, and the first of its values."""
        target, code, data = await self._read()
        try:
            found = pod.fields(data)
            if target == REGISTRY and code == GLOBAL:
                number, _, kind, _, told = found[:5]
                self._graph.add(_whole(number), str(kind), pod.read_properties(told))
            elif target == REGISTRY and code == GLOBAL_REMOVE:
                self._graph.remove(_whole(found[0]))
            elif target == CORE and code == PING:
                self._send(CORE, PONG, *(pod.whole(_whole(value)) for value in found[:2]))
            elif target == CORE and code == ERROR:
                raise ConnectionError(f"PipeWire answered with an error: {found[-1]}")
        except (ValueError, IndexError) as error:
            raise ConnectionError(f"PipeWire sent what cannot be read ({error})") from None
        return target, code, found[0] if found else None

    async def _read(self) -> tuple[int, int, bytes]:
        target, word, _, _ = _HEAD.unpack(await self._bytes(_HEAD.size))
        size = word & 0xFFFFFF
        if size > LARGEST:
            raise ConnectionError(f"PipeWire sent a message of {size} bytes")
        return target, word >> 24, await self._bytes(size)

    async def _bytes(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise ConnectionError("PipeWire closed the connection") from None

    def _send(self, target: int, code: int, *values: bytes) -> None:
        body = pod.record(*values)
        self._writer.write(_HEAD.pack(target, code << 24 | len(body), self._sent, 0) + body)
        self._sent += 1


def _whole(value: pod.Value) -> int:
    if not isinstance(value, int):
        raise ValueError("no number where one belongs")
    return value


@asynccontextmanager
async def connect(path: Path, graph: Graph) -> AsyncIterator[PipeWire]:
    """A connection that fills `graph` with all that is there, closed on the way out.

    Raises Unavailable if nobody is there, ConnectionError if it is no PipeWire, TimeoutError if it says nothing.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise Unavailable(f"no PipeWire at {path}: {error.strerror or error}") from None
    try:
        pipewire = PipeWire(graph, reader, writer)
        try:
            async with asyncio.timeout(PATIENCE):
                await pipewire.enter()
        except TimeoutError:
            raise TimeoutError(f"PipeWire said nothing for {PATIENCE:g} s") from None
        yield pipewire
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
