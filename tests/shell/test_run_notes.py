"""Notes on the screen when a real `breakd run` starts and ends: none too many, none left behind."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator

import pytest

from tests.shell.daemon_parts import Home, new_home, wait_for


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def screen(home: Home) -> list[str]:
    """What was shown and withdrawn since the last call, by key."""
    file = home.folder / "screen"
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("", encoding="utf-8")
    return [f"show {line['show']}" if "show" in line else f"withdraw {line['withdraw']}" for line in lines]


def test_a_stopped_daemon_leaves_no_prompt_behind(home: Home) -> None:
    """Its buttons would be dead; the next life asks again."""
    daemon = home.quick()
    daemon.tell("active")
    wait_for(lambda: "the prompt", home.shown)
    screen(home)
    assert (daemon.end(), daemon.err) == (0, "")
    assert "withdraw prompt" in screen(home)
    again = home.quick()
    again.tell("active")
    wait_for(lambda: "the prompt", home.shown)
    assert again.end() == 0
    assert screen(home).count("show prompt") == 1


def test_a_prompt_decided_on_in_the_start_is_shown_once(home: Home) -> None:
    """Killed while a prompt waits for its moment, and started when that has passed."""
    patient = {"prompt__patience": "1s"}
    daemon = home.quick(**patient)
    daemon.tell("active")
    daemon.until("waiting")
    daemon.end(signal.SIGKILL)
    time.sleep(1)
    screen(home)
    again = home.quick(**patient)
    again.tell("active")
    again.until("shown")
    wait_for(lambda: "the prompt", home.shown)
    again.command("snooze")
    again.until(None)
    assert again.end() == 0
    assert screen(home).count("show prompt") == 1
