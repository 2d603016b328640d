"""Runs sources of plugins without a daemon, asked for pauses of 20 s as it asks, and prints what they tell.

    python -m benchmarks.source_alone [PLUGIN.SOURCE]...

A line is the source, a word, and the time on the monotonic clock, s; the word is that of an event, or `unavailable` or
`failed`, with the reason behind it. Without any source nothing runs: that is what Python itself takes.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

from breakd import Source, Unavailable

PAUSE = 20.0  # seconds


class Emit:
    """The host's side: asks once, and prints when something is told."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._asked = False

    def __call__(self, event: object, /, *, ago: float = 0, at: object = None) -> None:
        """Print what was told."""
        self.say(str(getattr(event, "name", "?")))

    def say(self, word: str, why: str = "") -> None:
        """Print a line."""
        print(self._name, word, time.monotonic(), why, flush=True)  # noqa: T201

    def idle_after(self) -> Emit:
        """The stream of one question."""
        return self

    def __aiter__(self) -> Emit:
        return self

    async def __anext__(self) -> float:
        if self._asked:
            await asyncio.Event().wait()
        self._asked = True
        return PAUSE


class Register:
    """Takes the sources that a plugin registers, with its default settings; whatever else it offers is let go."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}

    def settings(self, type_: type[Any]) -> Any:
        """Its defaults."""
        return type_()

    def source(self, source: Source, *, name: str = "") -> Source:
        """Keep it."""
        self.sources[name or str(getattr(source, "__name__", ""))] = source
        return source

    def __getattr__(self, kind: str) -> Callable[..., None]:
        return lambda *_thing, **_more: None


async def run(name: str) -> None:
    """One source, for ever."""
    plugin, _, source = name.partition(".")
    register, emit = Register(), Emit(name)
    importlib.import_module(f"breakd_{plugin}").breakd_register(register)
    try:
        await register.sources[source](emit)  # type: ignore[misc, arg-type]  # ours are all async, and ask no more of it
    except Unavailable as why:
        emit.say("unavailable", str(why))
    except Exception as error:
        emit.say("failed", repr(error))
    await asyncio.Event().wait()


async def main() -> None:
    """All that were named, at once."""
    await asyncio.gather(asyncio.Event().wait(), *map(run, sys.argv[1:]))


if __name__ == "__main__":
    asyncio.run(main())
