"""Streams: the one way out to a plugin, on the loop or in a thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from breakd.plugin.streams import Feed
from tests.shell.host_parts import PATIENCE, Kept


async def test_async_reader_gets_all_then_the_end() -> None:
    """`async for` gives what was put before and while it reads, and ends with what was put before the end."""
    feed: Feed[int] = Feed(10)
    got = Kept[int]()

    async def read() -> None:
        async for item in feed:
            got.add(item)

    feed.put(1)
    reading = asyncio.create_task(read())
    await got.first(1)
    feed.put(2)
    feed.put(3)
    feed.end()
    feed.put(4)
    await asyncio.wait_for(reading, PATIENCE)
    assert (list(got), feed.lost) == ([1, 2, 3], 0)


async def test_thread_reader_gets_all_then_the_end() -> None:
    """`for` in a thread waits for what comes, and ends."""
    feed: Feed[int] = Feed(10)
    got = Kept[int]()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def read() -> None:
        for item in feed:
            loop.call_soon_threadsafe(got.add, item)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, daemon=True).start()
    feed.put(1)
    await got.first(1)
    feed.put(2)
    feed.end()
    await asyncio.wait_for(ended.wait(), PATIENCE)
    assert list(got) == [1, 2]


async def test_reader_on_a_loop_of_its_own() -> None:
    """A plain `def` that runs a loop of its own reads with `async for` there."""
    feed: Feed[int] = Feed(10)
    got = Kept[int]()
    loop = asyncio.get_running_loop()

    async def read() -> None:
        async for item in feed:
            loop.call_soon_threadsafe(got.add, item)

    thread = threading.Thread(target=lambda: asyncio.run(read()), daemon=True)
    thread.start()
    feed.put(1)
    await got.first(1)
    feed.put(2)
    await got.first(2)
    feed.end()
    assert list(got) == [1, 2]


def test_oldest_goes_first() -> None:
    """Beyond its bound a stream loses the oldest and counts it."""
    feed: Feed[int] = Feed(2)
    for item in range(5):
        feed.put(item)
    feed.end()
    assert (list(feed), feed.lost) == ([3, 4], 3)


async def test_for_on_the_loop_is_refused() -> None:
    """`for` in an async def would block everything: it raises and says what to write."""
    with pytest.raises(TypeError, match="use `async for`"):
        iter(Feed[int](2))


async def test_cancelled_reader_loses_nothing() -> None:
    """What comes after a reader was cancelled waits for the next one."""
    feed: Feed[int] = Feed(2)

    async def read() -> int:
        async for item in feed:
            return item
        return -1

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    reading.cancel()
    feed.put(7)
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await asyncio.wait_for(read(), PATIENCE) == 7
