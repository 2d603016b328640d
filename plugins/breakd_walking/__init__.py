"""Walks for the break away from the desk, each of about three minutes."""

from breakd import Register


def breakd_register(register: Register) -> None:
    """A pack: all there is to say is in the file beside this module."""
    register.routine_file("walking.toml")
