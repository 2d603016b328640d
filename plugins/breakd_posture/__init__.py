"""Posture: easy movements for three minutes, and resets of half a minute at the desk."""

from breakd import Register


def breakd_register(register: Register) -> None:
    """A pack: all there is to say is in the file beside this module."""
    register.routine_file("posture.toml")
