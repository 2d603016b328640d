"""Killed at any instant, `breakd run` goes on just there (rule 24)."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.shell.daemon_parts import Daemon, Home, new_home, wait_for

# What goes on with time, also while nobody runs.
FLOWS = ("plugins", "settings", "at", "sitting_s", "limits", "breaks")


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def state(daemon: Daemon) -> dict[str, object]:
    """What must be the same in the next life."""
    status = daemon.status
    bars = {name: (kind["bar"], kind["snoozes"]) for name, kind in status["breaks"].items()}
    return {key: value for key, value in status.items() if key not in FLOWS} | {"bars": bars}


def test_an_open_prompt_and_a_pause_outlive_a_kill(home: Home) -> None:
    """The same phase, attempt, routine, bar and snoozes; the prompt is shown again, but decided only once."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    daemon.command("snooze", "0.5s")
    wait_for(lambda: f"a full bar: {daemon.status}", lambda: daemon.until("shown")["breaks"]["move"]["bar"] == 2)
    before = state(daemon)
    assert daemon.end(signal.SIGKILL) == -signal.SIGKILL
    again = home.quick()
    assert before == state(again)
    assert before["bars"] == {"move": (2, 1)}
    wait_for(lambda: f"the note: {home.shown()}", lambda: len(home.shown()) == 3)
    _, old, new = home.shown()
    assert old == new
    assert len(home.journalled(did="prompt")) == 2
    again.command("pause", "90m")
    before = state(again)
    again.end(signal.SIGKILL)
    assert before == state(home.quick())
    assert before["paused_until"] is not None


def test_a_break_outlives_a_kill(home: Home) -> None:
    """Killed in the middle of a break it is completed by the next life, once, with the rest of both."""
    longer = {"breaks__move__every": "3s", "breaks__move__for": "2s", "breaks__move__longest": "2s"}
    daemon = home.quick(**longer)
    daemon.tell("active")
    wait_for(lambda: "input", lambda: daemon.status["presence"] == "active")
    daemon.command("start")
    daemon.tell("idle")
    daemon.until("resting")
    daemon.end(signal.SIGKILL)
    again = home.quick(**longer)
    again.until_said("break move: done, 2 s rested")
    again.end()
    assert len(home.journalled(did="break_started")) == 1
    assert len(home.journalled(did="break_done")) == 1
    assert home.breakd("journal", "verify").returncode == 0
