"""A private desktop for measuring in: a folder, an environment, an X server, a session bus; gone when it is closed."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

# None of the services of this machine: what is measured must be the same everywhere.
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{which}</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
LEAKS = ("BREAKD_", "DBUS_", "DISPLAY", "GNOME_", "NOTIFY_SOCKET", "PYTHON", "WAYLAND_", "XAUTHORITY", "XDG_")
HOMES = ("HOME", "XDG_RUNTIME_DIR")
COMMAND = str(Path(sysconfig.get_path("scripts"), "breakd"))
PATIENCE = 20.0  # seconds a part may take to be there

_LIBC = ctypes.CDLL(None)


class Desk:
    """Starts programs in a world of their own, and ends them all with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="breakd-bench-"))  # short: a socket's path holds 107 bytes
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(LEAKS)}
        for name in HOMES:
            place = self.folder / name.lower()
            place.mkdir(mode=0o700)
            self.env[name] = str(place)
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(
        self, command: Sequence[str], env: Mapping[str, str] = {}, pass_fds: Sequence[int] = (), log_as: str = ""
    ) -> subprocess.Popen[bytes]:
        """Start a program that dies with this process; what it says is in `log`, under its name or `log_as`."""
        with self.log(log_as or command[0]).open("ab") as log:
            process = subprocess.Popen(
                command,
                env={**self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                preexec_fn=lambda: _LIBC.prctl(1, signal.SIGKILL),  # noqa: PLW1509  PR_SET_PDEATHSIG; no threads here
            )
        self._processes.append(process)
        return process

    def log(self, program: str) -> Path:
        """What this program printed."""
        return self.folder / f"{Path(program).name}.log"

    def xvfb(self) -> None:
        """An X server without a screen."""
        reading, writing = os.pipe()
        sizes = ("-screen", "0", "900x600x24", "-nolisten", "tcp")
        self.start(["Xvfb", "-displayfd", str(writing), *sizes], pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as lines:
            self.env["DISPLAY"] = f":{lines.readline().strip()}"

    def bus(self, which: str = "session") -> None:
        """A bus with nobody on it: "session" or "system"."""
        path, config = self.folder / which, self.folder / f"{which}.conf"
        config.write_text(BUS_CONFIG.format(which=which, path=path), encoding="utf-8")
        self.start(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"])
        wait_for(f"the {which} bus", path.exists)
        self.env[f"DBUS_{which.upper()}_BUS_ADDRESS"] = f"unix:path={path}"

    def key(self) -> None:
        """Press and release Shift."""
        subprocess.run(["xdotool", "key", "shift"], env=self.env, check=True, capture_output=True)

    @property
    def control(self) -> Path:
        """Where a daemon on this desk listens."""
        return Path(self.env["XDG_RUNTIME_DIR"], "breakd", "control.sock")


def desktop() -> Desk:
    """A desk with an X server and a session bus. Exits, naming what is missing, where there are no such programs."""
    missing = [program for program in ("Xvfb", "dbus-daemon", "xdotool") if not shutil.which(program)]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}; on Debian: apt install xvfb dbus-daemon xdotool")
    desk = Desk()
    desk.xvfb()
    desk.bus()
    return desk


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program, kindly at first."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(what: str, found: Callable[[], bool], pause: float = 0.02) -> None:
    """Wait until `found`, looking every `pause` s. Exits if that takes too long."""
    late = time.monotonic() + PATIENCE
    while not found():
        if time.monotonic() > late:
            sys.exit(f"waited {PATIENCE:g} s in vain for {what}")
        time.sleep(pause)
