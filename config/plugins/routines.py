"""Example: routines for a break. They stand in the file beside this one, `example.toml`."""

from breakd import Register


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    register.routine_file("example.toml")
