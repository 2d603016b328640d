"""Wayland compositors for tests, real and without a screen: KWin and sway; sway and labwc of a newer system.

Debian 12's sway speaks only what was before the standard. BREAKD_TEST_ROOT may name a folder with a newer system
(Debian 13) that has sway and labwc; without one their tests are skipped. Making input takes protocols that compositors
keep for this.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from breakd_wayland.compositor import Compositor, connect, text
from tests.desktop.bus_parts import Desk
from tests.desktop.processes import require

# Runs a command in the system at $1, as root: its own mounts, the same temporary folder.
ENTER = """
R=$1; shift
mount -t proc proc "$R/proc" && mount --rbind /dev "$R/dev" && mount --rbind /sys "$R/sys" &&
mount --bind /tmp "$R/tmp" && exec chroot "$R" "$@"
"""


class Wayland:
    """A compositor. `process`: it; the environment leads to it."""

    def __init__(self, desk: Desk, kind: str, compose: str = "Q") -> None:
        """`compose`: how KWin draws: by itself (Q), or through OpenGL (O2), which sharing its screen takes."""
        self.desk = desk
        self._compose = compose
        self.kind, _, newer = kind.partition(" ")
        self.where = inside if newer else here
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, and wait until it listens."""
        for old in self._sockets():
            old.unlink()
        process = {"kwin": self._kwin, "sway": self._sway, "labwc": self._labwc}[self.kind]()
        socket = self.desk.wait_for("the compositor's socket", self._sockets)[0]
        self.desk.setenv("WAYLAND_DISPLAY", socket.name)
        return process

    def die(self) -> None:
        """Kill it."""
        self.desk.stop(self.process, signal.SIGKILL)

    def run(self, *command: object) -> str:
        """Run a program of the system that the compositor is from."""
        return self.desk.run(*self.where(*command))

    def _sockets(self) -> list[Path]:
        folder = Path(os.environ["XDG_RUNTIME_DIR"])
        return [path for path in folder.glob("wayland-*") if path.suffix != ".lock"]

    def _kwin(self) -> subprocess.Popen[bytes]:
        require("kwin_wayland", "dbus-daemon")
        # A copy has no file capabilities, which a container may not let it have.
        program = self.desk.folder / "kwin_wayland"
        if not program.exists():
            shutil.copy(str(shutil.which("kwin_wayland")), program)
            self.desk.bus("session")
        for name, value in (
            ("QT_QPA_PLATFORM", "offscreen"),
            ("KWIN_COMPOSE", self._compose),
            ("KWIN_WAYLAND_NO_PERMISSION_CHECKS", "1"),  # for made-up input
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
        ):
            self.desk.setenv(name, value)
        return self.desk.start(program, "--virtual", "--no-lockscreen", "--socket", "wayland-5")

    def _wlroots(self, *command: object) -> subprocess.Popen[bytes]:
        for name, value in (
            ("WLR_BACKENDS", "headless"),
            ("WLR_LIBINPUT_NO_DEVICES", "1"),
            ("WLR_RENDERER", "pixman"),
            ("WLR_HEADLESS_OUTPUTS", "1"),
        ):
            self.desk.setenv(name, value)
        return self.desk.start(*self.where(*command))

    def _sway(self) -> subprocess.Popen[bytes]:
        config = self.desk.folder / "sway.conf"
        config.write_text("xwayland disable\n")
        if self.where is here and os.getuid() == 0:  # an older sway refuses to be root
            self._give_to_nobody()
            return self._wlroots("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sway", "-c", config)
        return self._wlroots("sway", "-c", config)

    def _give_to_nobody(self) -> None:
        require("setpriv", "sway")
        self.desk.folder.chmod(0o711)
        for name in ("XDG_RUNTIME_DIR", "HOME"):
            os.chown(os.environ[name], 65534, 65534)

    def _labwc(self) -> subprocess.Popen[bytes]:
        folder = self.desk.folder / "labwc"
        folder.mkdir(exist_ok=True)
        return self._wlroots("labwc", "-C", folder)


def here(*command: object) -> tuple[object, ...]:
    """The command, to be run in this system. Skips the test if there is no such program, as `require` does."""
    require(str(command[0]))
    return command


def inside(*command: object) -> tuple[object, ...]:
    """The command, to be run in the newer system. Skips the test if there is none."""
    root = os.environ.get("BREAKD_TEST_ROOT")
    if not root or not Path(root, "usr/bin", str(command[0])).exists():
        pytest.skip(f"no {command[0]} of a newer system (BREAKD_TEST_ROOT)")
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh", root, *command)


class WaylandInput:
    """Made-up input: a key of KWin's testers, or a pointer of wlroots' that moves."""

    FAKE, POINTERS = "org_kde_kwin_fake_input", "zwlr_virtual_pointer_manager_v1"

    def __init__(self, compositor: Compositor) -> None:
        self._compositor = compositor
        self._fake = self._pointer = 0
        if self.FAKE in compositor.globals:
            self._fake = self._bind(self.FAKE)
            compositor._write(self._fake, 0, text("breakd's tests") + text("input"))  # authenticate
        else:
            manager, seat = self._bind(self.POINTERS), self._bind("wl_seat")
            self._pointer = compositor.new_id()
            compositor.send(manager, 0, seat, self._pointer)

    async def touch(self) -> None:
        """Move the pointer by a pixel, and wait until the compositor has seen it."""
        if self._fake:
            self._compositor.send(self._fake, 1, 256, 0)
        else:
            now = time.monotonic_ns() // 1_000_000 & 0xFFFFFFFF
            self._compositor.send(self._pointer, 0, now, 256, 0)
            self._compositor.send(self._pointer, 4)
        await self._compositor.settle()

    def _bind(self, interface: str) -> int:
        (number,) = self._compositor.globals[interface]
        return self._compositor.bind(interface, number)


@asynccontextmanager
async def wayland_input() -> AsyncIterator[WaylandInput]:
    """Hands in front of the compositor that the environment leads to."""
    async with connect() as compositor:
        hands = WaylandInput(compositor)
        await compositor.settle()
        await asyncio.sleep(0.3)  # a pointer that is new is input, too
        yield hands
