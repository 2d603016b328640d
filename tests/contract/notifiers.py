"""What every notifier keeps to. A test class inherits a contract and gives it a `stage` fixture."""

from __future__ import annotations

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from breakd import Answer, Button, Event, Note, Notifier

BUTTONS = (
    Button("start", "Start", "breakd start"),
    Button("snooze", "Snooze", "breakd snooze"),
    Button("skip", "Skip", "breakd skip"),
)
HARD_TEXTS = {
    "empty": "",
    "dash": "-u critical",
    "double dash": "--help",
    "markup": "<b>bold</b> & <i>open",
    "entity": "&lt;b&gt; &amp;",
    "backslash": "C:\\new\\table",
    "lines": "one\ntwo\n\nthree",
    "10 kB": "stretch " * 1280,
    "NUL": "before\0after",
    "half a surrogate pair": "before\ud83dafter",
    "beyond ASCII": "Rücken - 背中 - 🧍",
}


class Stage(ABC):
    """A notifier in front of a screen that can be looked at."""

    notifier: Notifier

    @property
    def heard(self) -> list[Event]:
        """What it emitted."""
        return []

    @abstractmethod
    async def count(self) -> int:
        """How many notes are to be seen."""

    async def choose(self, choice: str) -> None:
        """Press this button of the only note."""
        raise NotImplementedError

    async def dismiss(self) -> None:
        """Close the only note as a person does."""
        raise NotImplementedError


async def carried_out(function: Callable[..., Any], *arguments: object) -> None:
    """Call it as the host does: `async def` on the loop, `def` in a thread."""
    if inspect.iscoroutinefunction(function):
        await function(*arguments)
    else:
        await asyncio.to_thread(function, *arguments)


async def becomes(expected: int, count: Callable[[], Awaitable[int]]) -> None:
    """Wait until there are as many notes as expected; at the end say how many there are."""
    for _ in range(100):
        if await count() == expected:
            return
        await asyncio.sleep(0.05)
    assert expected == await count()


class NotifierContract:
    """For all of them, also those that can neither replace nor withdraw."""

    async def test_shows(self, stage: Stage) -> None:
        """A note that is shown can be seen."""
        await carried_out(stage.notifier.show, Note(key="prompt", title="Time to move", text="52 min", buttons=BUTTONS))
        await becomes(1, stage.count)

    @pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
    async def test_any_text(self, stage: Stage, text: str) -> None:
        """No text, as title or below it, keeps a note from being shown."""
        await carried_out(stage.notifier.show, Note(key="prompt", title=text, text=text, buttons=BUTTONS))
        await becomes(1, stage.count)

    async def test_withdraws_the_unknown(self, stage: Stage) -> None:
        """Withdrawing what was never shown is nothing."""
        await carried_out(stage.notifier.withdraw, "never shown")
        assert await stage.count() == 0


class DesktopContract(NotifierContract):
    """For those that replace, withdraw and hear answers."""

    async def test_same_key_replaces(self, stage: Stage) -> None:
        """A note replaces the one with the same key, and no other."""
        for title in ("first", "second", "third"):
            await carried_out(stage.notifier.show, Note(key="prompt", title=title, buttons=BUTTONS))
        await carried_out(stage.notifier.show, Note(key="limit", title="another"))
        await becomes(2, stage.count)

    async def test_withdraw_removes(self, stage: Stage) -> None:
        """A withdrawn note is gone, a second time is nothing, and it can be shown anew."""
        note = Note(key="prompt", title="Time to move", buttons=BUTTONS)
        await carried_out(stage.notifier.show, note)
        await becomes(1, stage.count)
        await carried_out(stage.notifier.withdraw, "prompt")
        await becomes(0, stage.count)
        await carried_out(stage.notifier.withdraw, "prompt")
        await carried_out(stage.notifier.show, note)
        await becomes(1, stage.count)

    async def test_buttons_answer(self, stage: Stage) -> None:
        """A pressed button comes back as one answer, and takes the note away."""
        await carried_out(stage.notifier.show, Note(key="prompt", title="Time to move", text="52", buttons=BUTTONS))
        await becomes(1, stage.count)
        await stage.choose("snooze")

        async def answers() -> int:
            return len(stage.heard)

        await becomes(1, answers)
        await becomes(0, stage.count)
        assert stage.heard == [Answer("prompt", "snooze")]

    async def test_a_dismissed_note_is_no_answer(self, stage: Stage) -> None:
        """Closing a note says nothing, and withdrawing it afterwards is nothing."""
        await carried_out(stage.notifier.show, Note(key="prompt", title="Time to move", buttons=BUTTONS))
        await becomes(1, stage.count)
        await stage.dismiss()
        await becomes(0, stage.count)
        await carried_out(stage.notifier.withdraw, "prompt")
        assert stage.heard == []
