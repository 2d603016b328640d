"""The control socket: one JSON object a line in, one out, for the user alone. The contract is `docs/control.md`.

Nobody at the other end can hold up the daemon: each connection gets one request a turn of the loop, what it sends
and what waits for it are bounded, and who says nothing is gone after a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec

from breakd.daemon.control.peer import stranger

VERSION = 1  # of what is spoken here; additions do not change it
LONGEST = 64 * 1024  # bytes of a request
WAITING = 256 * 1024  # bytes that may wait for somebody who follows; who reads more slowly is dropped
CLIENTS = 64  # connections; a newcomer takes the place of whoever has been silent longest
FOLLOWERS = 32  # of these may be told things by themselves: they keep their place
IDLE = 60.0  # seconds without a request, after which a connection is closed
AT_ONCE = 16  # connections accepted in a turn: each has its word before CLIENTS others could take its place


class Misuse(ValueError):  # noqa: N818  reads as what happened
    """A request that is wrong in itself, however things stand; the text says what was expected."""


Facts: TypeAlias = dict[str, Any]
Send: TypeAlias = Callable[[Facts], None]


class Follow(NamedTuple):
    """An answer, after which lines come by themselves: `begin` is given the way to send them, and gives one to end."""

    first: Facts
    begin: Callable[[Send], Callable[[], None]]


Handle: TypeAlias = Callable[[Facts], Facts | Follow]


class Control:
    """Listens at `path` and hands each request to `handle`, which may raise ValueError with a reason.

    `warn` is told when answering failed in a way that is nobody's fault but ours.
    """

    def __init__(self, path: Path, handle: Handle, warn: Callable[[str], None] = lambda _: None) -> None:
        self.path = path
        self.handle = handle
        self.warn = warn
        self._server: asyncio.AbstractServer | None = None
        self._clients: dict[Client, None] = {}  # who was silent longest comes first

    async def start(self) -> None:
        """Listen. The folder is the user's alone (0700), and so is the socket (0600). Raises OSError."""
        if os.name == "nt":
            raise OSError("this system has no sockets in the file system")
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(self.path.stat().st_mode):  # the journal's lock says that nobody listens there any more
                self.path.unlink()
        before = os.umask(0o177)
        try:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(lambda: Client(self), self.path, backlog=AT_ONCE)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Listen no longer, and leave no socket behind."""
        if self._server is not None:
            self._server.close()
            for client in tuple(self._clients):  # whoever keeps a connection open must not hold up the end
                client.close()
            with contextlib.suppress(OSError):
                self.path.unlink()

    def came(self, client: Client) -> None:
        """Somebody connected; if that makes too many, who has been silent longest is sent away."""
        self.spoke(client)
        if len(self._clients) > CLIENTS:
            longest = next(one for one in self._clients if not one.follows)
            longest.part(f"too many connections (at most {CLIENTS}): another one takes the place of yours")

    def spoke(self, client: Client) -> None:
        """Somebody asked something."""
        self._clients.pop(client, None)
        self._clients[client] = None

    def left(self, client: Client) -> None:
        """Somebody is gone."""
        self._clients.pop(client, None)

    def answer(self, client: Client, line: bytes) -> Facts | Follow:
        """What is said to a line, whatever is in it."""
        try:
            found = self.handle(_request(line))
            if isinstance(found, Follow) and self._following(client) >= FOLLOWERS:
                raise ValueError(f"too many followers (at most {FOLLOWERS})")
            return found
        except (ValueError, RecursionError) as error:
            return refusal(str(error) or "not understood", misuse=isinstance(error, Misuse | RecursionError))
        except ImportError as error:
            why = f"the daemon does not find all of itself any more ({error}): breakd was upgraded, moved or removed"
            return refusal(f"{why} under it; `breakd service restart` starts it anew")
        except Exception as error:  # a bug of ours ends one answer, not the daemon
            self.warn(f"a request could not be answered: {type(error).__name__}: {error}")
            return refusal(f"the daemon failed to answer: {type(error).__name__}: {error}")

    def _following(self, but: Client) -> int:
        return sum(one.follows for one in self._clients if one is not but)


def _request(line: bytes) -> Facts:
    try:
        request = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"no JSON: {error}") from None
    if not isinstance(request, dict):
        raise Misuse("expected a JSON object")
    version = request.get("v", VERSION)
    if version != VERSION or isinstance(version, bool):
        raise Misuse(f'"v" is {version!r}, this daemon speaks {VERSION}; leave it out for the oldest there is')
    return request


def _line(facts: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(facts) + b"\n"
    except UnicodeEncodeError:  # a file name that is no UTF-8
        import json

        return json.dumps(facts).encode() + b"\n"


def refusal(why: str, *, misuse: bool = False) -> Facts:
    """The answer that says why not; `misuse`: it is the request that is wrong, however things stand."""
    return {"ok": False, "error": why} | ({"misuse": True} if misuse else {})


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._transport: asyncio.Transport
        self._heard = bytearray()
        self._full = False  # more is on its way to it than it reads
        self._done = False  # it says no more, or is to say no more
        self._again: asyncio.Handle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._end: Callable[[], None] | None = None

    @property
    def follows(self) -> bool:
        """Whether it is told things by itself."""
        return self._end is not None

    # -- what asyncio calls -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self._transport = cast(asyncio.Transport, transport)
        why = stranger(self._transport.get_extra_info("socket"))
        if why:
            self.part(why)
            return
        self._control.came(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """It said something."""
        if self._done:
            return
        self._heard += data
        self._serve()

    def eof_received(self) -> bool:
        """It says no more. What it has asked for is still answered; who follows is gone."""
        self._done = True
        return self._again is not None or self._full

    def pause_writing(self) -> None:
        """It does not read what it asked for: until it does, nothing more is heard from it."""
        self._full = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._full = False
        self._serve()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._done = True
        self._heard.clear()
        if self._patience is not None:
            self._patience.cancel()
        if self._again is not None:
            self._again.cancel()
        if self._end is not None:
            self._end()
            self._end = None
        self._control.left(self)

    # -- what we do ---------------------------------------------------------------------------------------------------

    def part(self, why: str) -> None:
        """Say why, and end."""
        self._write(refusal(why))
        self._done = True
        self._heard.clear()
        self._control.left(self)
        if self._transport.get_write_buffer_size():  # it does not read: what it was told will not be waited for
            self._transport.abort()
        else:
            self._transport.close()

    def close(self) -> None:
        """End."""
        self._transport.abort()

    def push(self, facts: Facts) -> None:
        """Tell it something it did not ask for just now; who does not read is dropped."""
        if self._transport.is_closing():
            return
        self._write(facts)
        if self._transport.get_write_buffer_size() > WAITING:
            self._transport.abort()

    def _serve(self) -> None:
        """Answer one request; more of them wait for the next turn of the loop, and others come in between."""
        self._again = None
        if self._full or self._transport.is_closing():
            return
        end = self._heard.find(b"\n", 0, LONGEST + 1)
        if end < 0 and len(self._heard) > LONGEST:
            self.part(f"a request is longer than {LONGEST} bytes")
            return
        if end >= 0:
            line = bytes(self._heard[:end])
            del self._heard[: end + 1]
            self._answer(line)
        if b"\n" in self._heard or len(self._heard) > LONGEST:
            self._transport.pause_reading()
            self._again = asyncio.get_running_loop().call_soon(self._serve)
        elif self._done:
            self._transport.close()
        elif not self._full:
            self._transport.resume_reading()

    def _answer(self, line: bytes) -> None:
        self._control.spoke(self)
        self._wait()
        found = self._control.answer(self, line)
        if not isinstance(found, Follow):
            self._write({"ok": True, **found})
            return
        if self._end is not None:  # it follows something else from now on
            self._end()
        self._write({"ok": True, **found.first})
        self._end = found.begin(self.push)
        if self._patience is not None:
            self._patience.cancel()

    def _write(self, facts: Mapping[str, Any]) -> None:
        if not self._transport.is_closing():
            self._transport.write(_line({"v": VERSION, **facts}))

    def _wait(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if not self.follows:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(IDLE, self.part, f"nothing was asked for {IDLE:.0f} s")
