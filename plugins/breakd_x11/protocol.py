"""A client of an X server, as small as our use of it: it connects, sends requests, and gives what comes back.

Our own, because of memory: python-xlib knows no SYNC, and xcffib costs 5.3 MiB where this costs 0.2. It does all that
a connection takes: every form of DISPLAY, Unix sockets and TCP, and cookies (see `display.py`).
Source of the format: "X Window System Protocol", X.Org, appendix B.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from breakd import Unavailable
from breakd_x11.display import COOKIE, Display, Endpoint, find_cookie, xauthority_path

PATIENCE = 5.0  # seconds for a server to let us in
ERROR, REPLY, GENERIC_EVENT = 0, 1, 35
FAILED, SUCCESS, AUTHENTICATE = 0, 1, 2


class XError(Exception):
    """The server refused a request."""


class Packet(NamedTuple):
    """What a server sends. `kind`: REPLY, or the number of an event; `sequence`: of our last request that it had."""

    kind: int
    sequence: int
    data: bytes


class Server:
    """A connection to an X server that let us in. For one reader at a time."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, setup: bytes) -> None:
        self.name = name
        self._reader = reader
        self._writer = writer
        self._sent = 0
        self._base = int.from_bytes(setup[4:8], sys.byteorder)
        vendor_length, formats = struct.unpack_from("=H", setup, 16)[0], setup[21]
        roots = 32 + padded(vendor_length) + 8 * formats
        self.root = int.from_bytes(setup[roots : roots + 4], sys.byteorder)
        self._given = 0

    def new_id(self) -> int:
        """A number for something that a request is going to make."""
        self._given += 1
        return self._base | self._given

    def send(self, request: bytes) -> int:
        """Send a request, without waiting; gives its sequence number."""
        self._writer.write(request)
        self._sent = (self._sent + 1) & 0xFFFF
        return self._sent

    async def next(self) -> Packet:
        """The next reply or event. Raises XError if a request was refused, ConnectionError once the server is gone."""
        head = await self._read(32)
        kind, detail, sequence, length = struct.unpack_from("=BBHI", head)
        if kind == ERROR:
            minor, major = struct.unpack_from("=HB", head, 8)
            raise XError(f"the X server at DISPLAY={self.name} answered request {major}.{minor} with error {detail}")
        if kind in (REPLY, GENERIC_EVENT) and length:
            head += await self._read(4 * length)
        return Packet(kind & 0x7F, sequence, head)  # the high bit: another client made the event up

    async def call(self, request: bytes) -> bytes:
        """Send a request and wait for its reply; events that come before it are dropped. Raises as `next` does."""
        number = self.send(request)
        while (packet := await self.next()).kind != REPLY or packet.sequence != number:
            pass
        return packet.data

    async def _read(self, size: int) -> bytes:
        return await read(self._reader, size, self.name)


async def read(reader: asyncio.StreamReader, size: int, name: str) -> bytes:
    """So many bytes. Raises ConnectionError, with the name of the display, if they do not come."""
    try:
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, OSError):
        raise ConnectionError(f"the X server at DISPLAY={name} closed the connection") from None


def padded(length: int) -> int:
    """`length` rounded up to the four bytes in which X counts."""
    return (length + 3) & ~3


@asynccontextmanager
async def connect(display: Display) -> AsyncIterator[Server]:
    """A connection, closed on the way out.

    Raises Unavailable if nobody answers or lets us in, TimeoutError after `PATIENCE` s.
    """
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(sock=await _open(display))
                stack.push_async_callback(_close, writer)
                peer, family = writer.get_extra_info("peername"), writer.get_extra_info("socket").family
                setup = await greet(display.name, reader, writer, find_cookie(display, peer, family))
        except TimeoutError:
            raise TimeoutError(f"the X server at DISPLAY={display.name} said nothing for {PATIENCE:g} s") from None
        yield Server(display.name, reader, writer, setup)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()  # a server that reads nothing would keep a polite end waiting
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def greet(name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: bytes) -> bytes:
    """Introduce ourselves; gives what the server tells about itself. Raises Unavailable if it does not let us in."""
    order = b"l" if sys.byteorder == "little" else b"B"
    method = COOKIE if cookie else b""
    greeting = struct.pack("=cxHHHH2x", order, 11, 0, len(method), len(cookie))
    writer.write(greeting + b"".join(text.ljust(padded(len(text)), b"\0") for text in (method, cookie)))
    status, reason_length, major, length = struct.unpack("=BBH2xH", await read(reader, 8, name))
    if status not in (FAILED, SUCCESS, AUTHENTICATE) or (major != 11 and status != AUTHENTICATE):
        raise Unavailable(f"what answers at DISPLAY={name} is no X server")
    answer = await read(reader, 4 * length, name)
    if status != SUCCESS:
        reason = answer[: reason_length if status == FAILED else None].decode(errors="replace").strip("\0\n ")
        had = "has no cookie" if not cookie else "has the wrong cookie"
        raise Unavailable(
            f"the X server at DISPLAY={name} refused us: {reason or 'no reason given'} "
            f"({xauthority_path() or 'XAUTHORITY is not set, and'} {had} for it)"
        )
    return answer


async def _open(display: Display) -> socket.socket:
    """A socket connected to the first endpoint that takes us. Raises Unavailable with the reason of each."""
    reasons = []
    for endpoint in display.endpoints:
        try:
            return await _open_endpoint(endpoint)
        except (OSError, UnicodeError) as error:
            reasons.append(f"{endpoint}: {getattr(error, 'strerror', None) or error}")
    raise Unavailable(f"no X server at DISPLAY={display.name} ({'; '.join(reasons)})")


async def _open_endpoint(endpoint: Endpoint) -> socket.socket:
    if endpoint.path:
        return await _open_socket(socket.AF_UNIX, endpoint.path)
    error: OSError | None = None
    for family, _, _, _, address in await _look_up(endpoint.host, endpoint.port):
        try:
            sock = await _open_socket(family, address)
        except OSError as refused:
            error = refused
        else:
            # Without it, a machine that was unplugged would seem to be one where nobody types.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return sock
    raise error or OSError("no such host")


async def _open_socket(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _look_up(host: str, port: int) -> list[Any]:
    """What getaddrinfo says, in a thread of its own: asyncio's would be waited for at the end of the daemon."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Any]] = loop.create_future()

    def settle(result: list[Any] | Exception) -> None:
        if found.done():
            return
        if isinstance(result, Exception):
            found.set_exception(result)
        else:
            found.set_result(result)

    def look_up() -> None:
        result: list[Any] | Exception
        try:
            result = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except Exception as error:
            result = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=look_up, name="breakd x11 host", daemon=True).start()
    return await found
