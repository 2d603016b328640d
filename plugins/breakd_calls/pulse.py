"""A client of a PulseAudio server, or PipeWire in its place, as small as our use of it: it asks who records.

Our own, because `pactl subscribe` is a program that would have to run all the time, and is not installed everywhere.
Source of the format: `native-common.h`, `tagstruct.c` and `protocol-native.c` of PulseAudio. We say that we speak
version 19 of the protocol (0.9.22, 2010), the first to tell which streams are halted; so later fields do not come.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from breakd import Unavailable

VERSION = 19
ERROR, REPLY, AUTH, SET_CLIENT_NAME = 0, 2, 8, 9
GET_SOURCE, LIST_SOURCE_OUTPUTS, SUBSCRIBE, SUBSCRIBE_EVENT = 23, 32, 35, 66
SOURCE_OUTPUTS = 8  # what to subscribe to
NONE = 0xFFFFFFFF  # no such thing, where a number is told
FIELDS = 13  # of a source output
PATIENCE = 5.0  # seconds for an answer

_CONTROL = struct.pack(">4I", NONE, 0, 0, 0)


class Recording(NamedTuple):
    """A stream of a program that records from a source. `names`: what it and its program call themselves."""

    names: str
    halted: bool
    source: int


class Pulse:
    """A connection to a server that let us in. For one reader at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tag = 0
        self._changed = False

    async def call(self, command: int, *arguments: bytes) -> list[Any]:
        """Ask, and wait for the answer, as a list of its values. Raises ConnectionError if it is refused."""
        self._tag += 1
        body = b"".join((number(command), number(self._tag), *arguments))
        self._writer.write(struct.pack(">I", len(body)) + _CONTROL + body)
        async with asyncio.timeout(PATIENCE):
            while True:
                kind, tag, *answer = await self._next()
                if tag == self._tag and kind in (REPLY, ERROR):
                    break
        if kind == ERROR:
            raise ConnectionError(f"the sound server answered request {command} with error {answer[0]}")
        return answer

    async def changed(self) -> None:
        """Wait until a stream that records came, went or changed."""
        while not self._changed:
            await self._next()
        self._changed = False

    async def recordings(self) -> list[Recording]:
        """Every stream that a program records with; those of the server's own modules belong to nobody."""
        found = await self.call(LIST_SOURCE_OUTPUTS)
        streams = [found[at : at + FIELDS] for at in range(0, len(found), FIELDS)]
        return [
            Recording(f"{name or ''} {' '.join(told.values())}", halted, source)
            for _, name, _, client, source, *_, told, halted in streams
            if client != NONE
        ]

    async def is_monitor(self, source: int) -> bool:
        """Whether a source has only what is played, as for recording the screen with its sound."""
        found = await self.call(GET_SOURCE, number(source), b"N")
        return bool(found[8] != NONE)

    async def _next(self) -> list[Any]:
        try:
            length, channel = struct.unpack(">II12x", await self._reader.readexactly(20))
            data = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            raise ConnectionError("the sound server closed the connection") from None
        found = list(values(data)) if channel == NONE else [NONE, NONE]
        self._changed = self._changed or found[0] == SUBSCRIBE_EVENT
        return found


def number(value: int) -> bytes:
    """A whole number as an argument."""
    return struct.pack(">cI", b"L", value)


def properties(**told: str) -> bytes:
    """Properties as an argument."""
    items = [
        b"t" + key.encode() + b"\0" + number(len(value) + 1) + struct.pack(">cI", b"x", len(value) + 1) + value + b"\0"
        for key, value in ((key.replace("_", "."), value.encode()) for key, value in told.items())
    ]
    return b"P" + b"".join(items) + b"N"


def values(data: bytes) -> Iterator[Any]:
    """The values of a message. Raises ConnectionError at one of an unknown kind."""
    at = 0
    while at < len(data):
        value, at = _value(data, at)
        yield value


_WORDS = {"1": True, "0": False, "N": None}
_PLAIN = {"L": ">I", "B": ">B", "R": ">Q", "r": ">q", "U": ">Q", "V": ">I", "a": ">BBI", "T": ">II"}


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind, at = chr(data[at]), at + 1
    if kind in _PLAIN:
        found = struct.unpack_from(_PLAIN[kind], data, at)
        return found[0] if len(found) == 1 else found, at + struct.calcsize(_PLAIN[kind])
    if kind in _WORDS:
        return _WORDS[kind], at
    if kind in "mv":  # a map of channels, their volumes
        return None, at + 1 + data[at] * (4 if kind == "v" else 1)
    if kind == "P":
        return _properties(data, at)
    if kind == "t":
        end = data.index(0, at)
        return data[at:end].decode(errors="replace"), end + 1
    if kind != "x":
        raise ConnectionError(f"the sound server sent a value of unknown kind {kind!r}")
    end = at + 4 + struct.unpack_from(">I", data, at)[0]
    return data[at + 4 : end], end


def _properties(data: bytes, at: int) -> tuple[dict[str, str], int]:
    told: dict[str, str] = {}
    while True:
        key, at = _value(data, at)
        if key is None:
            return told, at
        _, at = _value(data, at)  # the length, which comes again with the value
        value, at = _value(data, at)
        told[key] = value.rstrip(b"\0").decode(errors="replace")


def find_socket(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the sound server listens. Raises Unavailable if that is not to be known, or on another machine."""
    for server in environ.get("PULSE_SERVER", "").split():
        path = server.rpartition("}")[2].removeprefix("unix:")
        if not path.startswith("/"):
            raise Unavailable(f"the sound server is on another machine (PULSE_SERVER={server})")
        return Path(path)
    folder = environ.get("PULSE_RUNTIME_PATH") or (
        f"{environ['XDG_RUNTIME_DIR']}/pulse" if environ.get("XDG_RUNTIME_DIR") else ""
    )
    if not folder:
        raise Unavailable("no sound server (XDG_RUNTIME_DIR is not set)")
    return Path(folder, "native")


def find_cookie(environ: Mapping[str, str] = os.environ) -> bytes:
    """What proves who we are; zeros where there is none, since a server takes its own user's word for it."""
    home = environ.get("HOME", "/")
    config = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    for place in (environ.get("PULSE_COOKIE"), f"{config}/pulse/cookie", f"{home}/.pulse-cookie"):
        if place:
            with contextlib.suppress(OSError):
                return Path(place).read_bytes()[:256].ljust(256, b"\0")
    return bytes(256)


@asynccontextmanager
async def connect() -> AsyncIterator[Pulse]:
    """A connection that hears of streams that record, closed on the way out.

    Raises Unavailable if nobody answers, ConnectionError if we are not let in, TimeoutError without an answer.
    """
    path = find_socket()
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise Unavailable(f"no sound server at {path}: {error.strerror or error}") from None
    try:
        pulse = Pulse(reader, writer)
        await pulse.call(AUTH, number(VERSION), struct.pack(">cI", b"x", 256), find_cookie())
        await pulse.call(SET_CLIENT_NAME, properties(application_name="breakd"))
        await pulse.call(SUBSCRIBE, number(SOURCE_OUTPUTS))
        yield pulse
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
