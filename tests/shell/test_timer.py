"""The one timer, on a real loop and the machine's own clock."""

from __future__ import annotations

import asyncio

from breakd.daemon.timing.clock import SystemClock
from breakd.daemon.timing.timer import Timer

PATIENCE = 20.0  # seconds; machines may be slow


async def test_what_is_due_at_once_rings_at_once() -> None:
    """Armed for this very moment from within its ring, again and again, it misses none."""
    clock, rung, done = SystemClock(), 0, asyncio.Event()

    def wake() -> None:
        nonlocal rung
        rung += 1
        timer.arm(clock.boot())
        if rung == 10:
            timer.stop()
            done.set()

    timer = Timer(clock, wake)
    timer.arm(clock.boot())
    timer.start()
    await asyncio.wait_for(done.wait(), PATIENCE)
    assert rung == 10


async def test_it_is_armed_for_one_moment_only() -> None:
    """A later moment takes the place of the sooner one."""
    clock, loop = SystemClock(), asyncio.get_running_loop()
    rung: asyncio.Future[int] = loop.create_future()
    timer = Timer(clock, lambda: rung.set_result(clock.boot()))
    timer.start()
    wanted = clock.boot() + 600
    for boot_ms in (wanted - 100, wanted):
        timer.arm(boot_ms)
    assert await asyncio.wait_for(rung, PATIENCE) >= wanted
    timer.stop()
