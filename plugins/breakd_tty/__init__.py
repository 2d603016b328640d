"""Presence in terminals, for servers, SSH and the console: when somebody last typed into one of this user's.

While somebody types it looks once in each threshold, and listens only for a lull; while nobody does it waits for the
kernel. It needs no terminal to begin with: a daemon that runs as a service is there before anybody logs in.
"""

from __future__ import annotations

import asyncio
import sys

from breakd import Active, Emit, Idle, Register, Unavailable
from breakd_tty.terminals import GRAIN, PTS, LastInput, now
from breakd_tty.waiting import watching

NAP = 0.25  # of a threshold: so much later a lull may be noticed


def breakd_register(register: Register) -> None:
    """One source of presence."""
    register.source(tty)


async def tty(emit: Emit) -> None:
    """Tell when input into this user's terminals ends and begins. Raises Unavailable where it cannot be known."""
    if not sys.platform.startswith("linux"):
        raise Unavailable("only the terminals of Linux tell of input in a way that is known here")
    if not PTS.is_dir():
        raise Unavailable(f"no terminals to watch ({PTS} does not exist, as in a sandbox)")
    await follow(emit, LastInput())


async def follow(emit: Emit, last: LastInput) -> None:
    """Tell about these terminals as long as the host asks."""
    async with asyncio.TaskGroup() as group:
        telling: asyncio.Task[None] | None = None
        async for seconds in emit.idle_after():
            if telling:
                telling.cancel()
            telling = group.create_task(_tell(emit, last, seconds))
        if telling:
            telling.cancel()


async def _tell(emit: Emit, last: LastInput, seconds: float) -> None:
    last.look()
    while True:
        if now() < last.at_latest + seconds:
            emit(Active())
            if seconds < GRAIN:
                await _silence(last, seconds)
            while (left := last.at_latest + seconds - now()) > 0:
                await asyncio.sleep(left)
                last.look()
        # As of the input that is known. A later one would be a guess, and a source that knows better is asked as well.
        emit(Idle(), ago=now() - last.at)
        await _input(last)


async def _silence(last: LastInput, seconds: float) -> None:
    """Wait for so many seconds without input where they are fewer than stamps can show, as in a lull.

    It listens, but not while it naps: somebody who types wakes it once in a nap, not with each key.
    """
    while True:
        with watching(last.terminals()) as changes:
            last.look()
            since = min(now(), last.at_latest)
            if not changes.exact:
                return
            try:
                async with asyncio.timeout(max(0, since + seconds - now())):
                    heard = await changes.input()
            except TimeoutError:
                last.silent_since(since)
                return
        if heard:
            last.heard()
            await asyncio.sleep(seconds * NAP)


async def _input(last: LastInput) -> None:
    while True:
        with watching(last.terminals()) as changes:
            if last.look():  # between the last look and the watch
                return
            if await changes.input():
                last.heard()
                return
