"""Presence on GNOME: the compositor's own idle watches, over D-Bus. Wakes only when input ends or begins."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from breakd import Active, Emit, Idle, Register, Unavailable, bus

MONITOR = "org.gnome.Mutter.IdleMonitor"
CORE = "/org/gnome/Mutter/IdleMonitor/Core"  # all devices together


def breakd_register(register: Register) -> None:
    """One source of presence."""
    register.source(gnome)


async def gnome(emit: Emit) -> None:
    """Tell when input ends and begins, by what Mutter sees.

    Raises Unavailable without GNOME, ConnectionError when the bus or the shell goes away.
    """
    async with bus.connect("session") as connection, connection.signals(MONITOR, bus.Rule(MONITOR)) as signals:
        if not signals.owner:
            raise Unavailable(f"no GNOME on this session bus (nobody there is called {MONITOR})")
        watch = Watch(connection, emit)
        await _until_one_ends(watch.follow_thresholds(), watch.follow_signals(signals))


class Watch:
    """Two watches of Mutter, and what was last said. `lock`: signals wait while the watches are set anew."""

    def __init__(self, connection: bus.Connection, emit: Emit) -> None:
        self._connection = connection
        self._emit = emit
        self._lock = asyncio.Lock()
        self._seconds = 0.0
        self._idle = False
        self._idle_watch = 0
        self._active_watch = 0

    async def follow_thresholds(self) -> None:
        """Say how it is, and watch anew, whenever the host wants another threshold."""
        async for seconds in self._emit.idle_after():
            async with self._lock:
                await self._rearm(seconds)

    async def follow_signals(self, signals: bus.Signals) -> None:
        """Say what Mutter says, until it dies."""
        async for signal in signals:
            if signal.member == "NameOwnerChanged":
                raise ConnectionError("GNOME Shell went away")
            async with self._lock:
                await self._fired(signal.body[0])

    async def _rearm(self, seconds: float) -> None:
        for watch in (self._idle_watch, self._active_watch):
            if watch:
                await self._call("RemoveWatch", "u", watch)
        self._seconds = seconds
        # Both watches stand before the clock is read, so that no input falls between.
        self._idle_watch = await self._call("AddIdleWatch", "t", max(1, round(seconds * 1000)))
        self._active_watch = await self._call("AddUserActiveWatch")
        idle_for = await self._idle_for()
        self._idle = idle_for >= seconds
        if self._idle:
            self._emit(Idle(), ago=idle_for)
        else:
            await self._drop_active_watch()
            self._emit(Active())

    async def _fired(self, watch: int) -> None:
        if watch == self._active_watch:  # Mutter has dropped it: it fires once
            self._active_watch, self._idle = 0, False
            self._emit(Active())
        elif watch == self._idle_watch and not self._idle:
            self._active_watch = await self._call("AddUserActiveWatch")
            idle_for = await self._idle_for()
            self._idle = idle_for >= self._seconds
            self._emit(Idle(), ago=max(idle_for, self._seconds))
            if not self._idle:  # input came before the watch for it stood
                await self._drop_active_watch()
                self._emit(Active())

    async def _drop_active_watch(self) -> None:
        watch, self._active_watch = self._active_watch, 0
        await self._call("RemoveWatch", "u", watch)

    async def _idle_for(self) -> float:
        return float(await self._call("GetIdletime")) / 1000

    async def _call(self, member: str, signature: str = "", *body: object) -> Any:
        reply = await self._connection.call(MONITOR, CORE, MONITOR, member, signature, *body)
        return reply[0] if reply else None


async def _until_one_ends(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run the jobs together; when one ends or fails the others are cancelled, and its failure is passed on."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
