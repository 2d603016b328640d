"""Full screen in front of real window managers: openbox on X11, sway and labwc on Wayland."""

from __future__ import annotations

import asyncio
import os
import signal as signals
import struct
import subprocess

import pytest

from breakd import Busy, Free, Source
from breakd_wayland import fullscreen as on_wayland
from breakd_wayland.compositor import connect
from breakd_wayland.windows import WINDOWS
from breakd_x11 import fullscreen as on_x11
from tests.contract.busy import BusyContract, Signal
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import assert_readable
from tests.desktop.bus_parts import Desk
from tests.desktop.parts import Screen
from tests.desktop.processes import Place, require
from tests.desktop.wayland_parts import Wayland

pytestmark = pytest.mark.desktop

SET_MAXIMIZED, UNSET_MAXIMIZED, SET_FULLSCREEN, UNSET_FULLSCREEN = 0, 1, 8, 9  # requests of a window


class OnX11(Signal):
    """A terminal in front of another, made to fill the screen by what the window manager is asked for."""

    on, off = Busy("fullscreen"), Free("fullscreen")
    source: Source = staticmethod(on_x11)

    def __init__(self, screen: Screen) -> None:
        require("openbox", "wmctrl", "xterm")
        self.screen = screen
        place = screen.place
        place.start("openbox", "--sm-disable")
        place.wait_for("the window manager", lambda: "Openbox" in place.run("wmctrl", "-m"))
        for name in ("behind", "front"):
            self.window = self.open(name)

    def open(self, name: str) -> subprocess.Popen[bytes]:
        """A terminal of this name."""
        process = self.screen.place.start("xterm", "-T", name, "-e", "sleep", "1000")
        self.screen.place.wait_for(name, lambda: name in self.screen.place.run("wmctrl", "-l"))
        return process

    async def begin(self) -> None:
        await self.ask("front", "add,fullscreen")

    async def end(self) -> None:
        await self.ask("front", "remove,fullscreen")

    async def other(self) -> None:
        await self.ask("front", "add,above")
        await asyncio.to_thread(self.screen.place.run, "wmctrl", "-r", "front", "-T", "front, renamed")

    async def ask(self, name: str, what: str) -> None:
        """Ask the window manager."""
        await asyncio.to_thread(self.screen.place.run, "wmctrl", "-r", name, "-b", what)


class TestX11(BusyContract):
    """openbox."""

    @pytest.fixture
    async def signal(self, screen: Screen) -> Signal:
        """On a screen of its own."""
        return OnX11(screen)


async def test_only_the_active_window_counts(screen: Screen) -> None:
    """Full screen is over when another window comes to the front, when the window is gone, and when it is killed."""
    signal = OnX11(screen)
    async with run(on_x11, emit := FakeEmit()):
        await signal.begin()
        await emit.until(lambda: emit.words == ["busy"])
        await asyncio.to_thread(screen.place.run, "wmctrl", "-a", "behind")
        await emit.until(lambda: emit.words == ["busy", "free"])
        await asyncio.to_thread(screen.place.run, "wmctrl", "-a", "front")
        await emit.until(lambda: emit.words == ["busy", "free", "busy"])
        screen.place.stop(signal.window, signals.SIGKILL)
        await emit.until(lambda: emit.words == ["busy", "free"] * 2)


async def test_windows_that_come_and_go_are_survived(screen: Screen) -> None:
    """A window that is gone before it was looked at fails nothing."""
    signal = OnX11(screen)
    async with run(on_x11, emit := FakeEmit()) as running:
        for number in range(5):
            window = await asyncio.to_thread(signal.open, f"short {number}")
            screen.place.stop(window, signals.SIGKILL)
        assert not running.done()
        await asyncio.to_thread(screen.place.run, "wmctrl", "-a", "front")
        await signal.begin()
        await emit.until(lambda: emit.words == ["busy"])


async def test_without_x_it_is_unavailable(place: Place) -> None:
    """It says what is missing."""
    assert_readable(await failure(on_x11, FakeEmit()), "DISPLAY is not set")
    assert_readable(await failure(on_wayland, FakeEmit()), "no Wayland compositor")


class OnWayland(Signal):
    """A window of a terminal, made to fill the screen through the protocol of window lists."""

    on, off = Busy("fullscreen"), Free("fullscreen")
    source: Source = staticmethod(on_wayland)

    def __init__(self, desk: Desk, kind: str) -> None:
        compositor = Wayland(desk, kind)
        desk.start(*compositor.where("foot", "sleep", "1000"))

    async def begin(self) -> None:
        await ask(SET_FULLSCREEN, 0)  # on no screen in particular

    async def end(self) -> None:
        await ask(UNSET_FULLSCREEN)

    async def other(self) -> None:
        await ask(SET_MAXIMIZED)
        await ask(UNSET_MAXIMIZED)


async def ask(request: int, *arguments: int) -> None:
    """Ask this of the only window, once it is there."""
    async with connect() as compositor:
        (number,) = compositor.globals[WINDOWS]
        windows: list[int] = []
        listed = compositor.bind(WINDOWS, number, 2)
        while not windows:
            event = await compositor.next()
            windows += struct.unpack("=I", event.data) * (event.sender == listed)
        compositor.send(windows[0], request, *arguments)
        await compositor.settle()


@pytest.mark.parametrize("kind", ["sway", "sway newer", "labwc newer"])
class TestWayland(BusyContract):
    """Those that list their windows."""

    @pytest.fixture
    async def signal(self, desk: Desk, kind: str) -> Signal:
        """With a compositor of its own."""
        return OnWayland(desk, kind)


async def test_kwin_lists_no_windows(desk: Desk) -> None:
    """KDE's compositor keeps its list to itself, which is said."""
    Wayland(desk, "kwin")
    assert_readable(await failure(on_wayland, FakeEmit()), os.environ["WAYLAND_DISPLAY"], "foreign_toplevel")
