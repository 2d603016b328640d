"""Whatever goes on at the control socket, prompts come when they are due, and the person's own commands get through."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.shell.daemon_parts import ROOT, Daemon, Facts, Home, new_home, wait_for
from tests.thorough import times

ROUNDS = times(2, 8)


@pytest.fixture
def home() -> Iterator[Home]:
    """A home of its own."""
    with new_home() as one:
        yield one


@contextmanager
def besieged(home: Home) -> Iterator[None]:
    """With rubbish, floods, a thousand connections, followers that never read and half requests, all at once."""
    words = [sys.executable, "-m", "benchmarks.besiegers", str(home.socket)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as siege:
        assert siege.stdout is not None and siege.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            siege.kill()


def one_round(daemon: Daemon) -> None:
    """A prompt that comes, is shown, and is answered by rest."""
    before = len(daemon.home.shown())
    daemon.tell("active")
    wait_for(lambda: "a prompt", lambda: any(note["show"] for note in daemon.home.shown()[before:]))
    daemon.tell("idle")
    wait_for(lambda: "the end of the break", lambda: "Break done" in str(daemon.home.shown()[before:]))


def delays(home: Home) -> list[float]:
    """From the input to each prompt, seconds."""
    found: list[float] = []
    since: Facts = {}
    for line in home.journalled():
        if line.get("event") == "active":
            since = line
        elif line.get("did") == "prompt":
            found.append((moment(line["at"]) - moment(since["seen"])).total_seconds())
    return found


def moment(text: str) -> datetime:
    """A time of the journal."""
    return datetime.fromisoformat(text)


@pytest.mark.thorough
def test_prompts_come_at_the_same_times(home: Home) -> None:
    """Half a second of input and a tenth of patience: to the millisecond, as without a siege. Commands get through."""
    daemon = home.quick()
    daemon.until(None)
    with besieged(home):
        for _ in range(ROUNDS):
            one_round(daemon)
        for _ in range(times(3, 10)):
            answered = home.breakd("status", "--json")
            assert (answered.returncode, answered.stderr) == (0, "")
        assert home.breakd("pause", "1h").returncode == 0
    assert delays(home) == [0.6] * ROUNDS
    assert daemon.err == ""
    assert daemon.end() == 0


@pytest.mark.thorough
def test_a_reader_that_is_slow_costs_no_memory(home: Home) -> None:
    """What waits for those who do not read is bounded: the daemon is hardly larger after a siege than before."""
    daemon = home.quick()
    daemon.until(None)
    before = resident(daemon)
    with besieged(home):
        for _ in range(ROUNDS):
            one_round(daemon)
    assert resident(daemon) - before < 24 * 1024  # KiB: 64 connections of at most 64 and 256 KiB, the kernel's apart
    assert daemon.end() == 0


def resident(daemon: Daemon) -> int:
    """KiB."""
    text = Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS"))


def wakes(pid: int) -> int:
    """How often a process went to sleep by itself, which it does once a wake-up."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("voluntary_ctxt_switches"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc")
def test_a_follower_sleeps_until_its_line_changes(home: Home) -> None:
    """Forty events that change nothing in the line: it is not woken once. One that does: one line."""
    daemon = home.run()
    with following(home) as follower:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "away\n"
        daemon.tell("active")
        assert follower.stdout.readline().startswith("break at ")
        wait_for(lambda: "its sleep", lambda: Path(f"/proc/{follower.pid}/wchan").exists() and asleep(follower.pid))
        before = wakes(follower.pid)
        for _ in range(20):
            daemon.tell("watching")
            daemon.tell("not_watching")
        wait_for(lambda: "all events", lambda: len(home.journalled(event="not_watching")) == 20)
        assert wakes(follower.pid) == before
        daemon.command("pause", "1h")
        assert follower.stdout.readline().startswith("paused until ")
        assert daemon.end() == 0
        assert follower.stdout.readlines() == ["\n"]
        assert follower.wait() == 3


@contextmanager
def following(home: Home) -> Iterator[subprocess.Popen[str]]:
    """A status bar."""
    words = [sys.executable, "-m", "breakd", "status", "--follow", "--format", "plain"]
    with subprocess.Popen(words, env=home.env, stdout=subprocess.PIPE, text=True) as follower:
        try:
            yield follower
        finally:
            if follower.poll() is None:
                follower.kill()


def asleep(pid: int) -> bool:
    """Whether it waits for something."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "S"
