"""Suspend and resume, with a delay inhibitor: the machine waits until the suspend is written down."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from breakd import Emit, Resumed, Suspended, bus
from breakd_logind.manager import LOGIN, MANAGER, MANAGER_PATH, check_alive, manage

SETTLE = 0.1  # seconds the daemon is given to write it down


async def suspends(emit: Emit) -> None:
    """Tell when the machine goes to sleep, while it still waits for us, and when it is back.

    Raises Unavailable without system bus or logind, ConnectionError when one of them goes away.
    """
    rule = bus.Rule(MANAGER, "PrepareForSleep", MANAGER_PATH)
    async with bus.connect("system") as connection, connection.signals(LOGIN, rule) as signals:
        delay, asleep = await Delay.take(connection), False
        try:
            async for signal in signals:
                check_alive(signal)
                if signal.member != "PrepareForSleep":
                    continue
                asleep = bool(signal.body[0])
                if asleep:
                    emit(Suspended())
                    await asyncio.sleep(SETTLE)
                    delay.release()
                else:
                    emit(Resumed())
                    delay.release()
                    delay = await Delay.take(connection)
        except ConnectionError:
            if asleep:  # nobody else would ever say that it is over
                emit(Resumed())
            raise
        finally:
            delay.release()


class Delay:
    """A delay inhibitor: logind waits with a suspend (5 s at most, by its default) until it is released."""

    def __init__(self, descriptor: Any) -> None:
        self._descriptor = descriptor

    @classmethod
    async def take(cls, connection: bus.Connection) -> Delay:
        """Ask for one. Where that is not permitted the suspend is told all the same, only without a wait."""
        with suppress(bus.BusError):
            return cls(await manage(connection, "Inhibit", "ssss", "sleep", "breakd", "to note the time", "delay"))
        return cls(None)

    def release(self) -> None:
        """Let the machine go; a second time is nothing."""
        if self._descriptor is not None:
            self._descriptor.close()
            self._descriptor = None
