"""A client of a Wayland compositor, as small as our use of it: connects, binds globals, sends requests, reads events.

Our own, because pywayland has wheels for one kind of machine only and brings libwayland along. Nothing that is bound
here sends file descriptors. Source of the format: "Wire Format" in the documentation of Wayland.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from breakd import Unavailable

DISPLAY, REGISTRY = 1, 2  # objects that every client has, and the first that it asks for
PATIENCE = 5.0  # seconds for a compositor to say what it has


class Event(NamedTuple):
    """What a compositor says: of which object, which of its events, and the arguments."""

    sender: int
    code: int
    data: bytes


class Compositor:
    """A connection to a compositor, for one reader at a time. `globals`: interface -> number -> version."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.name = name
        self.globals: dict[str, dict[int, int]] = {}
        self._reader = reader
        self._writer = writer
        self._given = REGISTRY
        self._free: list[int] = []

    def new_id(self) -> int:
        """A number for something that a request is going to make: one that is free again, or the next."""
        if self._free:
            return self._free.pop()
        self._given += 1
        return self._given

    def send(self, target: int, code: int, *arguments: int) -> None:
        """Send a request whose arguments are all whole numbers, without waiting."""
        self._write(target, code, struct.pack(f"={len(arguments)}I", *arguments))

    def bind(self, interface: str, number: int, version: int = 1) -> int:
        """Take a global, as one of its numbers; gives the object."""
        new = self.new_id()
        name = text(interface)
        self._write(REGISTRY, 0, struct.pack("=I", number) + name + struct.pack("=II", version, new))
        return new

    async def next(self) -> Event:
        """The next event that is not about the registry alone. Raises ConnectionError once the compositor is gone."""
        while True:
            event = await self._read()
            if event.sender == DISPLAY and event.code == 0:
                raise ConnectionError(f"the compositor at {self.name} refused a request: {read_text(event.data, 8)}")
            if event.sender == DISPLAY:  # delete_id
                self._free += struct.unpack_from("=I", event.data)
                continue
            if event.sender == REGISTRY:
                self._note(event)
            return event

    async def settle(self) -> None:
        """Wait until everything sent so far was seen; what comes before is only noted if it is about globals."""
        done = self.new_id()
        self.send(DISPLAY, 0, done)
        while (await self.next()).sender != done:
            pass

    def _note(self, event: Event) -> None:
        (number,) = struct.unpack_from("=I", event.data)
        if event.code == 0:
            (version,) = struct.unpack_from("=I", event.data, len(event.data) - 4)
            self.globals.setdefault(read_text(event.data, 4), {})[number] = version
        else:
            for offered in self.globals.values():
                offered.pop(number, None)

    def _write(self, target: int, code: int, data: bytes) -> None:
        self._writer.write(struct.pack("=II", target, (8 + len(data)) << 16 | code) + data)

    async def _read(self) -> Event:
        try:
            sender, word = struct.unpack("=II", await self._reader.readexactly(8))
            data = await self._reader.readexactly((word >> 16) - 8)
        except (asyncio.IncompleteReadError, OSError, ValueError):
            raise ConnectionError(f"the compositor at {self.name} closed the connection") from None
        return Event(sender, word & 0xFFFF, data)


def text(value: str) -> bytes:
    """A string as an argument: its length, and padding to the four bytes in which Wayland counts."""
    data = value.encode() + b"\0"
    return struct.pack("=I", len(data)) + data + bytes(-len(data) % 4)


def read_text(data: bytes, at: int) -> str:
    """The string argument that begins at `at`."""
    (length,) = struct.unpack_from("=I", data, at)
    return data[at + 4 : at + 3 + length].decode(errors="replace")


def find_socket(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the compositor of this session listens, as libwayland finds it. Raises Unavailable if there is none."""
    name, folder = environ.get("WAYLAND_DISPLAY"), environ.get("XDG_RUNTIME_DIR")
    if name and name.startswith("/"):
        return Path(name)
    if not folder:
        raise Unavailable("no Wayland compositor (XDG_RUNTIME_DIR is not set)")
    path = Path(folder, name or "wayland-0")
    if not name and not path.exists():
        raise Unavailable("no Wayland compositor (WAYLAND_DISPLAY is not set)")
    return path


@asynccontextmanager
async def connect() -> AsyncIterator[Compositor]:
    """A connection to the compositor of this session that knows its globals, closed on the way out.

    Raises Unavailable if nobody answers, TimeoutError after `PATIENCE` s.
    """
    path = find_socket()
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise Unavailable(f"no Wayland compositor at {path}: {error.strerror or error}") from None
    try:
        compositor = Compositor(str(path), reader, writer)
        compositor.send(DISPLAY, 1, REGISTRY)
        try:
            async with asyncio.timeout(PATIENCE):
                await compositor.settle()
        except TimeoutError:
            raise TimeoutError(f"the compositor at {path} said nothing for {PATIENCE:g} s") from None
        yield compositor
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
