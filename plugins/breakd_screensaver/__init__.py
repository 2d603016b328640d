"""Locked screens, as the screen savers of desktops tell of them on the session bus, where logind is not told."""

from __future__ import annotations

from breakd import Emit, Register


def breakd_register(register: Register) -> None:
    """One source."""
    register.source(screensaver)


async def screensaver(emit: Emit) -> None:
    """Tell when a screen saver comes on and goes. While none is on it says nothing: others may know of a lock.

    Raises Unavailable without a session bus, ConnectionError when it goes away.
    """
    from breakd import Locked, Unlocked, bus
    from breakd_screensaver.places import PLACES

    on = False
    async with bus.connect("session") as connection:
        async for answers in connection.answers(*PLACES):
            if on != (on := any(answers)):
                emit(Locked() if on else Unlocked())
