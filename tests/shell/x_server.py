"""An X server written by hand: as much of one as presence asks for, and whatever a real one never does on demand."""

from __future__ import annotations

import asyncio
import struct
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SYNC, RANDR, XWAYLAND = 140, 141, 142  # opcodes, chosen freely
SYNC_EVENTS = 83
OPCODES = {"SYNC": SYNC, "RANDR": RANDR, "XWAYLAND": XWAYLAND}


def words(form: str, *values: int) -> bytes:
    """Numbers as X puts them: native order, no gaps but those said."""
    return struct.pack("=" + form, *values)


def text(data: bytes) -> bytes:
    """Filled up to four bytes."""
    return data + bytes(-len(data) % 4)


def setup(vendor: bytes = b"Fake", formats: int = 1) -> bytes:
    """What a server tells about itself; its root window is 99."""
    head = words("4I2H2B10x", 1, 0x400000, 0x1FFFFF, 0, len(vendor), 65535, 1, formats)
    body = head + text(vendor) + bytes(8 * formats) + words("I", 99) + bytes(36)
    return words("BxHHH", 1, 11, 0, len(body) // 4) + body


def refusal(reason: bytes, status: int = 0) -> bytes:
    """A server that does not let us in."""
    return words("BBHHH", status, len(reason) if status == 0 else 0, 11, 0, len(text(reason)) // 4) + text(reason)


@dataclass
class FakeX:
    """Its parts, how long nobody has typed (ms), and the alarm it was given. `drip`: send byte by byte."""

    extensions: tuple[str, ...] = ("SYNC", "RANDR")
    counters: tuple[str, ...] = ("SERVERTIME", "IDLETIME", "DEVICEIDLETIME 2")
    outputs: tuple[str, ...] = ("screen",)
    greeting: bytes = field(default_factory=setup)
    idle: int = 0
    drip: bool = False
    before_reply: Callable[[int], bytes] | None = None  # what to send before the answer to a query
    refuses: int = 0  # the opcode whose requests are answered with an error
    dies_at: int = 0  # the opcode whose request it dies of
    alarms: list[tuple[int, int, int]] = field(default_factory=list)  # minor opcode, test, value
    introduced: bytes = b""
    sequence: int = 0
    alarm: int = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve; gives a DISPLAY. Leaving is the death of the server."""
        with tempfile.TemporaryDirectory(prefix="breakd-x-") as folder:
            path = f"{folder}/X7"
            server = await asyncio.start_unix_server(self._serve, path)
            try:
                yield path
            finally:
                server.close()

    async def armed(self, count: int) -> None:
        """Wait until an alarm was set so many times."""
        async with asyncio.timeout(20):
            while len(self.alarms) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def had(self, sequence: int) -> None:
        """Wait until the request of that number has come."""
        async with asyncio.timeout(20):
            while self.sequence != sequence:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    def ring(self, idle: int, *, sequence: int | None = None, kind: int = SYNC_EVENTS + 1) -> bytes:
        """The alarm going off."""
        number = self.sequence if sequence is None else sequence
        return words("BBHIiIiIIB3x", kind, 0, number, self.alarm, idle >> 32, idle & 0xFFFFFFFF, 0, 0, 0, 0)

    async def send(self, data: bytes) -> None:
        """Send unasked."""
        for piece in [data[at : at + 1] for at in range(len(data))] if self.drip else [data]:
            self._writer.write(piece)
            await asyncio.sleep(0)

    def die(self) -> None:
        """Close the connection."""
        self._writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        try:
            head = await reader.readexactly(12)
            lengths = struct.unpack_from("=HH", head, 6)
            self.introduced = head + await reader.readexactly(sum(length + -length % 4 for length in lengths))
            await self.send(self.greeting)
            while not writer.is_closing():
                opcode, minor, length = struct.unpack("=BBH", await reader.readexactly(4))
                body = await reader.readexactly(4 * length - 4)
                self.sequence = (self.sequence + 1) & 0xFFFF
                if opcode == self.dies_at:
                    break
                await self.send(self._answer(opcode, minor, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, opcode: int, minor: int, body: bytes) -> bytes:  # noqa: PLR0911  one for each request
        if opcode == self.refuses:
            return words("BBHIHB21x", 0, 1, self.sequence, 0, minor, opcode)
        match opcode, minor:
            case 127, _:  # NoOperation
                return b""
            case 98, _:
                (length,) = struct.unpack_from("=H", body)
                name = body[4 : 4 + length].decode()
                return self._reply(words("BBBB", name in self.extensions, OPCODES[name], SYNC_EVENTS, 120))
            case 140, 0:
                return self._reply(words("BB", 3, 1))
            case 140, 1:
                return self._reply(words("I", len(self.counters)), b"".join(map(self._counter, self.counters)))
            case 140, 5:
                early = self.before_reply(self.sequence) if self.before_reply else b""
                return early + self._reply(words("iI", self.idle >> 32, self.idle & 0xFFFFFFFF))
            case 140, (8 | 9):
                self.alarm, _, _, _, high, low, test = struct.unpack_from("=4IiII", body)
                self.alarms.append((minor, test, high << 32 | low))
                return b""
            case 141, 25:
                numbers = range(1, len(self.outputs) + 1)
                head = words("IIHHHH", 0, 5, 2, len(self.outputs), 0, 0)
                return self._reply(head, words("2I", 8, 9) + words(f"{len(self.outputs)}I", *numbers))
            case 141, 9:
                name = self.outputs[struct.unpack_from("=I", body)[0] - 1]
                data = words("4I2B5H", 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, len(name)) + words("3I", 1, 2, 3) + name.encode()
                return self._reply(data[:24], data[24:] + bytes(-(len(data) - 24) % 4))
        raise AssertionError(f"a request that no server knows: {opcode}.{minor}")

    def _reply(self, head: bytes, rest: bytes = b"") -> bytes:
        return words("BBHI", 1, 0, self.sequence, len(rest) // 4) + head.ljust(24, b"\0") + rest

    def _counter(self, name: str) -> bytes:
        number = 30 + self.counters.index(name)
        return text(words("IiIH", number, 0, 4, len(name)) + name.encode())
