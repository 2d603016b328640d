"""Check-ins outside the core: the note, its buttons, what they are answered, and a life that ends in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd import Active, Answer
from breakd.core.body.checkins import TAPS
from breakd.core.decisions import CheckIn, CheckInOver
from breakd.core.events import Felt, Slept
from breakd.core.units import MINUTE
from breakd.daemon.speech.bodily import CHECKIN, QUESTIONS, checkin_note
from breakd.daemon.speech.happenings import line
from breakd.daemon.speech.words import PROMPT
from tests.shell.loop_parts import HOUR, FakeClock, Life, life

SETS = ("checkin.at=['mon-fri 09:30', '15:00']", "breaks.move.every=12h", "breaks.micro.every=12h")


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Somebody who wants check-ins, at 9:00."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock(), *SETS, "limits.sitting=12h", "limits.desk=24h") as begun:
        begun.tell(Active())
        yield begun


def asked(of: Life) -> list[str]:
    """The questions so far."""
    return [it.question for it in of.decided if isinstance(it, CheckIn)]


def test_by_button(one: Life) -> None:
    """The calendar rings, the question comes, a tap is a report like any other, and the next question follows."""
    one.runs(33 * MINUTE)
    assert asked(one) == ["sleep"]
    one.tell(Answer(CHECKIN, "sleep-fair"))
    one.tell(Answer(CHECKIN, "back-sore"))
    one.tell(Answer(CHECKIN, "energy-tired"))
    assert asked(one) == ["sleep", "back", "energy"]
    assert [type(it) for it in one.decided][-1] is CheckInOver
    told = [entry.event for entry in one.entries if isinstance(entry.event, Slept | Felt)]
    assert told[1:] == [Felt(pain=3), Felt(sleepiness=7)]
    assert isinstance(told[0], Slept)
    assert told[0].to_ms - told[0].from_ms == 6.5 * HOUR


def test_a_button_that_is_out_of_date(one: Life) -> None:
    """An answer to a question that is not open any more, or to another note, is nothing."""
    before = len(one.entries)
    one.tell(Answer(CHECKIN, "back-sore"))
    one.tell(Answer(PROMPT, "back-sore"))
    one.tell(Answer(CHECKIN, "start"))
    assert len(one.entries) == before


def test_the_afternoon_comes_too(one: Life) -> None:
    """Two times a day, the second without the night that is known."""
    one.runs(33 * MINUTE)
    for tap in ("sleep-enough", "back-fine", "energy-fresh"):
        one.tell(Answer(CHECKIN, tap))
    one.runs(6 * HOUR)
    assert asked(one)[3:] == ["back"]


def test_a_life_that_ends_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is still open after a restart, and answered then."""
    monkeypatch.setenv("TZ", "UTC")
    clock, path = FakeClock(), tmp_path / "journal.db"
    with life(path, clock, *SETS) as first:
        first.tell(Active())
        first.runs(33 * MINUTE)
    with life(path, clock, *SETS) as second:
        assert second.loop.state.checkins.open == "sleep"
        second.tell(Answer(CHECKIN, "sleep-short"))
        assert asked(second) == ["back"]


def test_every_question_has_its_note() -> None:
    """Three buttons, as many as every desktop draws; each has a command that says the same."""
    for question, (title, buttons) in QUESTIONS.items():
        note = checkin_note(CheckIn(0, question))
        assert (note.key, note.title, len(note.buttons), note.tone) == (CHECKIN, title, 3, "quiet")
        for button in buttons:
            assert button.choice.startswith(f"{question}-")
            meant = TAPS[button.choice]
            if isinstance(meant, Felt):
                value = next(each for each in (meant.pain, meant.sleepiness, meant.effort) if each is not None)
                assert button.command.endswith(f" {value}")
            assert button.command in note.plain
    assert set(TAPS) == {button.choice for _, buttons in QUESTIONS.values() for button in buttons}


def test_the_log_tells_of_them() -> None:
    """As people read them."""
    assert line(CheckIn(0, "back")) == "asked: How is your back?"
    assert line(CheckInOver(0, False)) == "check-in: unanswered"
