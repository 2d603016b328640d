"""X11: presence by the idle clock of the server, full screen by what the window manager writes."""

from __future__ import annotations

from msgspec import Struct

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.x11]`."""

    fullscreen: bool = True


def breakd_register(register: Register) -> None:
    """A source of presence, and one of full screen unless it is switched off."""
    register.source(x11)
    if register.settings(Settings).fullscreen:
        register.source(fullscreen, name="fullscreen")


async def x11(emit: Emit) -> None:
    """Tell when input ends and begins, by what the X server sees. Raises as `idle.x11` does."""
    from breakd_x11 import idle

    await idle.x11(emit)


async def fullscreen(emit: Emit) -> None:
    """Tell when a window begins and ends to fill the screen. Raises as `windows.follow` does."""
    from breakd_x11.windows import follow

    await follow(emit)
