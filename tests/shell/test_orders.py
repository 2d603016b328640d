"""Commands and answers: what counts as one, and what is said to the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from breakd import Active, Answer, Busy
from breakd.cli.commands import cli
from breakd.core.events import Configured, Event, Exercised, Felt, Zone
from breakd.core.routines import Routine, Step
from breakd.core.units import HOUR, MINUTE
from breakd.daemon.control.orders import obey, until
from breakd.daemon.speech.status import status
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


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("14:00", "paused until 14:00"),
        ("9:30", "paused until 09:30"),
        ("08:59", "paused until 2026-03-03 08:59"),
        ("09:00", "paused until 2026-03-03 09:00"),  # not for no time at all
        ("tomorrow", "paused until 2026-03-03 04:00"),
    ],
)
def test_a_pause_until_a_time_of_day(one: Life, moment: str, said: str) -> None:
    """The next time it is so late, by the local clock; tomorrow begins when the next day does."""
    assert obey(one.loop, "pause", until(one.loop, moment)) == {"said": [said]}


@pytest.mark.parametrize("moment", ["", "noon", "25:00", "14:60", "14", "14:00:00", "-1:00", "xx:yy"])
def test_a_time_of_day_that_is_none(one: Life, moment: str) -> None:
    """It says what is expected, and nothing happens."""
    with pytest.raises(ValueError, match='expected a time of day such as "14:00", or "tomorrow"'):
        until(one.loop, moment)


def test_tomorrow_in_the_small_hours_is_this_morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At two the day before goes on: the next one starts at four."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock()) as late:
        late.runs(17 * HOUR)
        assert obey(late.loop, "pause", until(late.loop, "tomorrow")) == {"said": ["paused until 04:00"]}


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [("Europe/Berlin", "10:30", 0.5), ("America/New_York", "10:30", 6.5), ("Asia/Kolkata", "14:30", 0)],
)
def test_the_time_of_day_is_the_persons_own(one: Life, zone: str, moment: str, hours: float) -> None:
    """At 09:00 in London it is 10:00, 04:00 and 14:30 elsewhere."""
    one.tell(Zone(zone))
    assert until(one.loop, moment) == (hours or 24) * HOUR


def test_an_unknown_routine_is_refused_with_the_nearest(one: Life) -> None:
    """Nothing is started, and what was probably meant is said."""
    routine = Routine(id="walking.stairs", title="Stairs", steps=(Step("Climb", 60),))
    one.tell(Configured(replace(one.loop.state.rules, routines=(routine,))))
    with pytest.raises(ValueError, match=r"no such routine: walking.stair \(did you mean walking.stairs\?\)"):
        obey(one.loop, "start", None, "walking.stair")
    assert commands(one) == 0
    begun, steps = obey(one.loop, "start", None, "stairs")["said"]
    assert begun.startswith("break move: started")
    assert steps == "Stairs: `breakd routines show walking.stairs`"
    assert one.loop.state.slot.routine == "walking.stairs"


@pytest.mark.parametrize(("avoid", "said"), [((), 0), (("stairs",), 1)])
def test_a_break_without_a_routine_says_so(one: Life, avoid: tuple[str, ...], said: int) -> None:
    """If there are some, but none that may be offered."""
    rules = one.loop.state.rules
    one.tell(Configured(replace(rules, routines=(STAIRS,), me=replace(rules.me, avoid=avoid))))
    assert sum(line.startswith("without a routine: ") for line in obey(one.loop, "start")["said"]) == said


STAIRS = Routine(
    id="walking.stairs", title="Stairs", steps=(Step("Climb", 60),), met=8.0, needs=("stairs",), places=("office",)
)


@pytest.mark.parametrize(
    ("me", "told", "said"),
    [
        ({}, [], []),
        ({}, [Felt(pain=3)], []),
        ({}, [Felt(pain=8)], ["with pain this strong it offers easy walking and changes of position without bending"]),
        ({}, [Felt(sleepiness=9)], ["readiness is low today, and it would offer something lighter"]),
        ({}, [Exercised(120, 9)], ["it is more exertion than is left for today"]),
        ({"equipment": ()}, [], ["it needs stairs, which [me] equipment in your settings does not have"]),
        ({"places": ("home",)}, [], ["it is for office, which [me] places in your settings does not have"]),
        ({"avoid": ("stairs",)}, [Felt(pain=8)], ["[me] avoid in your settings has stairs"]),
    ],
)
def test_what_speaks_against_a_routine_is_said(
    one: Life, me: dict[str, Any], told: list[Event], said: list[str]
) -> None:
    """Rules 14 and 22: what the person names is begun whatever the settings or the body say, and they are told so."""
    rules = one.loop.state.rules
    one.tell(Configured(replace(rules, routines=(STAIRS,), me=replace(rules.me, **me))))
    for event in told:
        one.tell(event)
    _, _, *more = obey(one.loop, "start", None, "stairs")["said"]
    assert more == [f"by itself breakd would not offer it now: {each}" for each in said]
    assert one.loop.state.slot.routine == "walking.stairs"


def test_only_start_takes_a_routine(one: Life) -> None:
    """Any other command with one is a mistake."""
    with pytest.raises(ValueError, match="goes with start alone"):
        obey(one.loop, "pause", None, "walking.stairs")


@pytest.mark.parametrize("words", [["until"], ["until", "25:00"], ["until", "noon", "sharp"], ["10m", "20m"]])
def test_words_that_make_no_time(words: list[str]) -> None:
    """Wrong usage, before any daemon is asked."""
    found = CliRunner().invoke(cli, ["pause", *words])
    assert (found.exit_code, "until tomorrow" in found.output) == (2, True)
