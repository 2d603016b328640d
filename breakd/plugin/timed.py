"""A coroutine on a stopwatch: names the plugin that holds the event loop, and stops it from ending the daemon."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Failed, Say, Thing


class Watch:
    """Who held the loop for too long. `excused`: seconds so far in which a plugin waited for the daemon."""

    def __init__(self, limits: Limits, say: Say) -> None:
        self.excused = 0.0
        self._limits = limits
        self._say = say
        self._named: dict[str, float] = {}

    def held(self, thing: Thing, seconds: float) -> None:
        """`thing` held the loop for `seconds`: say so if that is too long, once an hour for a plugin."""
        if seconds <= self._limits.hog:
            return
        now = time.monotonic()
        if now - self._named.get(thing.plugin, -self._limits.hog_again) >= self._limits.hog_again:
            self._named[thing.plugin] = now
            self._say(f"{thing}: it held the event loop for {seconds:.2f} s; as a plain def it would get a thread")


class Timed(Coroutine[Any, Any, object]):
    """Drives `inner`, timing every step of it."""

    def __init__(self, inner: Coroutine[Any, Any, object], thing: Thing, watch: Watch) -> None:
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

    def __await__(self) -> Generator[Any, Any, object]:
        return self._inner.__await__()

    def _step(self, step: Callable[..., Any], *args: Any) -> Any:
        began, excused = time.monotonic(), self._watch.excused
        try:
            return step(*args)
        except SystemExit as error:  # a task hands it on to the loop, which would end the daemon
            raise Failed(f"it called sys.exit({error.code!r})") from error
        finally:
            self._watch.held(self._thing, time.monotonic() - began - (self._watch.excused - excused))
