"""breakd as a service of a whole machine: people log in and out, the machine sleeps, versions come and go."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

import breakd
from tests.desktop.machine_parts import VENV, Machine, Person, machine

__all__ = ["machine"]
pytestmark = [pytest.mark.desktop, pytest.mark.namespaces]

OLD = "0.0.9"
QUICK = "[Service]\nRestartSec=100ms\n"
# A break of 2 s after 3 s of input. What a person gets in half an hour takes ten seconds.
FAST = """
[breaks.micro]
enabled = false
[breaks.move]
every = "3s"
for = "2s"
longest = "2s"
[presence]
notice = "1s"
brief = "1s"
away_prompted = "1m"
away_resting = "1s"
reader_input = "1s"
[prompt]
lull = "0.3s"
patience = "0.5s"
after_absence = "0.5s"
per_hour = 60
[notify]
order = ["console"]
[plugins]
tty.enabled = false
"""


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    """One for each person."""
    return count(1)


@pytest.fixture
def person(machine: Machine, numbers: Iterator[int]) -> Iterator[Person]:
    """Somebody who has just logged in, and has never heard of breakd. It is there for everybody."""
    if not machine.has(VENV):
        machine.venv(VENV, "root")
        machine.install(breakd.__version__, VENV, "root")
    one = Person(machine, f"person{next(numbers)}")
    one.login()
    yield one
    one.logout()


def installed(person: Person) -> str:
    """Install the service, which has to go well; the process of the daemon."""
    done = person.breakd("service", "install")
    assert (done.returncode, done.stderr) == (0, "")
    return person.shown("MainPID")


def findings(person: Person, *levels: str) -> list[str]:
    """What `service status` finds of these levels, each with what to do."""
    found = json.loads(person.breakd("service", "status", "--json").stdout)["findings"]
    return [f"{one['text']} -> {one['todo']}" for one in found if one["level"] in levels]


def until_another(person: Person, pid: str) -> str:
    """Wait until another daemon than this is ready; its process."""
    former = ("0", pid)
    person.machine.until(
        "another daemon", lambda: person.shown("MainPID") not in former and person.is_active("breakd.service")
    )
    return person.shown("MainPID")


def test_its_devices_are_its_own(machine: Machine) -> None:
    """Rights that somebody changes inside are not those of the machine below."""
    for name in ("null", "zero", "random", "tty"):
        path = f"/dev/{name}"
        below, number = Path(path).stat(), machine.get("stat", "-c", "%d %i %t:%T", path).split()
        assert number[:2] != [str(below.st_dev), str(below.st_ino)]
        assert number[2] == f"{os.major(below.st_rdev):x}:{os.minor(below.st_rdev):x}"


def test_it_comes_and_goes_with_the_desktop(machine: Machine, person: Person) -> None:
    """Installed once, it is ready after every login, and ends with the session; nobody has to do anything."""
    assert installed(person) != "0"
    person.logout()
    assert machine.run("pgrep", "-u", person.name).stdout == ""
    person.login()
    machine.until("the service", lambda: person.is_active("breakd.service"))
    status = person.status()  # at once: systemd calls it active when commands are answered
    assert (status["version"], status["presence"]) == (breakd.__version__, "active")
    assert findings(person, "warning", "failed") == []
    started = [line for line in person.exported() if line.get("event") == "started"]
    assert len(started) == 2


def test_killed_or_hung_it_comes_again_as_it_was(person: Person) -> None:
    """`kill -9` and a daemon that does not answer any more: another one goes on with the same state."""
    person.dropin(f"{QUICK}WatchdogSec=6\n")
    pid = installed(person)
    person.get(person.program, "pause", "3h")
    paused = person.status()["paused_until"]
    for how in ("KILL", "STOP"):
        person.get("kill", f"-{how}", pid)
        pid = until_another(person, pid)
        assert person.status()["paused_until"] == paused
    assert person.shown("NRestarts") == "2"
    person.get(person.program, "journal", "verify")


def did(person: Person, *names: str) -> list[str]:
    """Which of these events and decisions there were, in order."""
    lines = ((line.get("event") or line.get("did")) for line in person.exported())
    return [name for name in lines if name in names]


def until_did(person: Person, *names: str) -> None:
    """Wait until there were these events and decisions, and no others of their names."""
    person.machine.until(f"{names}", lambda: did(person, *names) == list(names))


def type_until_asked(person: Person) -> None:
    """Work until a prompt is shown."""

    def asked() -> bool:
        person.type()
        return (person.status()["prompt"] or {}).get("phase") == "shown"

    person.machine.until("a prompt", asked)


def test_a_night_is_written_down_before_it_begins(machine: Machine, person: Person) -> None:
    """The machine waits for the journal; in the morning the same daemon goes on, and the night was rest.

    It answers a prompt that was open; the next one comes after input enough. None is lost, none is shown twice.
    """
    person.configure(FAST)
    pid = installed(person)
    for nights in (["suspended", "resumed"], ["suspended", "resumed"] * 2):
        type_until_asked(person)
        machine.suspend(3)
        assert person.exported(f"/run/asleep/{person.name}/.local/state")[-1]["event"] == "suspended"
        until_did(person, *nights)
        machine.until("the end of the break", lambda: person.status()["prompt"] is None)
        status = person.status()
        assert (status["sitting_s"], status["breaks"]["move"]["bar"]) == (0, 0)
    assert did(person, "prompt", "break_done") == ["prompt", "break_done"] * 2
    said = person.get("journalctl", "--user", "--unit=breakd", "--output=cat")
    assert said.count("Time to move") == 2
    assert (person.shown("MainPID"), did(person, "started")) == (pid, ["started"])


def locked(person: Person, expected: bool) -> None:
    """Wait until the daemon takes the screen to be so."""
    person.machine.until(f"locked: {expected}", lambda: person.status()["locked"] is expected)


def test_locks_and_other_users_are_absence(machine: Machine, person: Person) -> None:
    """A lock that logind asks for, and another user's session on the screen, until one's own is back."""
    installed(person)
    locked(person, False)
    machine.get("loginctl", "lock-session", person.session)
    locked(person, True)
    machine.get("loginctl", "unlock-session", person.session)
    locked(person, False)
    other = Person(machine, f"{person.name}-guest")
    other.login()
    locked(person, True)
    machine.get("loginctl", "activate", person.session)
    locked(person, False)
    other.logout()
    assert did(person, "locked", "unlocked") == ["unlocked", *["locked", "unlocked"] * 2]


def test_an_idle_inhibitor_is_a_film(machine: Machine, person: Person) -> None:
    """Who keeps the screen on by logind is watching something, and no longer than that."""
    installed(person)
    inhibitor = ("systemd-inhibit", "--what=idle", "--who=player", "--why=film", "sleep", "60")
    person.get("systemd-run", "--user", "--quiet", "--unit=film", *inhibitor)
    until_did(person, "watching")
    person.get("systemctl", "--user", "stop", "film")
    until_did(person, "watching", "not_watching")


def test_an_upgrade_under_a_running_daemon(machine: Machine, person: Person) -> None:
    """Nobody has to be quick: the old one goes on, every command says so, and `service install` brings the new one."""
    venv = f"{person.home}/breakd"
    machine.venv(venv, person.name)
    machine.install(OLD, venv, person.name)
    person.program = f"{venv}/bin/breakd"
    person.configure(FAST)
    pid = installed(person)
    person.get(person.program, "posture", "standing")
    machine.install(breakd.__version__, venv, person.name)

    assert person.get(person.program, "--version") == f"breakd {breakd.__version__}\n"
    assert (person.shown("MainPID"), person.status()["version"]) == (pid, OLD)
    told = f"version {OLD} is running, {breakd.__version__} is installed: `breakd service restart`"
    assert told in person.get(person.program, "status").splitlines()
    (finding,) = findings(person, "warning", "failed")
    assert finding.startswith(f"the running version is {OLD}, the installed one {breakd.__version__} -> ")
    doctor = json.loads(person.breakd("doctor", "--json").stdout)["findings"]
    assert finding.partition(" -> ")[0] in [one["text"] for one in doctor if one["check"] == "service"]
    person.get(person.program, "posture", "sitting")
    type_until_asked(person)
    for command in ("why", "limits", "plugins list", "pause 1h", "resume"):
        person.get(person.program, *command.split())

    installed(person)
    assert person.status()["version"] == breakd.__version__
    assert findings(person, "warning", "failed") == []
    assert did(person, "posture", "started") == ["started", "posture", "posture", "started"]
    person.get(person.program, "journal", "verify")


def files(person: Person) -> set[str]:
    """All that is in their home."""
    return set(person.get("find", person.home).splitlines())


def test_uninstalled_nothing_is_left_but_data(machine: Machine, person: Person) -> None:
    """No process, no file but the journal's folder, and nothing starts at the next login."""
    before = files(person)
    installed(person)
    done = person.breakd("service", "uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert not [path for path in files(person) - before if "breakd" in path and "/.local/state/breakd" not in path]
    assert machine.run("pgrep", "-u", person.name, "-f", "breakd").stdout == ""
    person.logout()
    person.login()
    assert person.breakd("status").returncode == 3
    assert person.shown("LoadState") == "not-found"
    assert person.breakd("service", "uninstall", "--purge", "--yes").returncode == 0
    assert not [path for path in files(person) - before if "breakd" in path]
