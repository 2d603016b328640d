"""Presence by a clock that can only be read: as seldom as can be, since each look wakes the machine.

While somebody is there one look in each threshold is enough. For somebody who is away it has to look again and again:
every 5 s while they may be back soon, then every 15 s.
"""

from __future__ import annotations

import asyncio

from breakd import Active, Emit, Idle
from breakd_idle.clocks import Clock

SOON, LATER = 5.0, 15.0  # seconds between looks for who is away
LONG = 600.0  # seconds after which nobody is expected soon


async def follow(emit: Emit, clock: Clock) -> None:
    """Tell about this clock as long as the host asks."""
    async with asyncio.TaskGroup() as group:
        telling: asyncio.Task[None] | None = None
        async for seconds in emit.idle_after():
            if telling:
                telling.cancel()
            telling = group.create_task(_tell(emit, clock, seconds))
        if telling:
            telling.cancel()


async def _tell(emit: Emit, clock: Clock, seconds: float) -> None:
    while True:
        idle = clock()
        if idle < seconds:
            emit(Active(), ago=idle)
        while (idle := clock()) < seconds:  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(seconds - idle)
        emit(Idle(), ago=idle)
        while (now := clock()) >= idle:
            idle = now
            await asyncio.sleep(SOON if now < LONG else LATER)
