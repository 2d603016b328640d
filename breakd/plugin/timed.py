"""A coroutine on a stopwatch: each step of a plugin on the event loop is watched, and none can end the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from typing import Any

from breakd.plugin.holding import Held, Watch
from breakd.plugin.loaded import Failed, Thing

OWNER: ContextVar[tuple[Thing, Watch] | None] = ContextVar("OWNER", default=None)  # whose task this is


class Timed(Coroutine[Any, Any, Any]):
    """Drives `inner`, timing every step of it."""

    def __init__(self, inner: Coroutine[Any, Any, Any], thing: Thing, watch: Watch) -> None:
        self._inner = inner
        self._thing = thing
        self._watch = watch

    def send(self, value: Any, /) -> Any:
        """One step, as a task does it."""
        return self._step(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        """One step that begins with an exception."""
        return self._step(self._inner.throw, *error)

    def close(self) -> None:
        """End it unfinished."""
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()

    def _step(self, step: Callable[..., Any], *args: Any) -> Any:
        try:
            with self._watch.step(self._thing):
                return step(*args)
        except SystemExit as error:  # a task hands it on to the loop, which would end the daemon
            raise Failed(f"it called sys.exit({error.code!r})") from error
        except Held as error:
            raise Failed(f"it held the event loop, and was {error}") from error


def task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    """Make a task, as a task factory: one that a plugin begins is timed like the plugin itself."""
    owner = OWNER.get()
    if owner is not None and not isinstance(coroutine, Timed):
        coroutine = Timed(coroutine, *owner)
    return asyncio.Task(coroutine, loop=loop, **options)
