"""Hand-written fakes for the tests of sources: the host's side of `emit`, and a source that is told about input."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from breakd import Active, Emit, Event, Idle, Source
from breakd.plugin.emitting import check_event, check_moment
from breakd.plugin.streams import Feed

PATIENCE = 30.0  # seconds until a test gives up; machines may be slow


class Told(NamedTuple):
    """One call of `emit`. `when`: monotonic seconds of the call."""

    event: Event
    ago: float
    when: float

    @property
    def happened(self) -> float:
        """Monotonic seconds of what it tells of."""
        return self.when - self.ago


class FakeEmit:
    """An `Emit` that keeps what it is told, refuses what the host refuses, and asks for idleness when a test does."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._feed: Feed[float] = Feed(1)
        self._changed = asyncio.Event()

    def __call__(self, event: Event, /, *, ago: float = 0, at: datetime | None = None) -> None:
        """Keep it."""
        check_event(event)
        check_moment(ago, at)
        self.told.append(Told(event, ago, time.monotonic()))
        self._changed.set()

    def idle_after(self) -> Feed[float]:
        """What the test asks for: `async for` and `for`."""
        return self._feed

    def progress(self, done: float, /) -> None:
        """A source has none."""

    def left(self, why: str, /, count: int = 1) -> None:
        """A source leaves nothing out."""

    def ask(self, seconds: float) -> None:
        """Ask the source to tell how it is, and to watch for so much idleness."""
        self._feed.put(seconds)

    def end(self) -> None:
        """Tell the source that the daemon is about to stop."""
        self._feed.end()

    @property
    def words(self) -> list[str]:
        """The names of the events so far."""
        return [told.event.name for told in self.told]

    async def until(self, enough: Callable[[], object]) -> None:
        """Wait until it is true of what was told."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not enough():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"waited {PATIENCE:g} s in vain; told so far: {self.told}") from None

    async def next(self, after: int | None = None) -> Told:
        """What is told next, or the one after so many."""
        count = len(self.told) if after is None else after
        await self.until(lambda: len(self.told) > count)
        return self.told[count]

    async def answer(self, seconds: float) -> Told:
        """Ask, and wait for the answer."""
        count = len(self.told)
        self.ask(seconds)
        return await self.next(count)


@asynccontextmanager
async def run(source: Source, emit: Emit) -> AsyncIterator[asyncio.Future[None]]:
    """Run an `async def` source beside the test; if it fails, the test does. Cancelled on the way out."""
    running = source(emit)
    assert running is not None, "a plain `def` source: run it in a thread"
    task: asyncio.Future[None] = asyncio.ensure_future(running)
    test = asyncio.current_task()
    assert test is not None
    task.add_done_callback(lambda task: test.cancel() if not task.cancelled() and task.exception() else None)
    try:
        yield task
    except asyncio.CancelledError:
        if task.done() and not task.cancelled() and task.exception():
            raise AssertionError("the source failed") from task.exception()
        raise
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)


async def failure(source: Source, emit: Emit) -> Exception:
    """What the source raises, by itself also if a TaskGroup wrapped it: as the host takes it."""
    running = source(emit)
    assert running is not None
    task = asyncio.ensure_future(running)
    await asyncio.wait([task], timeout=PATIENCE)
    assert task.done(), "the source goes on, where it should have failed"
    error = task.exception()
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    assert isinstance(error, Exception), "the source ended, where it should have failed"
    return error


class FakeSource:
    """A source of presence for which `touch()` is all the input there is."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._touched = asyncio.Event()

    def touch(self) -> None:
        """Somebody presses a key."""
        self._last = time.monotonic()
        self._touched.set()

    async def __call__(self, emit: Emit) -> None:
        """Tell when input ends and begins."""
        watching: asyncio.Task[None] | None = None
        try:
            async for seconds in emit.idle_after():
                if watching:
                    watching.cancel()
                watching = asyncio.create_task(self._watch(emit, seconds))
        finally:
            if watching:
                watching.cancel()

    async def _watch(self, emit: Emit, seconds: float) -> None:
        while True:
            self._touched.clear()
            if (idle := time.monotonic() - self._last) >= seconds:
                emit(Idle(), ago=idle)
                await self._touched.wait()
            else:
                emit(Active())
                while (idle := time.monotonic() - self._last) < seconds:  # noqa: ASYNC110  input ends without an event
                    await asyncio.sleep(seconds - idle)
