"""Fixtures of the tests with real desktop parts; they live in the modules named here."""

from tests.desktop.bus_parts import desk
from tests.desktop.parts import guarded, place, screen

__all__ = ["desk", "guarded", "place", "screen"]
