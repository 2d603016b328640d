"""A place of its own for real programs in tests: private folders and environment, child processes, waiting.

Whatever is started dies with the test, and with the test process however that ends.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest

# What would lead a program, or us, to the desktop of whoever runs the tests.
LEAKS = ("DBUS_", "WAYLAND_", "XDG_", "GNOME_", "GSETTINGS_", "DISPLAY", "XAUTHORITY", "NOTIFY_SOCKET")
HOMES = ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded here: the child of a fork had better not


def require(*programs: str) -> None:
    """Skip the test, saying why, unless all are installed; fail instead where the parts are required."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        lacking(f"not installed: {', '.join(missing)}")


def lacking(why: str) -> NoReturn:
    """Skip the test for this reason; fail instead if BREAKD_REQUIRE_DESKTOP=1."""
    if os.environ.get("BREAKD_REQUIRE_DESKTOP") == "1":
        pytest.fail(f"{why}, but BREAKD_REQUIRE_DESKTOP=1")
    pytest.skip(why)


class Place:
    """A private folder and environment (of the test itself, too), and the child processes started in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="breakd-desk-"))  # short: a socket's path holds 107 bytes
        self.processes: list[subprocess.Popen[bytes]] = []
        self._monkeypatch = monkeypatch
        for name in list(os.environ):
            if name.startswith(LEAKS):
                monkeypatch.delenv(name)
        for name in HOMES:
            home = self.folder / name.lower()
            home.mkdir(mode=0o700)
            self.setenv(name, home)

    def setenv(self, name: str, value: object) -> None:
        """Set it for the test and for what is started from now on."""
        self._monkeypatch.setenv(name, str(value))

    def delenv(self, name: str) -> None:
        """Take it out of the environment, if it is there."""
        self._monkeypatch.delenv(name, raising=False)

    def start(
        self, *command: object, pass_fds: Sequence[int] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program that dies with the test process; what it says goes to a log in the folder."""
        with (self.folder / f"{Path(str(command[0])).name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                env=env,
                preexec_fn=lambda: _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509  one system call
            )
        self.processes.append(process)
        return process

    def run(self, *command: object) -> str:
        """Run a program to its end; gives what it printed, whether or not it succeeded."""
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=20, check=False).stdout

    def stop(self, process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
        """End one of the programs, with force after 3 s."""
        with suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End all, newest first, and remove the folder."""
        for process in reversed(self.processes):
            self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_for(self, what: str, found: Callable[[], Any], seconds: float = 20) -> Any:
        """What `found` gives, once that is true; fails with the programs' last words after `seconds`."""
        end = time.monotonic() + seconds
        while not (result := found()):
            if time.monotonic() > end:
                pytest.fail(f"waited {seconds:g} s in vain for {what}\n{self.logs()}")
            time.sleep(0.02)
        return result

    def logs(self) -> str:
        """The last words of every program that was started."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-800:]}" for log in files)


@contextmanager
def private_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A `Place`, closed on the way out."""
    place = Place(monkeypatch)
    try:
        yield place
    finally:
        place.close()
