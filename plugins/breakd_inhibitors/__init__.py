"""Idle inhibitors: a program keeps the screen on, so somebody watches it. Wakes only when that changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from breakd import Emit, Register

NO_FILM = ("audio-playing", "playing audio", "spotify", "rhythmbox", "caffeine")


class Settings(Struct, frozen=True):
    """`[plugins.inhibitors]`. `ignore`: parts of the names of programs, or of their reasons, in any case."""

    ignore: tuple[str, ...] = NO_FILM


def breakd_register(register: Register) -> None:
    """A source for each bus: either may be missing."""
    ignore = tuple(word.lower() for word in register.settings(Settings).ignore)

    async def system(emit: Emit) -> None:
        await follow(emit, "system", ignore)

    async def session(emit: Emit) -> None:
        await follow(emit, "session", ignore)

    register.source(system, name="system")
    register.source(session, name="session")


async def follow(emit: Emit, which: Literal["system", "session"], ignore: Sequence[str]) -> None:
    """Tell when the first idle inhibitor is taken and the last is gone, of those known on a bus.

    Raises Unavailable without that bus, ConnectionError when it goes away.
    """
    from breakd import NotWatching, Watching, bus
    from breakd_inhibitors.places import PLACES

    watching = False
    async with bus.connect(which) as connection:
        async for answers in connection.answers(*PLACES[which]):
            held = [name.lower() for names in answers for name in names]
            counts = any(not any(word in name for word in ignore) for name in held)
            if watching != (watching := counts):
                emit(Watching() if watching else NotWatching())
