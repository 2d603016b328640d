"""Made-up things that plugins are given: streams, records, contexts, notes, routines, programs, a desktop."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from breakd.core.routines import Routine, Step
from breakd.plugin.interfaces import Button, Context, Note, Record
from breakd.plugin.streams import Feed

T = TypeVar("T")

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BUTTONS = (
    Button("start", "Start", "breakd start"),
    Button("snooze", "Snooze", "breakd snooze"),
    Button("skip", "Skip", "breakd skip"),
)


def stream(*items: T) -> Feed[T]:
    """A stream of these items that then ends, to call an observer or a guide by hand: for `for` and `async for`."""
    made: Feed[T] = Feed(max(1, len(items)))
    for item in items:
        made.put(item)
    made.end()
    return made


def record(name: str = "break_done", type: Literal["event", "did"] = "did", /, **data: object) -> Record:
    """A line of the journal."""
    return Record(MONDAY, type, name, data)


def context(**different: Any) -> Context:
    """What an adviser is told on a Monday morning after half an hour of sitting."""
    usual: dict[str, Any] = {"now": MONDAY, "kind": "move", "seconds": 180.0, "sitting": 1800.0}
    return Context(**usual | different)


def note(**different: Any) -> Note:
    """A prompt with all its buttons."""
    usual: dict[str, Any] = {"key": "prompt", "title": "Time to move: 3 min", "text": "31 min sitting"}
    return Note(**usual | {"buttons": BUTTONS} | different)


def routine(*seconds: float, **different: Any) -> Routine:
    """A routine with a step for each of these lengths."""
    steps = tuple(Step(f"Step {number}", each) for number, each in enumerate(seconds or (30.0, 30.0), 1))
    usual: dict[str, Any] = {"id": "test.routine", "title": "A routine", "steps": steps}
    return Routine(**usual | different)


@contextmanager
def script(name: str, *lines: str, code: int = 0, stays: bool = False) -> Iterator[Path]:
    """A program of this name, found before all others, that prints these lines and ends with `code`, or stays."""
    with tempfile.TemporaryDirectory(prefix="breakd-test-") as folder:
        program = Path(folder, name)
        printed = "".join(f"printf '%s\\n' {shlex.quote(line)}\n" for line in lines)
        program.write_text(f"#!/bin/sh\n{printed}{'exec sleep 1000000' if stays else f'exit {code}'}\n")
        program.chmod(0o755)
        before = os.environ.get("PATH", os.defpath)
        os.environ["PATH"] = f"{folder}{os.pathsep}{before}"
        try:
            yield program
        finally:
            os.environ["PATH"] = before


class FakeDesktop:
    """A notifier that keeps what it is shown. `shown`: every note; `standing`: those that are to be seen now."""

    def __init__(self) -> None:
        self.shown: list[Note] = []
        self.standing: dict[str, Note] = {}

    async def show(self, note: Note) -> None:
        """See `Notifier`."""
        self.shown.append(note)
        self.standing[note.key] = note

    async def withdraw(self, key: str) -> None:
        """See `Notifier`."""
        self.standing.pop(key, None)
