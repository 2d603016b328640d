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
    """A watch of Mutter for idleness, one for the input after it, and what was last said.

    The second is asked for without waiting for its number: a pause then wakes us once. `lock`: signals wait while the
    watches are set anew; `retired`: watches for idleness that were given up, and may have fired before.
    """

    def __init__(self, connection: bus.Connection, emit: Emit) -> None:
        self._connection = connection
        self._emit = emit
        self._lock = asyncio.Lock()
        self._seconds = 0.0
        self._idle = False
        self._idle_watch = 0
        self._retired: set[int] = set()
        self._input_watched = False

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
                self._fired(signal.body[0])

    async def _rearm(self, seconds: float) -> None:
        if self._idle_watch:
            self._retired.add(self._idle_watch)
            await self._call("RemoveWatch", "u", self._idle_watch)
        self._seconds = seconds
        # Both watches stand before the clock is read, so that no input falls between.
        self._idle_watch = await self._call("AddIdleWatch", "t", max(1, round(seconds * 1000)))
        if not self._input_watched:
            await self._call("AddUserActiveWatch")
            self._input_watched = True
        idle_for = float(await self._call("GetIdletime")) / 1000
        self._idle = idle_for >= seconds
        if self._idle:
            self._emit(Idle(), ago=idle_for)
        else:
            self._emit(Active())

    def _fired(self, watch: int) -> None:
        if watch == self._idle_watch:
            self._retired.clear()  # what they had to say came before this
            if not self._idle:  # a watch for less than the idleness there is fires at once
                self._wait_for_input()
                self._idle = True
                self._emit(Idle(), ago=self._seconds)
        elif watch not in self._retired:  # that for input: it fires once
            self._input_watched = False
            if self._idle:
                self._idle = False
                self._emit(Active())

    def _wait_for_input(self) -> None:
        # An input in the milliseconds until the watch stands goes unseen; the next one after it does not.
        if not self._input_watched:
            self._connection.tell(MONITOR, CORE, MONITOR, "AddUserActiveWatch")
            self._input_watched = True

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
