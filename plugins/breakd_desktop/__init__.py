"""Desktop notifications with buttons, on every desktop that follows the freedesktop specification."""

from __future__ import annotations

from breakd import Register
from breakd_desktop.desktop import Desktop


def breakd_register(register: Register) -> None:
    """One object: it shows notes, hears the answers to them, and guides step by step."""
    desktop = Desktop()
    register.notifier(desktop)
    register.source(desktop.answers, name="answers")
    register.guide(desktop.guide)
