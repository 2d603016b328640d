"""A plugin of the tests, run inside a real daemon: hands that are led from outside, and a screen that can be read.

Over the socket `hands` come events, one JSON object a line: {"event": "idle", "ago": 3}. What is shown and withdrawn
is written to the file `screen`, one JSON object a line. Both are in the folder that BREAKD_TEST_FOLDER names.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

from breakd import (
    Active,
    Answer,
    Busy,
    Emit,
    Event,
    Free,
    Idle,
    Locked,
    Note,
    NotWatching,
    Register,
    Resumed,
    Suspended,
    Unlocked,
    Watching,
)

EVENTS: dict[str, Callable[..., Event]] = {
    "active": Active,
    "answer": Answer,
    "busy": Busy,
    "free": Free,
    "idle": Idle,
    "locked": Locked,
    "not_watching": NotWatching,
    "resumed": Resumed,
    "suspended": Suspended,
    "unlocked": Unlocked,
    "watching": Watching,
}


def breakd_register(register: Register) -> None:
    """One source and one notifier."""
    folder = Path(os.environ["BREAKD_TEST_FOLDER"])

    @register.source
    async def hands(emit: Emit) -> None:
        reader, writer = await asyncio.open_unix_connection(folder / "hands")
        emit.idle_after()  # as every source of presence does, though these hands tell what the test wants
        async for line in reader:
            facts = json.loads(line)
            emit(EVENTS[facts.pop("event")](**facts.pop("what", {})), **facts)
        writer.close()

    register.notifier(Screen(folder / "screen"))


class Screen:
    """Writes down what would be seen."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def show(self, note: Note) -> None:
        """Write the note."""
        buttons = [button.label for button in note.buttons]
        self._write({"show": note.key, "title": note.title, "text": note.text, "buttons": buttons})

    async def withdraw(self, key: str) -> None:
        """Write that it is gone."""
        self._write({"withdraw": key})

    def _write(self, facts: dict[str, object]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")
