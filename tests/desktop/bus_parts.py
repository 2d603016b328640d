"""Real parts on D-Bus for tests: private buses, notification servers, GNOME Shell, a made-up logind.

Everything runs in a private environment that replaces the one of the test process, and is ended with the test.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from breakd import Event, bus
from tests.contract.fakes import FakeEmit
from tests.desktop.processes import Place, lacking, require

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{which}</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
# In namespaces of its own.
LOGIND = "mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/systemd/inhibit && exec $1"


class Desk(Place):
    """A private place with buses and the servers on them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.setenv("NO_AT_BRIDGE", "1")  # GTK's accessibility bus

    def bus(self, which: str) -> subprocess.Popen[bytes]:
        """A private bus without the services of this machine: "session" or "system"."""
        require("dbus-daemon")
        path, config = self.folder / which, self.folder / f"{which}.conf"
        path.unlink(missing_ok=True)
        config.write_text(BUS_CONFIG.format(which=which, path=path))
        process = self.start("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile")
        self.wait_for(f"the {which} bus", lambda: listens(path))
        self.setenv(f"DBUS_{which.upper()}_BUS_ADDRESS", f"unix:path={path}")
        return process

    def wait_for_name(self, name: str, which: str = "session") -> None:
        """Wait until somebody on the bus has that name."""
        ask = ("dbus-send", f"--{which}", "--print-reply", "--dest=org.freedesktop.DBus", "/")
        self.wait_for(name, lambda: "true" in self.run(*ask, "org.freedesktop.DBus.NameHasOwner", f"string:{name}"))

    def click(self, x: float, y: float, button: int = 1) -> None:
        """Click there on the X server."""
        self.run("xdotool", "mousemove", round(x), round(y))
        time.sleep(0.15)  # a popup under a pointer that jumped there does not know it yet
        self.run("xdotool", "click", button)

    def windows(self, name: str) -> list[tuple[int, int, int, int]]:
        """x, y, width, height of the popups of a program on the X server."""
        found = []
        for window in self.run("xdotool", "search", "--onlyvisible", "--class", name).split():
            lines = self.run("xdotool", "getwindowgeometry", "--shell", window).split()
            sizes = dict(line.split("=") for line in lines if "=" in line)
            x, y, width, height = (int(sizes.get(key, 0)) for key in ("X", "Y", "WIDTH", "HEIGHT"))
            if width > 100 and height > 20:
                found.append((x, y, width, height))
        return found

    def gnome_shell(self) -> subprocess.Popen[bytes]:
        """GNOME Shell on a virtual screen, its notification service, and the logind it cannot start without."""
        require("gnome-shell", "gjs")
        self.bus("session")
        self.bus("system")
        self.mock_logind()
        settings = Path(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings")
        settings.mkdir(parents=True)
        quiet = ("enable-hot-corners=false", "enable-animations=false")
        (settings / "keyfile").write_text("\n".join(("[org/gnome/desktop/interface]", *quiet)))
        for name, value in (
            ("GSETTINGS_BACKEND", "keyfile"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("XDG_SESSION_TYPE", "wayland"),
            ("XDG_CURRENT_DESKTOP", "GNOME"),
        ):
            self.setenv(name, value)
        shell = ("gnome-shell", "--headless", "--wayland", "--no-x11", "--unsafe-mode", "--virtual-monitor", "1280x720")
        process = self.start(*shell)
        self.wait_for_name("org.gnome.Mutter.IdleMonitor")
        return process

    def pipewire(self) -> subprocess.Popen[bytes]:
        """PipeWire, and who links its streams; there has to be a session bus."""
        require("pipewire", "wireplumber")
        process = self.start("pipewire")
        self.wait_for("PipeWire", lambda: listens(Path(os.environ["XDG_RUNTIME_DIR"], "pipewire-0")))
        self.start("wireplumber")
        return process

    def logind(self) -> None:
        """A real logind on a system bus of its own, with a `/run` of its own: it knows no sessions, but inhibitors."""
        program = Path("/lib/systemd/systemd-logind")
        if not program.exists() or os.getuid():
            lacking("not installed, or not root: systemd-logind")
        require("unshare", "systemd-inhibit")
        self.bus("system")
        self.start("unshare", "--mount", "--propagation", "private", "sh", "-c", LOGIND, "sh", program)
        self.wait_for_name("org.freedesktop.login1", "system")

    def mock_logind(self) -> None:
        """A logind that does what it is told (python-dbusmock)."""
        if subprocess.run(["/usr/bin/python3", "-c", "import dbusmock"], capture_output=True, check=False).returncode:
            lacking("not installed: python3-dbusmock")
        self.start("/usr/bin/python3", "-m", "dbusmock", "--template", "logind")
        self.wait_for_name("org.freedesktop.login1", "system")


def listens(path: Path) -> bool:
    """Whether somebody takes connections there: a socket can be seen before it can be used."""
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(str(path)) == 0


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A private environment; nothing is started in it yet."""
    one = Desk(monkeypatch)
    try:
        yield one
    finally:
        one.close()


class Told(FakeEmit):
    """An `Emit` that is checked word by word."""

    def __init__(self) -> None:
        super().__init__()
        self._checked = 0

    @property
    def events(self) -> list[Event]:
        """What it was told, without when."""
        return [told.event for told in self.told]

    async def says(self, *expected: Event) -> None:
        """Wait for as many events as expected, and see that the new ones are just these; without any: at once."""
        await self.until(lambda: len(self.told) - self._checked >= len(expected))
        new, self._checked = self.events[self._checked :], len(self.told)
        assert list(expected) == new


@asynccontextmanager
async def running(job: Any) -> AsyncIterator[asyncio.Future[None]]:
    """Run a source beside the test; cancelled at the end, it must stop within a second."""
    task: asyncio.Future[None] = asyncio.ensure_future(job)
    try:
        yield task
    finally:
        task.cancel()
        _, late = await asyncio.wait([task], timeout=1)
        assert not late, "the source did not stop within a second"


class GnomeInput:
    """Made-up input on GNOME, through its interface for remote desktops."""

    NAME, PATH = "org.gnome.Mutter.RemoteDesktop", "/org/gnome/Mutter/RemoteDesktop"

    def __init__(self, connection: bus.Connection, session: str) -> None:
        self._connection = connection
        self._session = session

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[GnomeInput]:
        """A keyboard and a pointer."""
        async with bus.connect("session") as connection:
            (session,) = await connection.call(cls.NAME, cls.PATH, cls.NAME, "CreateSession")
            made = cls(connection, session)
            await made._call("Start")
            yield made

    async def key(self) -> None:
        """Press Shift."""
        for down in (True, False):
            await self._call("NotifyKeyboardKeycode", "ub", 42, down)

    async def move(self, x: float, y: float) -> None:
        """Move the pointer there, by way of the top left corner."""
        await self._call("NotifyPointerMotionRelative", "dd", -20000.0, -20000.0)
        await self._call("NotifyPointerMotionRelative", "dd", x, y)

    async def click(self) -> None:
        """Press the left button."""
        for down in (True, False):
            await self._call("NotifyPointerButton", "ib", 0x110, down)

    async def _call(self, member: str, signature: str = "", *body: object) -> None:
        await self._connection.call(self.NAME, self._session, f"{self.NAME}.Session", member, signature, *body)
