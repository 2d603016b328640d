"""Whether the active window fills the screen, on compositors that list their windows (sway, labwc, Hyprland, niri).

The list (wlr-foreign-toplevel-management) tells of titles as well, so a title that changes wakes us.
"""

from __future__ import annotations

import struct

from breakd import Busy, Emit, Free, Unavailable
from breakd_wayland.compositor import Event, connect

WINDOWS = "zwlr_foreign_toplevel_manager_v1"
VERSION = 2  # the first to tell of full screen
WINDOW, FINISHED = 0, 1  # events of the list
STATE, DONE, CLOSED = 4, 5, 6  # of a window
DESTROY = 7  # request of a window
ACTIVATED, FULLSCREEN = 2, 3


async def follow(emit: Emit) -> None:
    """Tell when a window begins and ends to fill the screen.

    Raises Unavailable without a compositor that tells, ConnectionError when it goes away.
    """
    async with connect() as compositor:
        offered = {n: v for n, v in compositor.globals.get(WINDOWS, {}).items() if v >= VERSION}
        if not offered:
            raise Unavailable(f"the compositor at {compositor.name} does not tell of windows (it lacks {WINDOWS})")
        windows = Windows(compositor.bind(WINDOWS, next(iter(offered)), VERSION))
        told = False
        while True:
            event = await compositor.next()
            if gone := windows.take(event):
                compositor.send(gone, DESTROY)
            if told != (told := windows.full):
                emit(Busy("fullscreen") if told else Free("fullscreen"))


class Windows:
    """The windows of a compositor, and what is known of their states."""

    def __init__(self, manager: int) -> None:
        self._manager = manager
        self._coming: dict[int, frozenset[int]] = {}  # states that count once all of a change was told
        self._states: dict[int, frozenset[int]] = {}

    @property
    def full(self) -> bool:
        """Whether the active window fills the screen."""
        return any(states >= {ACTIVATED, FULLSCREEN} for states in self._states.values())

    def take(self, event: Event) -> int:
        """Note what an event says; gives the window that is closed, else 0. Raises ConnectionError at the end."""
        if event.sender == self._manager:
            if event.code == FINISHED:
                raise ConnectionError("the compositor tells of windows no more")
            self._states[struct.unpack("=I", event.data)[0]] = frozenset()
        elif event.sender in self._states:
            if event.code == STATE:
                self._coming[event.sender] = frozenset(struct.unpack(f"={len(event.data) // 4}I", event.data)[1:])
            elif event.code == DONE:
                self._states[event.sender] = self._coming.get(event.sender, frozenset())
            elif event.code == CLOSED:
                del self._states[event.sender]
                self._coming.pop(event.sender, None)
                return event.sender
        return 0
