"""systemd: a unit of the user's own manager, which waits until it is ready, restarts it, and bounds it.

Sources: systemd.service(5), systemd.exec(5), systemd.special(7), sd_notify(3).
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from breakd.service import desktop
from breakd.service.command import breakd
from breakd.service.kind import Activity, State
from breakd.service.problems import ServiceError
from breakd.service.programs import run
from breakd.service.written import File, filled

UNIT = "breakd.service"
TARGET = "graphical-session.target"
# Each try later than the one before, where systemd can do that; else a steady half minute.
BACKOFF_SINCE = 254
BACKOFF = "RestartSec=1\nRestartSteps=8\nRestartMaxDelaySec=5min"
STEADY = "RestartSec=30"
SHOWN = (
    "LoadState",
    "ActiveState",
    "SubState",
    "MainPID",
    "NRestarts",
    "StatusText",
    "ActiveEnterTimestamp",
    "UnitFileState",
    "Result",
)
# What systemd says of a program that it cannot start: one that is gone, one that must not be run.
TROUBLE = ("Failed to locate executable", "Failed at step")
ACTIVITIES: dict[str, Activity] = {
    "active": "running",
    "activating": "starting",
    "reloading": "running",
    "failed": "failed",
}


class Systemd:
    """The unit `breakd.service`, and an autostart file for desktops that do not reach graphical-session.target."""

    name = "systemd"
    title = "systemd user unit"
    experimental = False

    def files(self) -> Sequence[File]:
        """The unit and the autostart file."""
        return self.unit(), desktop.autostart()

    def unit(self) -> File:
        """The unit."""
        words = {
            "COMMAND": " ".join(map(unit_quoted, breakd("run"))),
            "BACKOFF": BACKOFF if version() >= BACKOFF_SINCE else STEADY,
            "TARGET": TARGET,
        }
        return filled(UNIT, desktop.config_home() / "systemd" / "user" / UNIT, words)

    def enable(self) -> list[str]:
        """Enable it, and tell the manager what this session is, if it does not know yet."""
        _do("daemon-reload")
        if _properties(UNIT)["LoadState"] == "not-found":
            raise ServiceError(
                f"your user manager does not look into {self.unit().path.parent}: "
                "unset XDG_CONFIG_HOME, or set it for the manager too (systemctl --user set-environment), and try again"
            )
        _do("reenable", UNIT)
        if not any(name in _manager_environment() for name in desktop.SCREENS):
            _import(desktop.session(os.environ))
        reached = run("systemctl", "--user", "is-active", TARGET).ok
        return [] if reached else desktop.by_hand(os.environ)

    def disable(self) -> None:
        """Stop and disable it."""
        if _properties(UNIT)["LoadState"] != "not-found":
            _do("disable", "--now", UNIT)

    def forget(self) -> None:
        """Have the manager forget the unit."""
        _do("daemon-reload")
        run("systemctl", "--user", "reset-failed", UNIT)

    def start(self) -> None:
        """Start it, and wait for its READY."""
        self._go("start")

    def stop(self) -> None:
        """Stop it."""
        _do("stop", UNIT)

    def restart(self) -> None:
        """Restart it, and wait for its READY."""
        self._go("restart")

    def join(self) -> bool:
        """A session begins: tell the manager of it, and start the service there; False if there is none to start."""
        if _properties(UNIT)["LoadState"] != "loaded":
            return False
        if _properties(UNIT)["UnitFileState"] != "enabled":  # somebody said that it shall not start by itself
            return True
        told = desktop.session(os.environ)
        if told.items() <= _manager_environment().items():
            self.start()
        else:  # one that runs already was started for a session that is no more
            _import(told)
            self.restart()
        return True

    def state(self) -> State:
        """How the unit is."""
        found = _properties(UNIT)
        return State(
            enabled=found["UnitFileState"] == "enabled",
            activity=ACTIVITIES.get(found["ActiveState"], "stopped"),
            pid=int(found["MainPID"] or 0),
            since=found["ActiveEnterTimestamp"],
            restarts=int(found["NRestarts"] or 0),
            says=found["StatusText"],
            detail=_detail(found),
            starts=started_by(self.unit().found() or ""),
        )

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """From the journal of systemd."""
        return ("journalctl", "--user", f"--unit={UNIT}", "--no-pager", f"--lines={lines}", *["--follow"] * follow)

    def _go(self, how: str) -> None:
        if _properties(UNIT)["SubState"] == "auto-restart":  # or it would be waited for until the next try is due
            _do("stop", UNIT)
        run("systemctl", "--user", "reset-failed", UNIT)
        done = run("systemctl", "--user", how, UNIT)
        if not done.ok:
            raise ServiceError(f"{UNIT} does not start: {last_words() or done.why}; see `breakd service logs`")


def unreachable() -> str:
    """Why there is no user manager to keep the service; "" if there is one."""
    done = run("systemctl", "--user", "show-environment")
    if done.code == 127:
        return "systemd is not installed"
    if done.ok:
        return ""
    if not Path("/run/systemd/system").exists():
        return "systemd does not run here"
    if not os.environ.get("XDG_RUNTIME_DIR"):
        return (
            "systemd cannot be reached from here, as XDG_RUNTIME_DIR is not set: log in as yourself, not by su or sudo"
        )
    return f"systemd keeps no services for you: {done.why}"


def version() -> int:
    """The version of systemd; 0 if there is none."""
    found = re.match(r"systemd (\d+)", run("systemctl", "--version").out)
    return int(found[1]) if found else 0


def last_words() -> str:
    """The last complaint of the daemon, else that of systemd about it."""
    lines = run("journalctl", "--user", f"--unit={UNIT}", "--no-pager", "--lines=20", "--output=cat").out.splitlines()
    ours = [line.removeprefix("breakd: ") for line in lines if line.startswith("breakd: ")]
    about = [line for line in lines if any(word in line for word in TROUBLE)]
    return (ours or about or [""])[-1]


def started_by(unit: str) -> str:
    """The interpreter that a unit starts; "" if it does not say."""
    found = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    try:
        words = shlex.split(found[1]) if found else []
    except ValueError:  # edited, and not well
        words = []
    return words[0].lstrip("-@:+!").replace("%%", "%").replace("$$", "$") if words else ""


def unit_quoted(word: str) -> str:
    """A word of `ExecStart=`."""
    word = word.replace("%", "%%").replace("$", "$$")
    if word and all(char.isalnum() or char in "/.-_@+:,%$" for char in word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _do(*words: str) -> None:
    done = run("systemctl", "--user", *words)
    if not done.ok:
        raise ServiceError(f"systemctl --user {' '.join(words)}: {done.why}")


def _properties(unit: str) -> dict[str, str]:
    done = run("systemctl", "--user", "show", unit, f"--property={','.join(SHOWN)}")
    if not done.ok:
        raise ServiceError(f"systemd does not tell how {unit} is: {done.why}")
    found = dict(line.split("=", 1) for line in done.out.splitlines() if "=" in line)
    return {name: found.get(name, "") for name in SHOWN}


def _detail(found: dict[str, str]) -> str:
    if found["LoadState"] == "masked":
        return "masked: `systemctl --user unmask breakd` lets it start again"
    if found["ActiveState"] == "active" or found["Result"] in ("", "success"):
        return ""
    return f"it ended by {found['Result']}"


def _manager_environment() -> dict[str, str]:
    lines = run("systemctl", "--user", "show-environment").out.splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {name: _unquoted(value) for name, value in pairs}


def _unquoted(value: str) -> str:
    """As a shell would read it: systemd quotes what needs it, as $'...'."""
    if value.startswith("$'"):
        return value[2:-1].encode().decode("unicode_escape")
    return value


def _import(told: dict[str, str]) -> None:
    if told:
        _do("import-environment", *told)
