"""Presence on Wayland, by the compositor's own idle clock (ext-idle-notify-v1): wakes when input ends and begins."""

from __future__ import annotations

from breakd import Register
from breakd_wayland.idle import wayland


def breakd_register(register: Register) -> None:
    """One source of presence."""
    register.source(wayland)
