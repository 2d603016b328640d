"""Lines for status bars: what each moment looks like, and that only what a reader would see makes another line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd import Active, Busy, Free, Idle
from breakd.core.decisions import Missed
from breakd.core.events import Command, Entry
from breakd.core.state import State
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.control.followers import Followers, follow_log, follow_status, rendered
from breakd.daemon.control.looks import FORMATS, look
from breakd.daemon.speech.status import status
from tests.shell.loop_parts import FakeClock, Life, life


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A daemon on 2026-03-02 at 09:00 UTC."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock()) as begun:
        yield begun


def seen(one: Life) -> tuple[str, str]:
    """(text, kind) now."""
    found = look(one.loop.current())
    return found.text, found.kind


def test_each_moment_has_its_line(one: Life) -> None:
    """Away, working, due, asked for, on, halted, paused. The micro-breaks on the way are not spoken of."""
    assert seen(one) == ("away", "away")
    one.tell(Active())
    assert seen(one) == ("break at 09:30", "calm")
    one.runs(22 * MINUTE)
    assert one.loop.state.slot.phase == "shown"  # a micro-break
    assert seen(one) == ("break at 09:30", "calm")
    one.runs(8 * MINUTE)
    assert seen(one) == ("time to move", "due")
    one.runs(2 * MINUTE)
    assert seen(one) == ("time to move", "prompt")
    one.tell(Command("start"))
    assert seen(one) == ("break halted", "break")
    one.tell(Idle())
    one.runs(30 * SECOND)
    assert seen(one) == ("break until 09:35", "break")
    one.tell(Command("stop"))
    one.tell(Command("pause"))
    assert seen(one) == ("paused until 10:32", "paused")


def test_what_is_over_its_limit_is_in_the_class(one: Life) -> None:
    """And in the tooltip."""
    one.tell(Active())
    one.runs(50 * MINUTE)
    bar = FORMATS["waybar"](look(one.loop.current()))
    assert isinstance(bar, dict)
    assert (bar["class"][-1], bar["tooltip"].splitlines()[-1]) == ("near", "sitting: near its limit")


class Follower:
    """Hears what is told."""

    def __init__(self, one: Life, style: str) -> None:
        self.heard: list[dict[str, Any]] = []
        self.house = Followers(self.heard.append)  # type: ignore[arg-type]  # a warning would be heard too
        found = follow_status(self.house, style, status, one.loop.state)
        self.first = found.first
        self.end = found.begin(self.heard.append)

    def step(self, state: State) -> None:
        """A step was taken."""
        self.house.happened(None, (), state)


@pytest.mark.parametrize("style", ["plain", "json"])
def test_nothing_ticks(one: Life, style: str) -> None:
    """Minutes with nothing new are no line; that the bar and the sitting grew is known without."""
    one.tell(Active())
    follower = Follower(one, style)
    for _ in range(10):
        one.runs(MINUTE)
        follower.step(one.loop.current())
    assert follower.heard == []


def test_what_a_reader_would_see_is_a_line(one: Life) -> None:
    """As JSON a call is news; in the text only the pause is."""
    one.tell(Active())
    text, data = Follower(one, "plain"), Follower(one, "json")
    for event in (Busy("call"), Free("call"), Command("pause")):
        one.tell(event)
        text.step(one.loop.state)
        data.step(one.loop.state)
    assert text.heard == [{"push": "status", "line": "paused until 10:00"}]
    assert [told["status"]["busy"] for told in data.heard] == [["call"], [], []]


def test_who_left_is_told_no_more(one: Life) -> None:
    """Its end is the end."""
    follower = Follower(one, "plain")
    follower.end()
    one.tell(Active())
    follower.step(one.loop.state)
    assert follower.heard == []


def test_a_follower_that_fails_holds_up_nobody(one: Life) -> None:
    """It is told no more, that is said, and the others are told."""
    warned: list[str] = []
    heard: list[object] = []
    house = Followers(warned.append)
    house.add(lambda *_: heard.append(1 / 0))
    house.add(lambda *_: heard.append("told"))
    for _ in range(2):
        house.happened(None, (), one.loop.state)
    assert heard == ["told", "told"]
    assert warned == ["a follower is told no more: ZeroDivisionError: division by zero"]


@pytest.mark.parametrize("style", ["sixel", 3, ["plain"]])
def test_an_unknown_format_is_refused(one: Life, style: object) -> None:
    """With those there are."""
    with pytest.raises(ValueError, match="expected one of: json, plain, waybar, polybar"):
        rendered(style, status, one.loop.state)


def test_the_log_is_told_line_by_line(one: Life) -> None:
    """Events and decisions, in the order of the journal."""
    house = Followers(lambda line: None)
    found = follow_log(house, 7)
    heard: list[dict[str, Any]] = []
    found.begin(heard.append)
    now = one.loop.state.now
    house.happened(Entry(now + 20_000, now, Idle(), "x11"), (Missed(now, "move"),), one.loop.state)
    assert found.first == {"seq": 7}
    at = "2026-03-02T09:00:00.000+00:00"
    idle = {"at": at, "event": "idle", "source": "x11", "seen": "2026-03-02T09:00:20.000+00:00"}
    missed = {"at": at, "did": "missed", "break": "move", "rested_s": 0}
    assert heard == [{"push": "log", "log": idle}, {"push": "log", "log": missed}]
