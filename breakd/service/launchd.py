"""macOS: an agent of launchd. Experimental: its file is checked against launchd.plist(5), but has not run on a Mac."""

from __future__ import annotations

import os
import plistlib
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from breakd.service.command import breakd
from breakd.service.kind import State
from breakd.service.problems import ServiceError
from breakd.service.programs import run
from breakd.service.written import File, filled
from breakd.settings.paths import state_folder

LABEL = "org.breakd"


class Launchd:
    """The agent `org.breakd`."""

    name = "launchd"
    title = "launchd agent"
    experimental = True

    def files(self) -> Sequence[File]:
        """The agent."""
        values = {
            "COMMAND": "\n".join(f"        <string>{escape(word)}</string>" for word in breakd("run")),
            "LOG": escape(str(state_folder() / "breakd.log")),
        }
        return (filled("org.breakd.plist", Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist", values),)

    def check(self) -> None:
        """Nothing can be in the way."""

    def enable(self) -> list[str]:
        """Hand it to launchd, which starts it."""
        state_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        run("launchctl", "bootout", _target())
        _do("bootstrap", _domain(), str(self.files()[0].path))
        return []

    def disable(self) -> None:
        """Take it from launchd, which stops it."""
        run("launchctl", "bootout", _target())

    def forget(self) -> None:
        """Nothing is left."""

    def start(self) -> None:
        """Start it."""
        _do("kickstart", _target())

    def stop(self) -> None:
        """Ask it to end."""
        _do("kill", "SIGTERM", _target())

    def restart(self) -> None:
        """Restart it."""
        _do("kickstart", "-k", _target())

    def state(self) -> State:
        """As launchd prints it."""
        done = run("launchctl", "print", _target())
        pid = re.search(r"^\s*pid = (\d+)", done.out, re.MULTILINE)
        return State(
            enabled=done.ok,
            activity="running" if pid else "stopped",
            pid=int(pid[1]) if pid else 0,
            starts=_starts(self.files()[0].found()),
        )

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """From the file that the agent names."""
        return ("tail", "-n", str(lines), *["-f"] * follow, str(state_folder() / "breakd.log"))


def _starts(text: str | None) -> str:
    try:
        words = plistlib.loads((text or "").encode())["ProgramArguments"]
    except (ValueError, KeyError, TypeError, plistlib.InvalidFileException):
        return ""
    return str(words[0]) if words else ""


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _target() -> str:
    return f"{_domain()}/{LABEL}"


def _do(*words: str) -> None:
    done = run("launchctl", *words)
    if not done.ok:
        raise ServiceError(f"launchctl {' '.join(words)}: {done.why}")
