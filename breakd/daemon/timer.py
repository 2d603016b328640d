"""The one timer: an APScheduler job at the moment the daemon next wants to look, armed anew after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from breakd.daemon.clock import BootZone, Clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

JOB = "wake"


class Timer:
    """Calls `wake` at a boot time. Belongs to the running loop."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._zone = BootZone(clock)
        self._wake = wake
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin; nothing is armed yet."""
        # Imported here: it takes longer than all else, and the daemon is ready before it needs a timer.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone=self._zone)
        self._scheduler.start()

    def arm(self, boot_ms: int) -> None:
        """Wake at this boot time, however late, and at no other.

        To be called after a suspend too: the scheduler's own timer stands still while the machine sleeps.
        """
        assert self._scheduler is not None
        self._scheduler.add_job(
            self._run, "date", run_date=self._zone.at(boot_ms), id=JOB, replace_existing=True, misfire_grace_time=None
        )

    async def _run(self) -> None:
        # A coroutine: a plain function would be given a thread.
        self._wake()

    def stop(self) -> None:
        """Never wake again."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
