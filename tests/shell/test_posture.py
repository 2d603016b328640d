"""Sit and stand: the command, the buttons, and what they are answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakd import Active, Answer, Button
from breakd.cli.commands import cli
from breakd.core.decisions import Because, Prompt, Warn
from breakd.core.events import Posture
from breakd.core.units import MINUTE
from breakd.daemon.control.orders import stand
from breakd.daemon.speech.words import PROMPT, WARNING, prompt_note, warning_note
from tests.shell.loop_parts import FakeClock, Life, life


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Somebody who types at a desk whose height can be changed."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock(), 'me.desk="sit-stand"', "breaks.micro.enabled=false") as begun:
        begun.tell(Active())
        yield begun


def test_the_command_is_an_event(one: Life) -> None:
    """What was said stands in the journal; what is so already, or is no posture, is refused with a reason."""
    assert stand(one.loop, "standing") == {"said": ["standing from now on"]}
    assert one.loop.state.presence.stance == "standing"
    assert one.entries[-1].event == Posture("standing")
    with pytest.raises(ValueError, match="already standing"):
        stand(one.loop, "standing")
    for value in ("lying", None, 5, ["sitting"]):
        with pytest.raises(ValueError, match="expected one of: sitting, standing, walking"):
            stand(one.loop, value)


def test_the_button_of_a_prompt_stands_up(one: Life) -> None:
    """Stand is an answer to the prompt: the bar eases, and the prompt goes once it applies no longer."""
    one.runs(34 * MINUTE)
    assert one.loop.state.slot.phase == "shown"
    one.tell(Answer(PROMPT, "stand"), source="desktop.answers")
    assert one.loop.state.presence.stance == "standing"
    one.runs(9 * MINUTE)
    assert (one.loop.state.slot.phase, one.did[-1]) == ("calm", "withdraw")


def test_the_button_of_a_warning_sits_down(one: Life) -> None:
    """A warning is no prompt, but its button counts."""
    stand(one.loop, "standing")
    one.tell(Answer(WARNING, "sit"), source="desktop.answers")
    assert one.loop.state.presence.stance == "sitting"


def test_notes_have_the_button() -> None:
    """Beside Start, so that desktops that draw three buttons draw it; a warning has it alone; commands stand by."""
    because = (Because("bar_sitting", 1.02, 1),)
    asked = Prompt(0, "move", 1, "gentle", None, 3 * MINUTE, 0, because, posture="standing")
    buttons = prompt_note(asked).buttons
    assert [button.choice for button in buttons] == ["start", "stand", "snooze", "skip"]
    warned = Warn(0, "standing", "over", 40 * MINUTE, 40 * MINUTE, (), posture="sitting")
    assert warning_note(warned).buttons == (Button("sit", "Sit", "breakd posture sitting"),)
    assert "breakd posture sitting" in warning_note(warned).plain


def test_a_word_that_is_no_posture_is_wrong_usage() -> None:
    """The command line names those there are."""
    found = CliRunner().invoke(cli, ["posture", "lying"])
    assert (found.exit_code, "'sitting', 'standing', 'walking'" in found.output) == (2, True)
