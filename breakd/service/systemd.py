"""systemd: a unit of the user's own manager, which waits until it is ready, restarts it, and bounds it.

Sources: systemd.service(5), systemd.exec(5), systemd.special(7), sd_notify(3).
"""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from breakd.service import desktop
from breakd.service.command import ENV, breakd
from breakd.service.kind import Activity, State
from breakd.service.problems import NotKnown, ServiceError
from breakd.service.programs import run
from breakd.service.written import File, filled

UNIT = "breakd.service"
TARGET = "graphical-session.target"
# Each try later than the one before, where systemd can do that; else a steady half minute.
BACKOFF_SINCE = 254
BACKOFF = "RestartSec=1\nRestartSteps=8\nRestartMaxDelaySec=5min"
STEADY = "RestartSec=30"
UNMASK = "`systemctl --user unmask breakd` lets it start again"
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
    "NeedDaemonReload",
    "FragmentPath",
)
PLAIN = re.compile(r"[\w/.-]+")  # paths that systemd shows as they are
SYSTEMS = {Path("/etc"), Path("/usr")}  # units in there are not those of a person
ODD = set("\"'\\$")  # no program of `ExecStart=` may have these in its name
# What systemd says of a program that it cannot start: one that is gone, one that must not be run; and Python of ours.
TROUBLE = ("Failed to locate executable", "Failed at step", "No module named")
WAITS = "auto-restart"  # for the next try
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
            "COMMAND": exec_start(breakd("run")),
            "BACKOFF": BACKOFF if version() >= BACKOFF_SINCE else STEADY,
            "TARGET": TARGET,
        }
        return filled(UNIT, desktop.config_home() / "systemd" / "user" / UNIT, words)

    def check(self) -> None:
        """Whether the manager looks where the unit is to be, and is not told to leave it alone."""
        unit = self.unit().path
        folders = run("systemctl", "--user", "show", "--property=UnitPath", "--value").out
        if folders.strip() and PLAIN.fullmatch(str(unit.parent)) and str(unit.parent) not in folders.split():
            raise ServiceError(_overlooked(unit))
        if _properties(UNIT)["LoadState"] == "masked" and not unit.is_file():
            raise ServiceError(f"it is masked: {UNMASK}, then try again")

    def enable(self) -> list[str]:
        """Enable it, and tell the manager what this session is, if it does not know yet."""
        _do("daemon-reload")
        if _properties(UNIT)["LoadState"] == "not-found":
            raise ServiceError(_overlooked(self.unit().path))
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
        detail, todo = _detail(found)
        unit, used = self.unit(), Path(found["FragmentPath"])
        return State(
            enabled=found["UnitFileState"] == "enabled" and used.is_file(),
            activity="failed" if found["SubState"] == WAITS else ACTIVITIES.get(found["ActiveState"], "stopped"),
            pid=int(found["MainPID"] or 0),
            since=found["ActiveEnterTimestamp"],
            restarts=int(found["NRestarts"] or 0),
            says=found["StatusText"],
            detail=detail,
            todo=todo,
            away=used.is_file() and used.parent != unit.path.parent and not {*used.parents} & SYSTEMS,
            starts=started_by(unit.found() or ""),
        )

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """From the journal of systemd."""
        return ("journalctl", "--user", f"--unit={UNIT}", "--no-pager", f"--lines={lines}", *["--follow"] * follow)

    def _go(self, how: str) -> None:
        found, since = _properties(UNIT), int(time.time())
        if found["NeedDaemonReload"] == "yes":  # changed by hand, and nobody told the manager
            _do("daemon-reload")
        if found["SubState"] == WAITS:  # or it would be waited for until the next try is due
            _do("stop", UNIT)
        run("systemctl", "--user", "reset-failed", UNIT)
        done = run("systemctl", "--user", how, UNIT)
        if not done.ok:
            raise ServiceError(
                f"{UNIT} does not start: {(last_words(since) or done.why).rstrip('.')}; see `breakd service logs`"
            )


def unreachable() -> str:
    """Why there is no user manager to keep the service; "" if there is one. Raises NotKnown."""
    done = run("systemctl", "--user", "show-environment")
    if done.code == 127:
        return "systemd is not installed"
    if done.ok:
        return ""
    if not Path("/run/systemd/system").exists():
        return "systemd does not run here"
    if not os.environ.get("XDG_RUNTIME_DIR"):  # there is a manager, perhaps: only not for whoever came like this
        raise NotKnown(
            "systemd cannot be reached from here, as XDG_RUNTIME_DIR is not set: log in as yourself, not by su or sudo"
        )
    return f"systemd keeps no services for you: {done.why}"


def version() -> int:
    """The version of systemd; 0 if there is none."""
    found = re.match(r"systemd (\d+)", run("systemctl", "--version").out)
    return int(found[1]) if found else 0


def last_words(since: int) -> str:
    """The last complaint of the daemon since then (Unix time), else that of systemd about it."""
    words = (f"--unit={UNIT}", f"--since=@{since}", "--no-pager", "--lines=20", "--output=cat")
    lines = run("journalctl", "--user", *words).out.splitlines()
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
    word = next((word for word in words if word != ENV), "")
    return word.lstrip("-@:+!").replace("%%", "%").replace("$$", "$")


def exec_start(words: Sequence[str]) -> str:
    """The value of `ExecStart=`: what systemd takes for no program's name it takes for that of an argument."""
    odd = ODD & set(words[0]) or not words[0].isprintable()
    return " ".join(map(unit_quoted, (ENV, *words) if odd else words))


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


def _detail(found: dict[str, str]) -> tuple[str, str]:
    """Why it does not run, and what to do about it."""
    if found["ActiveState"] == "active":
        return "", ""
    if found["LoadState"] == "masked":
        return "it is masked", f"{UNMASK}, then `breakd service start`"
    if found["LoadState"] not in ("loaded", "not-found"):
        return f"systemd cannot use its unit ({found['LoadState']})", f"`systemctl --user status {UNIT}` tells why"
    if found["Result"] in ("", "success"):
        return "", ""
    return f"it ended by {found['Result']}{', and is tried again' * (found['SubState'] == WAITS)}", ""


def _overlooked(unit: Path) -> str:
    return (
        f"your user manager does not look into {unit.parent}: unset XDG_CONFIG_HOME, or have it set when you log in, "
        "before your user manager starts, and then try again"
    )


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
