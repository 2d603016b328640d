"""Which X server is that of the session, if it is one that sees everything."""

from __future__ import annotations

import os

from breakd import Unavailable
from breakd_x11.display import Display, parse_display


def find_display() -> Display:
    """The X server of this session. Raises Unavailable if there is none, or if it does not see all input."""
    if wayland := os.environ.get("WAYLAND_DISPLAY"):
        raise Unavailable(f"on Wayland (WAYLAND_DISPLAY={wayland}) the X server sees only some of the input")
    name = os.environ.get("DISPLAY")
    if not name:
        raise Unavailable("no X server (DISPLAY is not set)")
    try:
        return parse_display(name)
    except ValueError as error:
        raise Unavailable(str(error)) from None
