"""The one timer: an APScheduler job at the moment the daemon next wants to look, armed anew after each step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from breakd.daemon.lean import import_scheduler
from breakd.daemon.timing.clock import BootZone, Clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

JOB = "wake"
BREATH = 0.3  # seconds in which a daemon that starts gets ready: until then no timer keeps it from answering


class Timer:
    """Calls `wake` at a boot time. Belongs to the running loop."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._zone = BootZone(clock)
        self._wake = wake
        self._scheduler: AsyncIOScheduler | None = None
        self._beginning: asyncio.TimerHandle | None = None
        self._armed: int | None = None  # boot time, before the beginning

    def start(self) -> None:
        """Begin within a breath. What is armed sooner wakes then."""
        self._beginning = asyncio.get_running_loop().call_later(BREATH, self._begin)

    def _begin(self) -> None:
        # Imported here: it takes longer than all else, and the daemon is ready before it needs a timer.
        self._scheduler = import_scheduler()(timezone=self._zone)
        self._scheduler.start()
        if self._armed is not None:
            self.arm(self._armed)

    def arm(self, boot_ms: int) -> None:
        """Wake at this boot time, however late, and at no other.

        To be called after a suspend too: the scheduler's own timer stands still while the machine sleeps.
        """
        if self._scheduler is None:
            self._armed = boot_ms
            return
        from apscheduler.triggers.date import DateTrigger

        self._scheduler.add_job(
            self._run,
            DateTrigger(self._zone.at(boot_ms), timezone=self._zone),
            id=JOB,
            replace_existing=True,
            misfire_grace_time=None,
            max_instances=2,  # what is due at once is armed while the ring before is still on: with 1 it would be lost
        )

    async def _run(self) -> None:
        # A coroutine: a plain function would be given a thread.
        self._wake()

    def stop(self) -> None:
        """Never wake again."""
        if self._beginning is not None:
            self._beginning.cancel()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
