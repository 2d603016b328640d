"""Presence on macOS and Windows, by the system's own idle clock. Experimental: tried with a made-up clock only."""

from __future__ import annotations

from breakd import Emit, Register


def breakd_register(register: Register) -> None:
    """One source of presence."""
    register.source(idle)


async def idle(emit: Emit) -> None:
    """Tell when input ends and begins. Raises Unavailable on other systems, which tell of it themselves."""
    from breakd_idle.clocks import clock
    from breakd_idle.looking import follow

    await follow(emit, clock())
