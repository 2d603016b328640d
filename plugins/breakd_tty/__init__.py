"""Presence in terminals, for servers, SSH and the console: when somebody last typed into one of this user's.

While somebody types it looks once in each threshold; while nobody does it waits for the kernel. It needs no terminal to
begin with: a daemon that runs as a service is there before anybody logs in.
"""

from __future__ import annotations

import asyncio

from breakd import Active, Emit, Idle, Register, Unavailable
from breakd_tty.terminals import PTS, LastInput, now
from breakd_tty.waiting import watching


def breakd_register(register: Register) -> None:
    """One source of presence."""
    register.source(tty)


async def tty(emit: Emit) -> None:
    """Tell when input into this user's terminals ends and begins. Raises Unavailable where it cannot be known."""
    if not PTS.is_dir():
        raise Unavailable(f"no terminals to watch ({PTS} does not exist: this is no Linux, or a sandbox)")
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
            while (left := last.at_latest + seconds - now()) > 0:
                await asyncio.sleep(left)
                last.look()
        # As of the input that is known. A later one would be a guess, and a source that knows better is asked as well.
        emit(Idle(), ago=now() - last.at)
        await _input(last)


async def _input(last: LastInput) -> None:
    while True:
        with watching(last.terminals()) as changed:
            if last.look():  # between the last look and the watch
                return
            await changed()
