"""Makes an input for each line that it reads, and writes one back when that was seen: `nudge.py [terminal]`.

On Wayland it moves the pointer by a pixel: KWin's by its protocol for tests, that of wlroots by a virtual one. On
GNOME, where no compositor is told of, it presses Shift through the interface for remote desktops. With `terminal` it
types a line into one of its own.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from breakd import bus
from breakd_wayland.compositor import connect, text

FAKE, POINTERS = "org_kde_kwin_fake_input", "zwlr_virtual_pointer_manager_v1"
REMOTE, REMOTE_PATH = "org.gnome.Mutter.RemoteDesktop", "/org/gnome/Mutter/RemoteDesktop"
SHIFT = 42
Press = Callable[[], Awaitable[None]]


@asynccontextmanager
async def gnome() -> AsyncIterator[Press]:
    """A keyboard."""
    async with bus.connect("session") as connection:
        (session,) = await connection.call(REMOTE, REMOTE_PATH, REMOTE, "CreateSession")
        await connection.call(REMOTE, session, f"{REMOTE}.Session", "Start")

        async def press() -> None:
            for down in (True, False):
                key = (SHIFT, down)
                await connection.call(REMOTE, session, f"{REMOTE}.Session", "NotifyKeyboardKeycode", "ub", *key)

        yield press


@asynccontextmanager
async def wayland() -> AsyncIterator[Press]:
    """A pointer."""
    async with connect() as compositor:

        def bind(interface: str) -> int:
            return compositor.bind(interface, next(iter(compositor.globals[interface])))

        if kwin := FAKE in compositor.globals:
            hand = bind(FAKE)
            compositor._write(hand, 0, text("breakd") + text("a benchmark"))  # authenticate
        else:
            manager, seat, hand = bind(POINTERS), bind("wl_seat"), compositor.new_id()
            compositor.send(manager, 0, seat, hand)

        async def press() -> None:
            if kwin:
                compositor.send(hand, 1, 256, 0)
            else:
                compositor.send(hand, 0, time.monotonic_ns() // 1_000_000 & 0xFFFFFFFF, 256, 0)
                compositor.send(hand, 4)
            await compositor.settle()

        yield press


@asynccontextmanager
async def terminal() -> AsyncIterator[Press]:
    """The two ends of one: the keyboard's and the program's."""
    keyboard, program = os.openpty()

    async def press() -> None:
        os.write(keyboard, b"x\n")
        os.read(program, 100)

    yield press


async def main() -> None:
    """Until there are no more lines."""
    desktop = wayland if "WAYLAND_DISPLAY" in os.environ else gnome
    async with (terminal if sys.argv[1:] == ["terminal"] else desktop)() as press:
        while await asyncio.to_thread(sys.stdin.readline):
            await press()
            print(flush=True)  # noqa: T201


asyncio.run(main())
