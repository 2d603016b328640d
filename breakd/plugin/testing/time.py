"""Made-up time: an event loop whose clock jumps to the next timer as soon as nothing else can happen."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from breakd.plugin.streams import READERS

T = TypeVar("T")

PATIENCE = 10.0  # real seconds in all for what is outside, or in threads
LOOK = 0.005  # real seconds between looks at threads


class MadeUpTime(asyncio.SelectorEventLoop):
    """Its time is real time, and the jumps. It jumps only while no thread of a plugin runs and nothing is awaited from
    outside, such as a socket or a program."""

    def __init__(self) -> None:
        self.jumped = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds, as `loop.call_later` counts them."""
        return time.monotonic() + self.jumped

    async def pass_to(self, moment: float) -> None:
        """Let time pass up to this moment of the loop."""
        await asyncio.sleep(max(0.0, moment - self.time()))


class _Jumping(selectors.DefaultSelector):
    """Waits for files as ever; for nothing but a timer it does not wait."""

    def __init__(self, loop: MadeUpTime) -> None:
        super().__init__()
        self._made_up = loop
        self._real_end = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors`."""
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        now = time.monotonic()
        self._real_end = self._real_end or now + PATIENCE
        due = self._real_end if timeout is None else min(now + timeout, self._real_end)
        while (busy := busy_threads()) or timeout is None or self._outside():
            left = due - time.monotonic()
            if left <= 0:
                break
            found = super().select(min(left, LOOK) if busy else left)  # a thread that begins to wait tells nobody
            if found:
                return found
        if found := super().select(LOOK if timeout is None else 0):  # the last word of a thread that has ended since
            return found
        if timeout is not None:
            self._made_up.jumped += max(0.0, now + timeout - time.monotonic())
        return []

    def _outside(self) -> bool:
        """Whether anything is registered besides the pipe by which the loop wakes itself."""
        return len(self.get_map() or ()) > 1 or any(
            thread.name.startswith("asyncio-waitpid") for thread in threading.enumerate()
        )


def busy_threads() -> bool:
    """Whether a plugin's thread does something, other than waiting for an item of its stream."""
    for thread in threading.enumerate():
        if thread.name.startswith("breakd "):
            stream = READERS.get(thread.ident or 0)
            if stream is None or not stream.starved:
                return True
    return False


def in_made_up_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it to its end on a loop of its own, from a plain test: an async test may use `asyncio.to_thread`."""
    with asyncio.Runner(loop_factory=MadeUpTime) as runner:
        runner.get_loop().set_exception_handler(_quiet)
        return runner.run(coroutine)


def _quiet(_loop: asyncio.AbstractEventLoop, _facts: Mapping[str, Any]) -> None:
    """What goes wrong in a plugin is in the host's hands."""
