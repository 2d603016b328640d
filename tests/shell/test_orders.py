"""Commands and answers: what counts as one, and what is said to the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakd import Active, Answer, Busy
from breakd.cli.commands import cli
from breakd.core.units import MINUTE
from breakd.daemon.orders import obey
from breakd.daemon.status import status
from breakd.settings.durations import MONTH
from tests.shell.loop_parts import FakeClock, Life, life


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Somebody who types."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock()) as begun:
        begun.tell(Active())
        yield begun


def commands(one: Life) -> int:
    """How many there were."""
    return one.names.count("command")


def test_an_answer_belongs_to_its_note(one: Life) -> None:
    """A button of another note than the prompt is no answer to the prompt."""
    one.runs(22 * MINUTE)
    assert one.loop.state.slot.phase == "shown"
    one.tell(Answer("warning", "skip"), source="desktop")
    assert commands(one) == 0
    one.tell(Answer("prompt", "skip"), source="desktop")
    assert commands(one) == 1


def test_an_answer_to_a_prompt_that_was_taken_back_is_stale(one: Life) -> None:
    """A call came over the second attempt: its note is gone, though the break still waits."""
    one.loop.command("start", None, "command")
    one.loop.command("stop", None, "command")  # the micro-breaks are out of the way
    while one.loop.state.slot.attempt < 2:
        one.runs(MINUTE)
    one.tell(Busy("call"))
    one.runs(2 * MINUTE)
    assert (one.loop.state.slot.phase, one.loop.state.slot.attempt) == ("waiting", 1)
    before = commands(one)
    one.tell(Answer("prompt", "skip"), source="desktop")
    assert commands(one) == before


@pytest.mark.parametrize("ms", [0, -1, MONTH + 1])
def test_a_time_that_makes_no_sense_is_refused(one: Life, ms: int) -> None:
    """Nothing, less than nothing, and what would end beyond the calendar: an error, and no trace in the journal."""
    with pytest.raises(ValueError, match="at most 31 days"):
        obey(one.loop, "pause", ms)
    assert (commands(one), status(one.loop.current())["paused_until"]) == (0, None)


def test_a_month_of_pause_is_possible(one: Life) -> None:
    """A holiday fits."""
    assert obey(one.loop, "pause", MONTH) == {"said": ["paused until 2026-04-02 09:00"]}
    assert status(one.loop.current())["paused_until"] == "2026-04-02T09:00:00+00:00"


@pytest.mark.parametrize("time", ["0s", "32d", "999999999999d"])
def test_the_command_line_refuses_it_too(time: str) -> None:
    """Wrong usage, before any daemon is asked."""
    found = CliRunner().invoke(cli, ["pause", time])
    assert found.exit_code == 2
    assert f"more than nothing and at most 31 days, found '{time}'" in found.output
