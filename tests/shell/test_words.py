"""What is said: every kind of break in words that fit it."""

from __future__ import annotations

import pytest

from breakd.core.decisions import Because, Prompt, Tone
from breakd.core.units import MINUTE
from breakd.daemon.speech.happenings import line
from breakd.daemon.speech.words import choice, due, prompt_note


def prompt(counts: str, attempt: int = 1, tone: Tone = "gentle") -> Prompt:
    """A prompt without a routine, for a kind that counts this."""
    return Prompt(0, "mine", attempt, tone, None, 3 * MINUTE, 0, (Because(f"bar_{counts}", 1.02, 1),))


@pytest.mark.parametrize(
    ("asked", "title", "text"),
    [
        (prompt("sitting"), "Time to move: 3 min", "Stand up and walk about."),
        (prompt("sitting", 2, "firm"), "Still time to move: 3 min", "Stand up and walk about."),
        (prompt("screen"), "Time for a pause: 3 min", "Look up and let your hands rest."),
        (prompt("input", 2, "firm"), "Still time for a pause: 3 min", "Look up and let your hands rest."),
        (prompt("input", tone="quiet"), "A short pause: 3 min", "Look up and let your hands rest."),
    ],
)
def test_only_breaks_from_sitting_ask_to_move(asked: Prompt, title: str, text: str) -> None:
    """A break of the eyes or the hands is a pause."""
    note = prompt_note(asked)
    assert (note.title, note.text) == (title, text)


@pytest.mark.parametrize("counts", ["sitting", "input", "screen"])
def test_the_bar_is_that_of_the_break(counts: str) -> None:
    """Kinds have any name, so the line says whose bar by the name alone."""
    assert line(prompt(counts)) == "prompt mine: 3 min (bar at 102%)"


@pytest.mark.parametrize(
    ("because", "said"),
    [
        (Because("sore", what="lower back"), "for your sore lower back"),
        (Because("unmoved_ms", 260 * MINUTE, 240 * MINUTE, "neck"), "neck: last moved 4 h 20 min ago"),
        (Because("unmoved_ms", 0, 240 * MINUTE, "neck"), "neck: not moved yet"),
        (Because("walking_first_ms", 40 * MINUTE), "after 40 min of sitting, walking comes first"),
        (Because("waited", 1), "last offered 1 prompt ago"),
        (Because("waited", 12), "last offered 12 prompts ago"),
        (Because("waited", 0), "not offered before"),
        (Because("permitted", 3, 9), "3 of 9 routines for this break are permitted now"),
        (Because("none_in_call", 0, 1), "none of 1 routine can be done in a call"),
        (Because("none_permitted", 0, 9), "none of 9 routines is permitted: see [me] in the settings"),
        (Because("kept"), "the routine that was offered before"),
    ],
)
def test_each_reason_of_a_choice_is_told(because: Because, said: str) -> None:
    """With its number or its region; it is no reason of the break being due."""
    assert (choice((because,)), due((because,))) == ([said], [])


def test_a_prompt_without_permitted_routine_says_so() -> None:
    """Nobody who avoids standing is told to stand up."""
    note = prompt_note(prompt("sitting")).text
    asked = Prompt(
        0, "move", 1, "gentle", None, 3 * MINUTE, 0, (Because("bar_sitting", 1), Because("none_permitted", 0, 9))
    )
    assert note == "Stand up and walk about."
    assert prompt_note(asked).text == "None of 9 routines is permitted: see [me] in the settings"
