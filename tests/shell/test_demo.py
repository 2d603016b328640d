"""`breakd demo` on a bare machine: it needs no terminal, no display, no bus, and no daemon."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.shell.daemon_parts import BREAKD, Home, new_home


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs."""
    with new_home() as one:
        yield one


def test_without_anything_it_tells_the_whole_day(home: Home) -> None:
    """Decisions as they come, why nothing could be shown, the timeline, one reason, and what to do next."""
    found = home.breakd("demo", "--seconds", "0")
    assert (found.returncode, found.stderr) == (0, "")
    assert "\x1b" not in found.stdout, "no colours and no cursor where there is no terminal"
    assert "No notifications could be shown here:" in found.stdout
    parts = re.split(r"^(The day|Why the prompt at \d\d:\d\d|What to do next)$", found.stdout, flags=re.MULTILINE)
    assert [re.sub(r"\d\d:\d\d", "…", title) for title in parts[1::2]] == [
        "The day",
        "Why the prompt at …",
        "What to do next",
    ]
    told, day, why, following = parts[0::2]
    assert {"prompt", "break", "snoozed"} <= set(re.findall(r"^\d\d:\d\d  (\w+)", told, re.MULTILINE))
    rows = re.findall(r"^\d\d:00  (.+)$", day, re.MULTILINE)
    assert len(rows) >= 7
    assert set("█·▲●") <= set("".join(rows)), "sitting, rest, prompts and breaks are drawn"
    assert all(len(row) <= 60 for row in rows), "an hour is a row of sixty minutes"
    assert "sitting" in why
    nexts = ["breakd run", "breakd service", "breakd status", "breakd --help"]
    assert re.findall(r"^  (breakd \S+) ", following, re.MULTILINE) == nexts
    assert not home.state.exists(), "a made-up day leaves no journal"


def test_every_prompt_that_is_told_is_drawn(home: Home) -> None:
    """The timeline is that of the decisions above it."""
    found = home.breakd("demo", "--seconds", "0", "--no-notifications")
    told = re.findall(r"^(\d\d):(\d\d)  prompt ", found.stdout, re.MULTILINE)
    rows = dict(re.findall(r"^(\d\d):00  (.+)$", found.stdout, re.MULTILINE))
    assert told
    assert [(hour, minute) for hour, minute in told if rows[hour][int(minute)] not in "▲●✕"] == []


def test_on_a_terminal_it_shows_how_far_the_day_is(home: Home) -> None:
    """A progress bar below the lines, gone at the end."""
    ours, theirs = pty.openpty()
    env = {**home.env, "TERM": "xterm-256color", "COLUMNS": "100"}
    words = [BREAKD, "demo", "--seconds", "1", "--no-notifications"]
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the end of a terminal is an error on Linux
        while data := os.read(ours, 65536):
            seen += data
    os.close(ours)
    assert process.wait(20) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    shares = {int(share) for share in re.findall(r"the day ━+ +(\d+)%", text)}
    assert len(shares) > 1, "it moves"
    assert "the day" not in text.partition("What to do next")[2]
