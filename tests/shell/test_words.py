"""What is said: every kind of break in words that fit it."""

from __future__ import annotations

import pytest

from breakd.core.decisions import Because, Prompt, Tone
from breakd.core.units import MINUTE
from breakd.daemon.words import line, prompt_note


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
