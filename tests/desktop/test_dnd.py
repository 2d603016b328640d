"""Do-not-disturb of real notification servers, each switched as its own tools switch it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from breakd import Busy, Free, Source
from breakd_dnd import dnd
from breakd_dnd.places import BANNERS, DCONF, SERVER, SHELL, SWAYNC, XFCONF
from tests.contract.busy import BusyContract, Signal
from tests.contract.fakes import FakeEmit, run
from tests.desktop.bus_parts import Desk
from tests.desktop.mocks import Mock
from tests.desktop.parts import Screen
from tests.desktop.processes import lacking, require
from tests.desktop.wayland_parts import Wayland, here, inside

pytestmark = pytest.mark.desktop

XFCONFDS = tuple(Path("/usr/lib").glob("*/xfce4/xfconf/xfconfd"))
NOTIFYDS = tuple(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"))


class Dunst(Signal):
    """dunst, paused."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")

    def __init__(self, desk: Desk) -> None:
        require("dunst", "dunstctl")
        self.source: Source = dnd
        self.desk = desk
        desk.start("dunst")
        desk.wait_for_name(SERVER)

    async def begin(self) -> None:
        await self._set("true")

    async def end(self) -> None:
        await self._set("false")

    async def other(self) -> None:
        await asyncio.to_thread(self.desk.run, "notify-send", "hello")

    async def _set(self, value: str) -> None:
        await asyncio.to_thread(self.desk.run, "dunstctl", "set-paused", value)


class TestDunst(BusyContract):
    """The real one."""

    @pytest.fixture
    async def signal(self, desk: Desk, screen: Screen) -> Signal:
        """On a bus and a screen of its own."""
        desk.bus("session")
        return Dunst(desk)


class Gnome(Signal):
    """GNOME's setting, through the real settings daemon; of its shell only the name is there."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")
    quiet = 0.8

    def __init__(self, desk: Desk) -> None:
        require("gsettings")
        service = Path("/usr/libexec/dconf-service")
        if not service.exists() or not list(Path("/usr/lib").glob("*/gio/modules/libdconfsettings.so")):
            lacking("not installed: dconf-gsettings-backend")
        self.source: Source = dnd
        self.desk = desk
        desk.bus("session")
        Mock(desk, SHELL, "/org/gnome/Shell", SHELL)
        desk.start(service)
        desk.wait_for_name(DCONF)

    async def begin(self) -> None:
        await self._set(*BANNERS, "false")

    async def end(self) -> None:
        await self._set(*BANNERS, "true")

    async def other(self) -> None:
        await self._set("org.gnome.desktop.interface", "enable-animations", "false")

    async def _set(self, *words: str) -> None:
        await asyncio.to_thread(self.desk.run, "gsettings", "set", *words)


class TestGnome(BusyContract):
    """Do-not-disturb in its menu is this setting."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> Signal:
        """On a bus of its own."""
        return Gnome(desk)


class Xfce(Signal):
    """xfce4-notifyd, whose switch is a setting of Xfce's."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")
    quiet = 0.6

    def __init__(self, desk: Desk) -> None:
        require("xfconf-query")
        if not XFCONFDS or not NOTIFYDS:
            lacking("not installed: xfconf, xfce4-notifyd")
        self.source: Source = dnd
        self.desk = desk
        desk.bus("session")
        for server, name in ((XFCONFDS[0], XFCONF), (NOTIFYDS[0], SERVER)):
            desk.start(server)
            desk.wait_for_name(name)

    async def begin(self) -> None:
        await self._set("do-not-disturb", "bool", "true")

    async def end(self) -> None:
        await self._set("do-not-disturb", "bool", "false")

    async def other(self) -> None:
        await self._set("expire-timeout", "int", "7")
        await asyncio.to_thread(self.desk.run, "notify-send", "hello")

    async def _set(self, name: str, kind: str, value: str) -> None:
        words = ("-c", "xfce4-notifyd", "-p", f"/{name}", "-n", "-t", kind, "-s", value)
        await asyncio.to_thread(self.desk.run, "xfconf-query", *words)


class TestXfce(BusyContract):
    """The real settings daemon, and the real notification server."""

    @pytest.fixture
    async def signal(self, desk: Desk, screen: Screen) -> Signal:
        """On a bus and a screen of its own."""
        return Xfce(desk)


class SwayNc(Signal):
    """SwayNotificationCenter, with its own client."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")
    quiet = 0.6

    def __init__(self, desk: Desk) -> None:
        require("swaync", "swaync-client")
        self.source: Source = dnd
        self.desk = desk
        Wayland(desk, "sway")
        desk.bus("session")
        desk.setenv("GSETTINGS_BACKEND", "memory")
        desk.start("swaync")
        desk.wait_for_name(SWAYNC)

    async def begin(self) -> None:
        await self._client("--dnd-on")

    async def end(self) -> None:
        await self._client("--dnd-off")

    async def other(self) -> None:
        await asyncio.to_thread(self.desk.run, "notify-send", "hello")

    async def _client(self, what: str) -> None:
        await asyncio.to_thread(self.desk.run, "swaync-client", what)


class TestSwayNc(BusyContract):
    """The real one, in front of sway."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> Signal:
        """On a bus and a compositor of its own."""
        return SwayNc(desk)


class Mako(Signal):
    """mako, in a mode that is called do-not-disturb."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")
    quiet = 0.6

    def __init__(self, desk: Desk, *, newer: bool) -> None:
        self.where = inside if newer else here
        self.where("mako"), self.where("makoctl")
        self.source: Source = dnd
        self.desk = desk
        Wayland(desk, "sway")
        desk.bus("session")
        config = Path(os.environ["XDG_CONFIG_HOME"], "mako")
        config.mkdir()
        (config / "config").write_text("[mode=do-not-disturb]\ninvisible=1\n")
        desk.start(*self.where("mako"))
        desk.wait_for_name(SERVER)

    async def begin(self) -> None:
        await self.mode("-a", "do-not-disturb")

    async def end(self) -> None:
        await self.mode("-r", "do-not-disturb")

    async def other(self) -> None:
        await self.mode("-a", "away")
        await asyncio.to_thread(self.desk.run, "notify-send", "hello")
        await self.mode("-r", "away")

    async def mode(self, *words: str) -> None:
        """Switch its modes."""
        await asyncio.to_thread(self.desk.run, *self.where("makoctl", "mode", *words))


class TestMako(BusyContract):
    """The real one, from 1.10 on."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> Signal:
        """On a bus and a compositor of its own."""
        return Mako(desk, newer=True)


async def test_an_older_mako_is_left_alone(desk: Desk) -> None:
    """Before 1.10 it tells nobody when its modes change, so nothing is said that could not be taken back."""
    mako = Mako(desk, newer=False)
    await mako.begin()
    assert "do-not-disturb" in desk.run("makoctl", "mode")
    async with run(dnd, emit := FakeEmit()):
        await asyncio.sleep(mako.quiet)
        await mako.end()
        await asyncio.sleep(mako.quiet)
    assert emit.told == []
