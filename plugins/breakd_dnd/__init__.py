"""Do-not-disturb, as the notification servers and GNOME tell of it on the session bus."""

from __future__ import annotations

from breakd import Emit, Register


def breakd_register(register: Register) -> None:
    """One source."""
    register.source(dnd)


async def dnd(emit: Emit) -> None:
    """Tell when do-not-disturb is switched on and off, by the first that knows of it.

    Raises Unavailable without a session bus, ConnectionError when it goes away.
    """
    from breakd import Busy, Free, bus
    from breakd_dnd.places import PLACES

    on = False
    async with bus.connect("session") as connection:
        async for answers in connection.answers(*PLACES):
            if on != (on := any(answers)):
                emit(Busy("do-not-disturb") if on else Free("do-not-disturb"))
