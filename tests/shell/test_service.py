"""`breakd service` where there is no service manager, and what its findings say of each state."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import breakd
from breakd.service.answering import Answering
from breakd.service.health import Service
from breakd.service.kind import State
from breakd.service.systemd import Systemd
from breakd.service.written import Condition
from tests.shell.daemon_parts import BREAKD, Daemon, Home, new_home, wait_for


@pytest.fixture
def home() -> Iterator[Home]:
    """A home on a system without systemd: its programs are not to be found."""
    with new_home() as one:
        tools = one.folder / "tools"
        tools.mkdir()
        for tool in ("tail",):
            found = shutil.which(tool)
            assert found
            (tools / tool).symlink_to(found)
        one.env["PATH"] = str(tools)
        try:
            yield one
        finally:
            one.breakd("service", "stop")


def status(home: Home) -> Any:
    """What `service status --json` tells."""
    return json.loads(home.breakd("service", "status", "--json").stdout)


def test_without_systemd_the_desktop_starts_it(home: Home) -> None:
    """What is missing is said in one line; an autostart file is written, the daemon runs, and can be ended."""
    early = home.breakd("service", "logs")
    assert (early.returncode, early.stdout) == (1, "")
    assert early.stderr.endswith(
        "/breakd/breakd.log: nothing was said yet; what `breakd run` says stands in its terminal\n"
    )
    done = home.breakd("service", "install")
    assert (done.returncode, done.stderr) == (
        0,
        "breakd: systemd is not installed; what is left is the autostart of the desktop\n",
    )
    assert (home.folder / "xdg_config_home" / "autostart" / "breakd.desktop").exists()
    assert json.loads(home.breakd("status", "--json").stdout)["version"] == breakd.__version__
    wait_for(lambda: "its log", lambda: "next: " in home.breakd("service", "logs").stdout)
    first = status(home)
    assert (first["kind"], first["activity"], first["enabled"]) == ("autostart", "running", True)
    assert home.breakd("service", "restart").returncode == 0
    assert status(home)["pid"] not in (0, first["pid"])
    done = home.breakd("service", "uninstall", "--purge", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(home.folder.rglob("breakd*"))
    assert home.breakd("status").returncode == 3


def test_a_session_becomes_the_daemon(home: Home) -> None:
    """`start --session`, which desktops and compositors call, is the daemon itself; what it says is kept."""
    daemon = Daemon(home, [BREAKD, "service", "start", "--session"], None)
    wait_for(lambda: "the daemon", lambda: home.breakd("status").returncode == 0)
    assert status(home)["pid"] == daemon.process.pid
    assert home.breakd("service", "stop").stdout == "stopped\n"
    assert daemon.process.wait() == 0
    assert "next: " in home.breakd("service", "logs").stdout


@pytest.mark.parametrize("command", ["start", "restart"])
def test_what_is_not_installed_is_not_started(home: Home, command: str) -> None:
    """It says what to do instead."""
    done = home.breakd("service", command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "breakd: it is not installed: `breakd service install` does that, and starts it\n"


def test_what_is_not_there_is_not_stopped(home: Home) -> None:
    """Nothing is claimed of a next login at which nothing would start."""
    done = home.breakd("service", "stop")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "breakd: it is not installed, and does not run\n"


def test_root_does_not_install_for_somebody_else(home: Home) -> None:
    """`sudo breakd service install` would give the service to root."""
    home.env["SUDO_USER"] = "somebody"
    done = home.breakd("service", "install")
    if os.geteuid() == 0:
        assert (done.returncode, "without sudo" in done.stderr) == (2, True)
    else:
        assert done.returncode == 0


UNIT = Path("/home/a/.config/systemd/user/breakd.service")
RUNNING = State(enabled=True, activity="running", pid=7, starts=sys.executable)
HERE = Path(sys.executable)
NAMES = [path for path in HERE.parent.glob("python*") if path != HERE and path.resolve() == HERE.resolve()]
OTHER_NAME = str([*NAMES, HERE][0])  # of the same interpreter in the same place
OURS = Answering(7, {"version": breakd.__version__})


def found(
    state: State = RUNNING, condition: Condition = "current", daemon: Answering | None = OURS
) -> list[tuple[str, str, str]]:
    """What is found about a service that is so."""
    service = Service(Systemd(), state, {UNIT: condition}, daemon)
    return [(one.level, one.text, one.todo) for one in service.findings() if one.level != "ok"]


CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "not there": ({"condition": "missing"}, "warning", "not installed"),
    "edited": ({"condition": "edited"}, "warning", "changed by hand"),
    "moved": (
        {"state": State(True, "running", 7, starts="/nowhere/python")},
        "failed",
        "/nowhere/python, which is gone",
    ),
    "this python": ({"state": State(True, "stopped", 7, starts=OTHER_NAME)}, "warning", "not running: it was stopped"),
    "elsewhere": ({"state": State(True, "running", 7, starts="/bin/sh")}, "warning", "it starts /bin/sh, but this is"),
    "disabled": ({"state": State(False, "running", 7)}, "warning", "not enabled"),
    "stopped": ({"state": State(True, "stopped"), "daemon": None}, "warning", "not running: it was stopped"),
    "starting": ({"state": State(True, "starting", 7), "daemon": None}, "warning", "not running yet"),
    "failed": ({"state": State(True, "failed", detail="by core"), "daemon": None}, "failed", "not running: by core"),
    "masked": ({"state": State(True, "stopped", detail="masked"), "daemon": None}, "failed", "not running: masked"),
    "by hand": ({"state": State(True, "stopped"), "daemon": Answering(8, OURS.status)}, "warning", "process 8"),
    "silent": ({"daemon": Answering(7, {})}, "failed", "it runs, but does not answer"),
    "elsewhere's socket": ({"daemon": None}, "failed", "does not answer at the control socket"),
    "old": ({"daemon": Answering(7, {"version": "0.0.1"})}, "warning", "the running version is 0.0.1"),
    "old by hand": ({"daemon": Answering(8, {"version": "0.0.1"})}, "warning", "the running version is 0.0.1"),
    "old unit": ({"condition": "older"}, "warning", "breakd.service is not what this version would write"),
    "old unit of another place": (
        {"condition": "older", "state": State(True, "running", 7, starts="/bin/sh")},
        "warning",
        "it starts /bin/sh",
    ),
    "not from here": (
        {"condition": "missing", "state": State(True, "running", 7, away=True)},
        "warning",
        "not where they would",
    ),
    "other settings": (
        {"daemon": Answering(7, {**OURS.status, "settings": {"file": "/x"}})},
        "warning",
        "from /x, but",
    ),
}


@pytest.mark.parametrize(("how", "level", "words"), CASES.values(), ids=CASES.keys())
def test_each_state_has_its_finding(how: dict[str, Any], level: str, words: str) -> None:
    """One finding that says what is so, and one thing to do about it."""
    (one,) = found(**how)
    assert (one[0], words in one[1], bool(one[2])) == (level, True, True)


def test_when_all_is_well_nothing_is_to_do() -> None:
    """Enabled, running, this version."""
    assert found() == []
