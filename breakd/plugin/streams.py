"""The one way out to a plugin: a bounded stream, read by `async for` on a loop or by `for` in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

READERS: dict[int, Feed[Any]] = {}  # which stream a thread waits for, by its ident: made-up time asks


class Feed(Generic[T]):
    """A `Stream` and the end that the host holds. For one reader; `put` and `end` may come from any thread.

    `bound`: how many items wait at most; beyond it the oldest goes and is counted in `lost`.
    """

    def __init__(self, bound: int) -> None:
        self.lost = 0
        self._bound = bound
        self._items: deque[T] = deque()
        self._ended = False
        self._changed = threading.Condition()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Add an item, never waiting. Nothing after the end."""
        with self._changed:
            if self._ended:
                return
            if len(self._items) == self._bound:
                self._items.popleft()
                self.lost += 1
            self._items.append(item)
            self._wake()

    def end(self) -> None:
        """No more: the reader gets what is waiting, then its loop ends."""
        with self._changed:
            self._ended = True
            self._wake()

    @property
    def starved(self) -> bool:
        """Whether a reader has nothing to read."""
        return not self._items and not self._ended

    def _wake(self) -> None:
        self._changed.notify_all()
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            # The reader's loop may be another than the host's (a plain def that runs its own), and may be closed.
            with contextlib.suppress(RuntimeError):
                waiter.get_loop().call_soon_threadsafe(_resolve, waiter)

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            await self._filled()
            with self._changed:
                if not self._items:
                    return
                item = self._items.popleft()
            yield item

    async def _filled(self) -> None:
        with self._changed:
            if self._items or self._ended:
                return
            self._waiter = waiter = asyncio.get_running_loop().create_future()
        await waiter

    def __iter__(self) -> Iterator[T]:
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            raise TypeError("`for` would block the event loop: use `async for` in an async def")
        return self._blocking()

    def _blocking(self) -> Iterator[T]:
        while True:
            with self._changed:
                READERS[threading.get_ident()] = self
                self._changed.wait_for(lambda: self._items or self._ended)
                del READERS[threading.get_ident()]
                if not self._items:
                    return
                item = self._items.popleft()
            yield item


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
