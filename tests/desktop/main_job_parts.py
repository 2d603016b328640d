"""A real daemon on a real desktop: what it shows as the bus sees it, pictures of it, and somebody who types."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.desktop.bus_parts import Desk
from tests.desktop.processes import require
from tests.shell.daemon_parts import PATIENCE, Daemon, Home

# A break of 5 s after 5 s of input; silences are short. What people get in half an hour takes ten seconds.
FAST = {
    "breaks.micro.enabled": "false",
    "breaks.move.every": "5s",
    "breaks.move.for": "5s",
    "breaks.move.longest": "5s",
    "presence.notice": "1s",
    "presence.away_prompted": "3s",
    "presence.away_resting": "1s",
    "presence.reader_input": "1s",
    "prompt.lull": "0.5s",
    "prompt.patience": "1s",
    "prompt.snooze": "2s",
    "prompt.after_absence": "0.5s",
    "prompt.per_hour": "60",
}
SETS = tuple(f"--set={key}={value}" for key, value in FAST.items())
# A routine that fits into such a break, in place of the bundled ones.
PACK = "def breakd_register(register):\n    register.routine_file('short.toml')\n"
ROUTINE = """
[[routine]]
id = "three"
title = "Three steps"
breaks = ["move"]
steps = [
    { text = "Stand up", seconds = 1 },
    { text = "Walk", seconds = 1 },
    { text = "Sit down", seconds = 1 },
]
"""
# What is not in question: a terminal of the machine, the notifier of last resort on desktops, other routines.
ASIDE = tuple(f"--set=plugins.{name}.enabled=false" for name in ("tty", "plyer", "posture", "stretching", "walking"))


class Notified(NamedTuple):
    """A call of Notify, as it went over the bus."""

    replaces: int
    title: str
    text: str
    actions: tuple[str, ...]


class Watched(Home):
    """A desk as the home of a daemon. Make it once the servers run: it takes the environment as it is then."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.folder, {**os.environ, "PYTHONPATH": str(desk.folder / "site")})
        self.install("short", "short_pack", PACK)
        (desk.folder / "site" / "short.toml").write_text(ROUTINE)
        self.desk = desk
        self._monitor = desk.folder / "dbus-monitor.log"

    def watch(self) -> None:
        """Write down every call of Notify from now on."""
        require("dbus-monitor")
        self.desk.start("dbus-monitor", "--session", "member=Notify")
        self.desk.wait_for(
            "the monitor", lambda: self._monitor.exists() and "NameAcquired" in self._monitor.read_text()
        )

    def notified(self) -> list[Notified]:
        """Every call of Notify since `watch`."""
        head = r"^method call .* sender=(\S+) -> destination=(\S+) .*member=Notify$"
        _, *found = re.split(head, self._monitor.read_text(), flags=re.MULTILINE)
        senders, servers, calls = found[::3], found[1::3], found[2::3]
        # GNOME's notification service passes each one on to the shell.
        return [_notified(call) for sender, call in zip(senders, calls, strict=True) if sender not in servers]

    def daemon(self, *options: str) -> Daemon:
        """Start the daemon, fast."""
        return self.begin(*SETS, *ASIDE, *options)


def _notified(call: str) -> Notified:
    # breakd, the icon, title, text; then the actions, each with its label; the rest is hints.
    before_hints = call.partition("dict entry")[0]
    strings = re.findall(r'^\s+string "(.*?)"$', before_hints, re.MULTILINE | re.DOTALL)
    replaces = re.search(r"uint32 (\d+)", call)
    assert replaces, call
    return Notified(int(replaces[1]), strings[2], strings[3], tuple(strings[5::2]))


def type_until(desk: Desk, what: str, found: Callable[[], object]) -> None:
    """Somebody types on the X server until that is true."""
    end = time.monotonic() + PATIENCE
    while not found():
        if time.monotonic() > end:
            pytest.fail(f"typed for {PATIENCE:g} s in vain for {what}\n{desk.logs()}")
        desk.run("xdotool", "key", "shift")
        time.sleep(0.1)


def phase(daemon: Daemon) -> str | None:
    """The phase of the prompt, None if there is none."""
    prompt = daemon.status["prompt"]
    return prompt["phase"] if prompt else None


def picture(desk: Desk, name: str) -> bytes:
    """What is on the X server, as RGB; kept as a PNG in the folder BREAKD_PICTURES, if that is set."""
    require("import", "convert")
    file = Path(os.environ.get("BREAKD_PICTURES", desk.folder), f"{name}.png")
    desk.run("import", "-window", "root", file)
    raw = desk.folder / "picture.rgb"
    desk.run("convert", file, "-depth", "8", f"rgb:{raw}")
    return raw.read_bytes()
