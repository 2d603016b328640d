"""The bytes beneath `breakd.bus`: finding a bus, entering it, and carrying messages over its socket.

jeepney packs and unpacks the messages. Its own asyncio part is not used: it passes no file descriptors, leaves a
waiting `get()` hanging when the bus dies, and drops signals once a queue is full.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from breakd.plugin.interfaces import Unavailable

TIMEOUT = 5.0  # seconds


class Wire:
    """Messages over a socket. `got` is given each message, `ended` the reason, once, when no more can come."""

    def __init__(self, sock: socket.socket, got: Callable[[Any], None], ended: Callable[[str], None]) -> None:
        from jeepney import Parser

        self._socket = sock
        self._got = got
        self._ended = ended
        self._parser = Parser()
        self._unsent = b""
        self._closed = ""  # why
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)

    def send(self, data: bytes) -> None:
        """Send it, as soon as the socket takes it; raises ConnectionError if there is nobody any more.

        No task is in it: a cancelled call must not cut a message in two.
        """
        if self._closed:
            raise ConnectionError(self._closed)
        self._unsent += data
        self._writable()

    def close(self, why: str) -> None:
        """Leave the bus."""
        if self._closed:
            return
        self._closed = why
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        self._ended(why)

    def _writable(self) -> None:
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError as error:
            self.close(f"the bus closed the connection ({error.strerror})")
            return
        if self._unsent:
            self._loop.add_writer(self._socket, self._writable)
        else:
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        from jeepney import FileDescriptor
        from jeepney.fds import fds_buf_size

        try:
            while not self._closed:
                # Never past the end of a message, or its file descriptors could be taken for those of the next.
                data, ancillary, _, _ = self._socket.recvmsg(self._parser.bytes_desired(), fds_buf_size())
                if not data:
                    self.close("the bus closed the connection")
                    return
                self._parser.add_data(data, fds=FileDescriptor.from_ancdata(ancillary))
                if message := self._parser.get_next_message():
                    self._got(message)
        except BlockingIOError:
            pass
        except Exception as error:  # whatever cannot be read leaves no way to go on
            self.close(f"the bus closed the connection ({error})")


async def open_bus(which: str) -> socket.socket:
    """A socket on which the bus `which` ("session" or "system") takes messages.

    Raises Unavailable if there is no such bus or it refuses us, TimeoutError if it does not answer.
    """
    reasons = []
    for address in addresses(which):
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(TIMEOUT):
                await asyncio.get_running_loop().sock_connect(sock, address)
                await _authenticate(sock)
            return sock
        except TimeoutError:
            sock.close()
            raise TimeoutError(f"the {which} bus at {address!r} did not answer within {TIMEOUT:g} s") from None
        except (OSError, ValueError) as error:  # jeepney's errors of authentication are ValueErrors
            sock.close()
            reasons.append(f"{address!r}: {getattr(error, 'strerror', None) or error}")
        except BaseException:
            sock.close()
            raise
    raise Unavailable(f"no {which} bus ({'; '.join(reasons)})")


async def _authenticate(sock: socket.socket) -> None:
    from jeepney.auth import BEGIN, Authenticator

    loop, dialogue = asyncio.get_running_loop(), Authenticator(enable_fds=True)
    for line in dialogue:
        await loop.sock_sendall(sock, line)
        answer = await loop.sock_recv(sock, 1024)
        if not answer:
            raise ConnectionError("it closed the connection at once")
        dialogue.feed(answer)
    await loop.sock_sendall(sock, BEGIN)


def addresses(which: str) -> list[str]:
    """Where this bus should be reached, the paths of sockets. Raises Unavailable if nobody says where it is."""
    from jeepney.bus import get_connectable_addresses

    variable = f"DBUS_{which.upper()}_BUS_ADDRESS"
    address = os.environ.get(variable, "")
    if not address:
        path = _usual_path(which)
        if not path.exists():
            raise Unavailable(f"no {which} bus ({variable} is not set and {path} does not exist)")
        return [str(path)]
    try:
        return list(get_connectable_addresses(address))
    except (ValueError, RuntimeError):
        raise Unavailable(f"no {which} bus ({variable} is {address!r}, expected unix:path=...)") from None


def _usual_path(which: str) -> Path:
    if which == "system":
        return Path("/run/dbus/system_bus_socket")
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}", "bus")
