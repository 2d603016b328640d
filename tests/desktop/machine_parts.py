"""A machine of its own for tests: systemd as its first process, logind, people who log in, and nights.

It boots over a copy-on-write view of the machine that runs the tests, in namespaces: nothing of it stays.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.namespaces import PATIENCE, SYSTEMD, Inside, check
from tests.desktop.processes import Place, private_place, require
from tests.shell.daemon_parts import ROOT

BOOT = Path(__file__).with_name("boot.sh")
TOOLS = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
PROGRAMS = ("systemctl", "loginctl", "systemd-run", "busctl", "useradd", "setpriv", "Xvfb", "xdotool")
PARTS = ("breakd", "plugins", "config", "pyproject.toml", "README.md", "LICENSE")  # that wheels are made of
SAID = re.compile(r'^((?:__version__|version) = )".*"$', re.MULTILINE)
VENV = "/opt/breakd"
LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")

# What a desktop does at login: a screen, and the target at which services begin.
DESKTOP = """\
#!/bin/sh
mkfifo "$XDG_RUNTIME_DIR/number"
Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>"$XDG_RUNTIME_DIR/number" &
trap "kill $!" TERM
read -r number <"$XDG_RUNTIME_DIR/number"
rm "$XDG_RUNTIME_DIR/number"
export DISPLAY=":$number"
systemctl --user import-environment DISPLAY XDG_SESSION_ID
systemctl --user start desktop.target
wait
"""
TARGET = "[Unit]\nBindsTo=graphical-session.target\nBefore=graphical-session.target\n"
Done = subprocess.CompletedProcess[str]


class Machine:
    """It is up and running once made. `shared`: is /mnt inside."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._wheels: dict[str, str] = {}
        self.shared, empty = place.folder / "shared", place.folder / "machine"
        for folder in (self.shared, empty):
            folder.mkdir()
            folder.chmod(0o755)
        visible = sorted({Path(sys.prefix), Path(sys.base_prefix)} - {Path("/usr")})
        self._inside = Inside(
            place, "sh", BOOT, SYSTEMD, empty, self.shared, *visible, env={"PATH": TOOLS}, kinds=["--net"]
        )
        self._inside.begin("the machine", self._up)
        self.write("/etc/systemd/user/desktop.target", TARGET)
        self.write("/usr/local/bin/desktop", DESKTOP)
        self.run("chmod", "755", "/usr/local/bin/desktop")

    def _up(self) -> bool:
        return self._inside.init != 0 and self.run("systemctl", "is-active", "test.target").stdout == "active\n"

    def run(self, *command: object, **env: str) -> Done:
        """Run a program as root, to its end."""
        return self._inside.run(list(map(str, command)), {"PATH": TOOLS, "LANG": "C.UTF-8", **env})

    def get(self, *command: object) -> str:
        """What a program says that root runs, which has to succeed."""
        return succeeded(self.run(*command))

    def write(self, path: str, text: str) -> None:
        """Write a file inside."""
        self.get("sh", "-c", 'mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1"', "sh", path, text)

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return self.run("test", "-e", path).returncode == 0

    def venv(self, folder: str, owner: str) -> None:
        """Make a virtual environment, which has the dependencies of the tests' own, though not breakd."""
        self.get(*by(owner), sys.executable, "-m", "venv", "--without-pip", folder)
        (site,) = self.get("sh", "-c", 'echo "$1"/lib/python3*/site-packages', "sh", folder).split()
        self.write(f"{site}/ours.pth", sysconfig.get_path("purelib"))

    def install(self, version: str, folder: str, owner: str) -> None:
        """Have pip install that version there, in place of any other."""
        if version not in self._wheels:
            self._wheels[version] = build(version, self.shared)
        pip = (sys.executable, "-m", "pip", "--python", f"{folder}/bin/python", "--quiet", "--no-cache-dir")
        self.get(*by(owner), *pip, "install", "--no-index", "--no-deps", f"/mnt/{self._wheels[version]}")

    def until(self, what: str, found: Callable[[], Any]) -> Any:
        """What `found` gives, once that is true; fails with what everybody in there said."""
        end = time.monotonic() + PATIENCE
        while not (result := found()):
            if time.monotonic() > end:
                said = self.run("journalctl", "--boot", "--no-pager").stdout[-3000:]
                pytest.fail(f"waited {PATIENCE:g} s in vain for {what}\n{said}")
            time.sleep(0.02)
        return result

    def suspend(self, seconds: float) -> None:
        """Sleep, and wake up after so long."""
        self.write("/run/night", str(seconds))
        self.get("busctl", "call", *LOGIND, "Suspend", "b", "false")
        preparing = ("busctl", "get-property", *LOGIND, "PreparingForSleep")
        self.until("the morning", lambda: self.get(*preparing) == "b false\n")

    def close(self) -> None:
        """Pull the plug."""
        self._inside.close()


class Person:
    """Somebody with an account, not logged in yet. `program`: their `breakd`."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine, self.name, self.home = machine, name, f"/home/{name}"
        machine.get("useradd", "--create-home", name)
        self.uid = int(machine.get("id", "-u", name))
        self.program = f"{VENV}/bin/breakd"

    def run(self, *command: object, **env: str) -> Done:
        """Run a program as that person, with a bus if they are logged in."""
        place = f"/run/user/{self.uid}"
        ours = {"HOME": self.home, "USER": self.name, "LOGNAME": self.name, "XDG_RUNTIME_DIR": place}
        return self.machine.run(
            *by(self.name), *command, **ours, DBUS_SESSION_BUS_ADDRESS=f"unix:path={place}/bus", **env
        )

    def get(self, *command: object) -> str:
        """What a program says, which has to succeed."""
        return succeeded(self.run(*command))

    def breakd(self, *words: str, **env: str) -> Done:
        """Run a command of breakd."""
        return self.run(self.program, *words, **env)

    def login(self) -> None:
        """Begin a session with a desktop, at the one seat there is."""
        session = {"SEAT": "seat0", "SESSION_TYPE": "x11", "SESSION_CLASS": "user"}
        self.machine.get(
            "systemd-run", "--quiet", "--collect", f"--unit=session-of-{self.name}", f"--uid={self.name}",
            "--property=PAMName=test-login", *(f"--setenv=XDG_{key}={value}" for key, value in session.items()),
            "/usr/local/bin/desktop",
        )  # fmt: skip
        self.machine.until(f"the desktop of {self.name}", lambda: self.is_active("desktop.target"))

    def logout(self) -> None:
        """End the session, as desktops do: first their target, then themselves."""
        self.run("systemctl", "--user", "stop", "graphical-session.target")
        self.machine.run("systemctl", "stop", f"session-of-{self.name}")
        state = ("systemctl", "is-active", f"user@{self.uid}.service")
        self.machine.until("the end of the session", lambda: self.machine.run(*state).stdout == "inactive\n")

    def is_active(self, unit: str) -> bool:
        """Whether a unit of theirs is."""
        return self.run("systemctl", "--user", "is-active", unit).stdout == "active\n"

    def shown(self, name: str) -> str:
        """A property of the service."""
        return self.get("systemctl", "--user", "show", "breakd.service", f"--property={name}", "--value").strip()

    @property
    def session(self) -> str:
        """What logind calls their session."""
        lines = [line.split() for line in self.machine.get("loginctl", "list-sessions", "--no-legend").splitlines()]
        return next(words[0] for words in lines if words[2] == self.name and "seat0" in words)

    def status(self) -> Any:
        """What `breakd status --json` tells."""
        return json.loads(self.get(self.program, "status", "--json"))

    def exported(self, folder: str = "") -> list[dict[str, Any]]:
        """The lines of the journal, or of what a disk held of it."""
        said = self.get("env", *[f"XDG_STATE_HOME={folder}"] * bool(folder), self.program, "journal", "export")
        return [json.loads(line) for line in said.splitlines()]

    def configure(self, text: str) -> None:
        """Write their settings."""
        self.get("sh", "-c", 'mkdir -p ~/.config/breakd && printf %s "$1" >~/.config/breakd/breakd.toml', "sh", text)

    def dropin(self, text: str) -> None:
        """Change the unit as people do."""
        path = f"{self.home}/.config/systemd/user/breakd.service.d"
        self.get("sh", "-c", 'mkdir -p "$1" && printf %s "$2" >"$1"/mine.conf', "sh", path, text)
        self.get("systemctl", "--user", "daemon-reload")

    def type(self) -> None:
        """Press a key."""
        variables = self.get("systemctl", "--user", "show-environment").splitlines()
        display = next(line.partition("=")[2] for line in variables if line.startswith("DISPLAY="))
        succeeded(self.run("xdotool", "key", "shift", DISPLAY=display))


def by(name: str) -> tuple[str, ...]:
    """The words that go before a command which somebody else than root runs."""
    return ("setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups")


def succeeded(done: Done) -> str:
    """What it said."""
    assert done.returncode == 0, f"{done.args[-3:]}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def booted() -> Iterator[Machine]:
    """A machine, turned off on the way out."""
    check()
    require(*PROGRAMS)
    with pytest.MonkeyPatch.context() as patch, private_place(patch) as place:
        machine = Machine(place)
        try:
            yield machine
        finally:
            machine.close()


def build(version: str, folder: Path) -> str:
    """A wheel of this tree as if it were of that version; its name."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place)
        for name in PARTS:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, tree / name)
        for file in (tree / "pyproject.toml", tree / "breakd" / "__init__.py"):
            text, count = SAID.subn(rf'\g<1>"{version}"', file.read_text())
            assert count == 1, file
            file.write_text(text)
        words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(words, cwd=tree, check=True, capture_output=True, timeout=PATIENCE)
    (wheel,) = folder.glob(f"breakd-{version}-*.whl")
    wheel.chmod(0o644)
    return wheel.name


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """One for all tests of a module; each brings its own people."""
    with booted() as one:
        yield one
