"""Example: tells breakd what happens at the desk, here by the lines that a program prints."""

import shlex
from dataclasses import dataclass

from breakd import Emit, Posture, Register, Unavailable, lines


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml."""

    command: str = "desk-height"  # prints a height in cm whenever it changes
    standing: float = 95.0  # cm; from here on you stand


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    settings = register.settings(Settings)

    @register.source
    async def desk(emit: Emit) -> None:
        try:
            async with lines(*shlex.split(settings.command)) as heights:
                async for height in heights:
                    emit(Posture("standing" if float(height) >= settings.standing else "sitting"))
        except FileNotFoundError:
            raise Unavailable(f"{settings.command} is not installed") from None
        raise ConnectionError(f"{settings.command} has ended")  # breakd starts it again
