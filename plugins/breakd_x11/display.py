"""Which X server is meant, where it listens, and the cookie that opens it: DISPLAY and Xauthority.

As libxcb reads them (`xcb_util.c`, `xcb_auth.c`) and libXau (`AuGetBest.c`). Of the ways to prove who one is only
MIT-MAGIC-COOKIE-1 is known: the others are used by nobody since XDM.
"""

from __future__ import annotations

import os
import re
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

COOKIE = b"MIT-MAGIC-COOKIE-1"
LOCAL = ("", "unix", "local")
FAMILY_INTERNET, FAMILY_INTERNET6, FAMILY_LOCAL, FAMILY_WILD = 0, 6, 256, 65535

_NAME = re.compile(r"(?:(?P<protocol>[a-z0-9]+)/)?(?P<host>.*):(?P<number>[0-9]+)(?:\.[0-9]+)?")


class Endpoint(NamedTuple):
    """Where a server may listen: a Unix socket (`path`; abstract if it begins with NUL), or TCP (`host`, `port`)."""

    path: str = ""
    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        return self.path.replace("\0", "@") if self.path else f"{self.host} port {self.port}"


class Display(NamedTuple):
    """An X server. `name`: what DISPLAY said; `number`: which one of its host; `endpoints`: to be tried in turn."""

    name: str
    number: int
    endpoints: tuple[Endpoint, ...]


def parse_display(name: str) -> Display:
    """What a value of DISPLAY means. Raises ValueError, with the forms there are, if it means nothing."""
    path = name.removeprefix("unix:")
    if path.startswith("/"):
        return _parse_path(name, path)
    found = _NAME.fullmatch(name)
    if not found or int(found["number"]) > 65535 - 6000:
        raise ValueError(f"DISPLAY is {name!r}, expected :0, host:0 or the path of a socket")
    host, number = found["host"].removeprefix("[").removesuffix("]"), int(found["number"])
    if host in LOCAL or found["protocol"] in LOCAL:
        socket_path = f"/tmp/.X11-unix/X{number}"
        return Display(name, number, (Endpoint("\0" + socket_path), Endpoint(socket_path)))
    return Display(name, number, (Endpoint(host=host, port=6000 + number),))


def _parse_path(name: str, path: str) -> Display:
    without_screen = re.sub(r"\.[0-9]+$", "", path)
    if not Path(path).exists() and Path(without_screen).exists():
        path = without_screen
    number = re.search(r"[X:]([0-9]+)$", path)  # /tmp/.X11-unix/X1, or org.xquartz:0
    return Display(name, int(number[1]) if number else 0, (Endpoint(path),))


class Entry(NamedTuple):
    """A line of an Xauthority file, as `xauth list` shows it."""

    family: int
    address: bytes
    number: bytes
    method: bytes
    data: bytes


def parse_xauthority(data: bytes) -> Iterator[Entry]:
    """The entries of an Xauthority file; ends where the file is cut off."""
    at = 0
    try:
        while at < len(data):
            (family,) = struct.unpack_from(">H", data, at)
            at += 2
            fields = []
            for _ in range(4):
                (length,) = struct.unpack_from(">H", data, at)
                fields.append(data[at + 2 : at + 2 + length])
                at += 2 + length
            if at > len(data):
                return
            yield Entry(family, *fields)
    except struct.error:
        return


def xauthority_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The file that holds the cookies; None if the environment does not lead to one."""
    if named := environ.get("XAUTHORITY"):
        return Path(named)
    home = environ.get("HOME")
    return Path(home, ".Xauthority") if home else None


def find_cookie(display: Display, peer: object, family: int) -> bytes:
    """The cookie for a server that a socket of `family` is connected to at `peer`; empty if there is none."""
    path = xauthority_path()
    try:
        data = path.read_bytes() if path else b""
    except OSError:  # an open server wants none, and one that wants it will say so
        return b""
    return pick_cookie(parse_xauthority(data), address_of(peer, family), display.number)


def address_of(peer: object, family: int) -> tuple[int, bytes]:
    """Family and address under which Xauthority knows a peer: this host by its name, also over TCP (`ssh -X`)."""
    if isinstance(peer, tuple) and family in (socket.AF_INET, socket.AF_INET6):
        packed = socket.inet_pton(family, peer[0].partition("%")[0])
        if len(packed) == 16 and packed.startswith(bytes(10) + b"\xff\xff"):  # IPv4, written as IPv6
            packed = packed[12:]
        if not (packed.startswith(b"\x7f") and len(packed) == 4) and packed != bytes(15) + b"\x01":
            return (FAMILY_INTERNET if len(packed) == 4 else FAMILY_INTERNET6), packed
    return FAMILY_LOCAL, os.fsencode(socket.gethostname())


def pick_cookie(entries: Iterator[Entry], address: tuple[int, bytes], number: int) -> bytes:
    """The first cookie that fits a family and address, and the number of a display; empty if none does."""
    for entry in entries:
        here = FAMILY_WILD in (entry.family, address[0]) or (entry.family, entry.address) == address
        if here and entry.method == COOKIE and entry.number in (b"", b"%d" % number):
            return entry.data
    return b""
