"""Wayland: presence by the compositor's own idle clock, and full screen where it lists its windows.

Wakes when input ends and begins, and when windows change.
"""

from __future__ import annotations

from msgspec import Struct

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.wayland]`."""

    fullscreen: bool = True


def breakd_register(register: Register) -> None:
    """A source of presence, and one of full screen unless it is switched off."""
    register.source(wayland)
    if register.settings(Settings).fullscreen:
        register.source(fullscreen, name="fullscreen")


async def wayland(emit: Emit) -> None:
    """Tell when input ends and begins, by what the compositor sees. Raises as `idle.wayland` does."""
    from breakd_wayland import idle

    await idle.wayland(emit)


async def fullscreen(emit: Emit) -> None:
    """Tell when a window begins and ends to fill the screen. Raises as `windows.follow` does."""
    from breakd_wayland.windows import follow

    await follow(emit)
