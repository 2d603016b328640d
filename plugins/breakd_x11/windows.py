"""Whether the active window fills the screen, by what the window manager writes on it: `_NET_WM_STATE_FULLSCREEN`.

Source: "Extended Window Manager Hints" 1.5, freedesktop.org. X tells of every property of the window that is watched,
so a title that changes wakes us as well; no other window does.
"""

from __future__ import annotations

import struct

from breakd import Busy, Emit, Free
from breakd_x11.protocol import REPLY, Packet, Server, XError, connect
from breakd_x11.requests import request
from breakd_x11.session import find_display

CHANGE_ATTRIBUTES, INTERN_ATOM, GET_PROPERTY = 2, 16, 20
EVENT_MASK, PROPERTY_CHANGE = 0x800, 0x400000
PROPERTY_NOTIFY = 28
LONGEST = 64  # states of a window that are read


async def follow(emit: Emit) -> None:
    """Tell when a window begins and ends to fill the screen.

    Raises Unavailable without an X server that sees all windows, ConnectionError when it goes away.
    """
    async with connect(find_display()) as server:
        atoms = [
            await _atom(server, name) for name in (b"_NET_ACTIVE_WINDOW", b"_NET_WM_STATE", b"_NET_WM_STATE_FULLSCREEN")
        ]
        watch = FullScreen(server, emit, *atoms)
        while True:
            await watch.hear()


class FullScreen:
    """What is known: the active window, and whether it fills the screen. 0 is no window."""

    def __init__(self, server: Server, emit: Emit, active: int, state: int, full: int) -> None:
        self._server = server
        self._emit = emit
        self._active, self._state, self._full = active, state, full
        self._window = 0
        self._told = False
        self._state_asked: int | None = None
        self._listen_to(server.root, PROPERTY_CHANGE)
        self._active_asked: int | None = self._ask(server.root, active)

    async def hear(self) -> None:
        """Take the next thing that the server says. Raises ConnectionError once it is gone."""
        try:
            self._take(await self._server.next())
        except XError:  # the window went away between two requests
            self._tell(False)

    def _take(self, packet: Packet) -> None:
        if packet.kind == PROPERTY_NOTIFY:
            window, atom = struct.unpack_from("=II", packet.data, 4)
            if (window, atom) == (self._server.root, self._active):
                self._active_asked = self._ask(window, atom)
            elif (window, atom) == (self._window, self._state):
                self._state_asked = self._ask(window, atom)
        elif packet.kind == REPLY and packet.sequence == self._active_asked:
            self._turn_to(next(iter(numbers(packet.data)), 0))
        elif packet.kind == REPLY and packet.sequence == self._state_asked:
            self._tell(self._full in numbers(packet.data))

    def _turn_to(self, window: int) -> None:
        if window == self._window:
            return
        if self._window:
            self._listen_to(self._window, 0)
        self._window = window
        if window:
            self._listen_to(window, PROPERTY_CHANGE)
            self._state_asked = self._ask(window, self._state)
        else:
            self._tell(False)

    def _tell(self, full: bool) -> None:
        if full != self._told:
            self._told = full
            self._emit(Busy("fullscreen") if full else Free("fullscreen"))

    def _listen_to(self, window: int, events: int) -> None:
        self._server.send(request(CHANGE_ATTRIBUTES, 0, struct.pack("=III", window, EVENT_MASK, events)))

    def _ask(self, window: int, atom: int) -> int:
        return self._server.send(request(GET_PROPERTY, 0, struct.pack("=5I", window, atom, 0, 0, LONGEST)))


async def _atom(server: Server, name: bytes) -> int:
    reply = await server.call(request(INTERN_ATOM, 0, struct.pack("=Hxx", len(name)) + name))
    return int(struct.unpack_from("=I", reply, 8)[0])


def numbers(reply: bytes) -> tuple[int, ...]:
    """The value of a property, in the reply to GET_PROPERTY, if it is one of 32-bit numbers."""
    (count,) = struct.unpack_from("=I", reply, 16)
    return struct.unpack_from(f"={count}I", reply, 32) if reply[1] == 32 else ()
