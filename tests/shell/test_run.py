"""`breakd run` as a person meets it: what it says, what its commands do, how it begins and ends."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
from collections.abc import Iterator

import pytest

import breakd
from tests.shell.daemon_parts import BREAKD, Daemon, Home, new_home, wait_for

STATUS = {"presence", "since", "breaks", "prompt", "limits", "sleep", "readiness", "paused_until", "version"}


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


@pytest.fixture(scope="module")
def calm() -> Iterator[Daemon]:
    """A daemon with the shipped settings in front of somebody who types: nothing is due. For looking at only."""
    with new_home() as one:
        daemon = one.run().introduced()
        daemon.tell("active")
        wait_for(lambda: "the first input", lambda: daemon.status["presence"] == "active")
        yield daemon


def test_it_introduces_itself(calm: Daemon) -> None:
    """Within seconds it says what it watches, how it notifies, and what comes next."""
    assert calm.out.splitlines()[:2] == ["watches: remote", "notifies: remote, then console"]
    assert re.fullmatch(r"next: \S.*", calm.out.splitlines()[2])


def test_reasons_are_told_where_nobody_sees_input(home: Home) -> None:
    """Then they matter, and come before the rest. Who cannot show anything here is not said to notify."""
    home.env.pop("DBUS_SESSION_BUS_ADDRESS")
    home.configure("[plugins.remote]\nenabled = false\n[plugins.tty]\nenabled = false\n")
    before, _, after = home.begin().introduced().out.partition("watches: ")
    assert "source x11: unavailable: no X server (DISPLAY is not set)\n" in before
    assert after.splitlines()[1] == "notifies: console"
    assert "not for this machine" not in after


def test_it_says_when_the_next_break_is_due(home: Home) -> None:
    """Somebody who is there from the start is told the time."""
    daemon = home.run()
    daemon.tell("active")
    assert re.search(
        r"^next: a micro break at \d\d:\d\d, if you keep on as now$", daemon.introduced().out, re.MULTILINE
    )


def test_the_status_keeps_its_contract(calm: Daemon) -> None:
    """`status --json` is one line with the keys that others build on."""
    found = calm.home.breakd("status", "--json")
    assert (found.returncode, found.stderr, found.stdout.count("\n")) == (0, "", 1)
    status = json.loads(found.stdout)
    assert STATUS - status.keys() == set()
    assert {"micro", "move"} == status["breaks"].keys()
    assert all({"bar", "due_at"} <= kind.keys() for kind in status["breaks"].values())
    assert {"sitting", "standing", "desk"} <= status["limits"].keys()
    assert all({"value", "of", "unit", "level"} == limit.keys() for limit in status["limits"].values())
    assert {"last_night_s", "debt_s", "awake_s"} == status["sleep"].keys()
    assert (breakd.__version__, "active", None) == (status["version"], status["presence"], status["prompt"])


def test_the_status_can_be_read(calm: Daemon) -> None:
    """People get a line on themselves, one for each bar and each limit, and who sees them."""
    found = calm.home.breakd("status")
    assert (found.returncode, found.stderr) == (0, "")
    lines = found.stdout.splitlines()
    assert re.fullmatch(r"active since \d\d:\d\d, sitting for 0 min", lines[0])
    assert [line.split()[0] for line in lines[1:]] == ["micro", "move", "sitting", "standing", "desk", "input"]
    assert lines[-1] == "input is seen by remote"


def test_a_command_with_nothing_to_do_says_so(calm: Daemon) -> None:
    """One line and exit code 1: the person expected something to happen."""
    found = calm.home.breakd("snooze")
    assert (found.returncode, found.stdout, found.stderr) == (1, "", "breakd: nothing to snooze: no break is due\n")
    assert [calm.command(name)["error"] for name in ("stop", "skip", "resume")] == [
        "no break is on",
        "nothing to skip: no break is due",
        "not paused",
    ]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["snooze", "soon"], 'such as "20m"'),
        (["snoze"], "Did you mean 'snooze'?"),
        (["status", "--jsn"], "--json"),
        (["run", "--set", "breaks.move.evry=1h"], "breaks.move.evry"),
        (["run", "--config", "nowhere.toml"], "nowhere.toml"),
        (["run", "--log-level", "all"], "debug"),
    ],
)
def test_wrong_use_is_exit_code_2(calm: Daemon, words: list[str], hint: str) -> None:
    """What was wrong is said with what is expected; nothing was done."""
    found = calm.home.breakd(*words)
    assert (found.returncode, found.stdout) == (2, "")
    assert hint in found.stderr


@pytest.mark.parametrize("name", ["status", "start"])
def test_without_a_daemon_it_is_exit_code_3(home: Home, name: str) -> None:
    """One line says that none runs, and how to start one."""
    found = home.breakd(name)
    assert (
        found.returncode,
        found.stdout,
        found.stderr,
    ) == (3, "", "breakd: no daemon is running; start one with `breakd run`\n")


def test_commands_do_what_the_buttons_do(home: Home) -> None:
    """Snooze, skip, start, stop, pause and resume, each answered with what it led to."""
    daemon = home.quick("--set=prompt.skip=0.5s")
    daemon.tell("active")
    daemon.until("shown")
    steps = [
        ("snooze 0.5s", "shown", "snoozed: move, first time"),
        ("skip", "shown", "skipped: move"),
        ("start", "halted", "break move: started, 0 s of 1 s rested"),
        ("stop", None, "break move: ended early, 0 s rested count"),
    ]
    for words, phase, said in steps:
        found = home.breakd(*words.split())
        assert (0, said, "") == (found.returncode, found.stdout.splitlines()[0], found.stderr)
        assert (": `breakd routines show " in found.stdout) == (words == "start")
        if phase:
            daemon.until(phase)
    paused = home.breakd("pause", "90m")
    assert (paused.returncode, paused.stderr) == (0, "")
    assert re.fullmatch(r"paused until ([\d-]{10} )?\d\d:\d\d\n", paused.stdout)  # with the date, late at night
    assert daemon.status["paused_until"] is not None
    assert home.breakd("resume").stdout == "resumed\n"
    assert daemon.status["paused_until"] is None


def test_stopping_is_the_answer(home: Home) -> None:
    """The prompt has its buttons; who goes idle gets a break that starts and ends by itself, and nothing is clicked."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    daemon.tell("idle")
    daemon.until_said("break move: done")
    wait_for(lambda: f"the last note: {home.shown()}", lambda: len(home.shown()) == 2)
    asked, done = home.shown()
    assert (asked["title"], asked["buttons"]) == ("Time to move: 1 s", ["Start", "Snooze", "Skip"])
    assert (done["title"], done["buttons"]) == ("Break done", [])
    daemon.end()
    did = [line["did"] for line in home.journalled() if "did" in line]
    assert did == ["prompt", "break_started", "break_done"]


def test_an_answer_counts_once(home: Home) -> None:
    """A button is a command; pressed again, when the prompt is gone, it is stale."""
    daemon = home.quick("--log-level=debug")
    daemon.tell("active")
    daemon.until("shown")
    for _ in range(2):
        daemon.tell("answer", key="prompt", choice="snooze")
    daemon.until(None)
    daemon.tell("idle")
    daemon.until_said("remote: idle")
    assert daemon.status["breaks"]["move"]["snoozes"] == 1
    daemon.end()
    assert len(home.journalled(event="command")) == 1


def test_only_the_person_can_reach_it(calm: Daemon) -> None:
    """The socket is 0600 in a folder of 0700, and so is what is written down."""
    home = calm.home
    places = {path: stat.S_IMODE(path.stat().st_mode) for path in (home.socket, home.socket.parent, home.journal)}
    assert {home.socket: 0o600, home.socket.parent: 0o700, home.journal: 0o600} == places
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700


def test_a_second_daemon_is_refused(calm: Daemon) -> None:
    """One line names the process that is there, and the first one goes on."""
    found = calm.home.breakd("run")
    assert (found.returncode, found.stdout) == (1, "")
    assert (
        f"breakd: journal {calm.home.journal}: in use by breakd, process {calm.process.pid}: stop that one first\n"
        == found.stderr
    )
    assert calm.status["presence"] == "active"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly(home: Home, how: signal.Signals) -> None:
    """SIGTERM and Ctrl-C: exit code 0, no socket left, nothing on standard error."""
    daemon = home.run()
    assert daemon.status["presence"] == "away"
    assert (daemon.end(how), daemon.err, home.socket.exists()) == (0, "", False)


def test_quiet_says_nothing(home: Home) -> None:
    """With --quiet a break comes and goes without a line; notes are shown all the same."""
    daemon = home.quick("--quiet")
    daemon.tell("active")
    wait_for(lambda: "the prompt", home.shown)
    daemon.end()
    assert (daemon.out, daemon.err) == ("", "")


def test_debug_says_all(home: Home) -> None:
    """With --log-level debug every event has a line with its source."""
    daemon = home.run("--log-level", "debug")
    daemon.tell("active")
    daemon.tell("busy", reason="call")
    daemon.until_said("remote: busy")
    assert re.findall(r"remote: \w+", daemon.out) == ["remote: active", "remote: busy"]


def test_a_terminal_that_closes_does_not_end_it(home: Home) -> None:
    """Its reader goes away, and it goes on: prompts, commands, a clean end."""
    reading, writing = os.pipe()
    daemon = home.begin(stdout=writing)
    os.close(writing)
    os.close(reading)
    daemon.take_hands().tell("active")
    assert "nothing to snooze" in daemon.command("snooze")["error"]
    assert daemon.command("start")["ok"]
    assert (daemon.end(), daemon.err) == (0, "")


def test_it_runs_without_standard_output(home: Home) -> None:
    """As a service manager or `>&-` may start it."""
    words = [BREAKD, "run", *(f"--set=plugins.{name}.enabled=false" for name in ("tty", "plyer"))]
    process = subprocess.Popen(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *words], env=home.env)
    wait_for(lambda: "its socket", home.socket.exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_the_journal_goes_out_and_in_again(home: Home) -> None:
    """Export, import elsewhere, verify: the same rows, and every decision comes out the same."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    assert home.breakd("journal", "verify").returncode == 0, "also while it runs"
    daemon.end()
    file = home.folder / "all.jsonl"
    assert home.breakd("journal", "export", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with new_home() as other:
        rows = len(file.read_text().splitlines())
        taken = other.breakd("journal", "import", "-", stdin=file.read_text())
        assert (0, f"{rows} lines taken over into {other.journal}\n") == (taken.returncode, taken.stdout)
        assert file.read_text() == other.breakd("journal", "export").stdout
        assert {"journal": str(other.journal), "rows": rows, "problems": []} == json.loads(
            other.breakd("journal", "verify", "--json").stdout
        )
        assert other.breakd("journal", "import", str(file)).returncode == 1, "never into a journal that has rows"


def test_a_pipe_that_ends_early_is_no_traceback(calm: Daemon) -> None:
    """`breakd status | head -1` says its line and nothing else."""
    found = subprocess.run(
        ["sh", "-c", f"{BREAKD} status | head -1"], env=calm.home.env, capture_output=True, text=True, check=False
    )
    assert (found.stdout.count("\n"), found.stderr) == (1, "")
