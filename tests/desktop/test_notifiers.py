"""The contract of notifiers, kept by ours in front of real notification servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from breakd import Event
from breakd_console import Console
from breakd_desktop.desktop import Desktop
from breakd_plyer import Plyer
from tests.contract.notifiers import DesktopContract, NotifierContract, Stage
from tests.desktop.bus_parts import Desk, Told, running
from tests.desktop.fake_server import FakeServer
from tests.desktop.parts import Screen
from tests.desktop.processes import require

pytestmark = pytest.mark.desktop

DUNSTRC = """[global]
 width = (300, 420)
 markup = full
 format = "<b>%s</b>\\n%b"
 dmenu = {menu}
 mouse_right_click = close_current
 idle_threshold = 0
 notification_limit = 0
"""
NOTIFYDS = tuple(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"))
NOTIFICATION_DAEMON = Path("/usr/lib/notification-daemon/notification-daemon")


class DesktopStage(Stage):
    """The desktop notifier in front of a server; `count` is the server's own matter."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.notifier: Desktop = Desktop()
        self.told = Told()

    @property
    def heard(self) -> list[Event]:
        return self.told.events

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[DesktopStage]:
        """Connected, as in the daemon."""
        async with running(self.notifier.answers(self.told)):
            yield self


class DunstStage(DesktopStage):
    """dunst draws no buttons: a menu of them is brought up, in which a script picks."""

    async def count(self) -> int:
        return int(self.desk.run("dunstctl", "count", "displayed") or -1)

    async def choose(self, choice: str) -> None:
        (self.desk.folder / "pick").write_text(choice)
        self.desk.run("dunstctl", "context")

    async def dismiss(self) -> None:
        self.desk.run("dunstctl", "close")


class PopupStage(DesktopStage):
    """Servers that put each note into a window of its own, with the buttons in a row at the bottom."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__(desk)
        self._name = name

    async def count(self) -> int:
        return len(self.desk.windows(self._name))

    async def choose(self, choice: str) -> None:
        assert choice == "snooze"
        await asyncio.sleep(0.3)  # the popup grows to its size
        ((x, y, width, height),) = self.desk.windows(self._name)
        self.desk.click(x + width / 2, y + height - 31)

    async def dismiss(self) -> None:
        await asyncio.sleep(0.3)
        ((x, y, width, _),) = self.desk.windows(self._name)
        self.desk.click(x + width / 2, y + 25)


class FakeStage(DesktopStage):
    """Our own server."""

    def __init__(self, desk: Desk, server: FakeServer) -> None:
        super().__init__(desk)
        self._server = server

    async def count(self) -> int:
        return len(self._server.notes)

    async def choose(self, choice: str) -> None:
        await self._server.invoke(next(iter(self._server.notes)), choice)

    async def dismiss(self) -> None:
        await self._server.dismiss(next(iter(self._server.notes)))


class PlyerStage(Stage):
    """plyer in front of dunst."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.notifier = Plyer()

    async def count(self) -> int:
        return int(self.desk.run("dunstctl", "count", "displayed") or -1)


class ConsoleStage(Stage):
    """The console, counted by what reached standard output."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.notifier = Console()
        self._capfd = capfd
        self._seen = 0

    async def count(self) -> int:
        self._seen += self._capfd.readouterr().out.count("breakd start")
        return self._seen


def start_dunst(desk: Desk) -> None:
    """dunst on a bus and a screen of its own."""
    require("dunst", "dunstctl")
    desk.bus("session")
    Screen(desk, "-nolisten", "tcp")
    menu, config = desk.folder / "menu", desk.folder / "dunstrc"
    menu.write_text(f'#!/bin/sh\ngrep -m1 -iF -- "$(cat {desk.folder}/pick)"\n')
    menu.chmod(0o755)
    config.write_text(DUNSTRC.format(menu=menu))
    desk.start("dunst", "-config", config)
    desk.wait_for_name("org.freedesktop.Notifications")


def start_popups(desk: Desk, program: Path | None) -> None:
    """A server with popup windows, on a bus and a screen of its own."""
    require(str(program) if program else "xfce4-notifyd")
    desk.bus("session")
    Screen(desk, "-nolisten", "tcp")
    desk.setenv("GSETTINGS_BACKEND", "memory")
    desk.start(program)
    desk.wait_for_name("org.freedesktop.Notifications")


class TestFake(DesktopContract):
    """Our own server: everything can be seen."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of it."""
        desk.bus("session")
        async with FakeServer().serving() as server, FakeStage(desk, server).listening() as stage:
            yield stage


class TestDunst(DesktopContract):
    """dunst, as with tiling window managers."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of it."""
        start_dunst(desk)
        async with DunstStage(desk).listening() as stage:
            yield stage


class TestNotificationDaemon(NotifierContract):
    """The server of small desktops. It takes CloseNotification without closing anything, so no more is asked of it."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of it."""
        start_popups(desk, NOTIFICATION_DAEMON)
        stage = PopupStage(desk, "Notification-daemon")
        async with stage.listening():
            yield stage


class TestXfce(DesktopContract):
    """Xfce's server."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of it."""
        start_popups(desk, next(iter(NOTIFYDS), None))
        stage = PopupStage(desk, "Xfce4-notifyd")
        async with stage.listening():
            yield stage


class TestPlyer(NotifierContract):
    """plyer by way of notify-send."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of dunst."""
        require("notify-send")
        start_dunst(desk)
        yield PlyerStage(desk)


class TestConsole(NotifierContract):
    """Plain lines."""

    @pytest.fixture
    def stage(self, capfd: pytest.CaptureFixture[str]) -> Stage:
        """On the standard output of the tests."""
        return ConsoleStage(capfd)
