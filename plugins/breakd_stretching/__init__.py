"""Stretches: three minutes after a few steps, or half a minute at the desk."""

from breakd import Register


def breakd_register(register: Register) -> None:
    """A pack: all there is to say is in the file beside this module."""
    register.routine_file("stretching.toml")
