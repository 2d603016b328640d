"""A PipeWire by hand: takes the connection as the real one does, and says what a test wants."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from breakd_sharing import pipewire, pod
from breakd_sharing.graph import LINK, NODE


def made(number: int, kind: str, **told: str) -> bytes:
    """What the registry says of a new object."""
    return pod.record(pod.whole(number), pod.whole(0), pod.text(kind), pod.whole(3), pod.properties(**told))


class FakePipeWire:
    """A PipeWire that says what it is told to. `heard`: object and opcode of each message that came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[tuple[int, int]] = []
        self.come = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note what a client says; a Sync is answered."""
        self._writer = writer
        with closing(writer):
            await self._listen(reader)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while head := await reader.read(16):
            target, word, _, _ = struct.unpack("=4I", head)
            values = pod.fields(await reader.readexactly(word & 0xFFFFFF))
            self.heard.append((target, word >> 24))
            if (target, word >> 24) == (pipewire.CORE, pipewire.SYNC):
                self.say(pipewire.CORE, pipewire.DONE, pod.record(pod.whole(int(str(values[0]))), pod.whole(0)))
                self.come.set()

    def say(self, target: int, code: int, body: bytes, size: int | None = None) -> None:
        """Send a message, or only the beginning of one of this `size`."""
        self.write(struct.pack("=4I", target, code << 24 | (len(body) if size is None else size), 0, 0) + body)

    def write(self, data: bytes) -> None:
        """Send these bytes."""
        assert self._writer
        self._writer.write(data)

    def share(self) -> None:
        """A screen, and somebody who looks at it."""
        self.say(pipewire.REGISTRY, pipewire.GLOBAL, made(1, NODE, media_class="Video/Source"))
        self.say(pipewire.REGISTRY, pipewire.GLOBAL, made(2, NODE, node_name="meeting"))
        self.say(pipewire.REGISTRY, pipewire.GLOBAL, made(3, LINK, link_output_node="1", link_input_node="2"))

    def leave(self) -> None:
        """Close the connection."""
        assert self._writer
        self._writer.close()


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[FakePipeWire]:
    """A server at this socket."""
    server = FakePipeWire(path)
    listening = await asyncio.start_unix_server(server.serve, path)
    async with listening:
        yield server
