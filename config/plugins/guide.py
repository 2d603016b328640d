"""Example: leads through a routine, here with a bell at each step."""

import sys
from dataclasses import dataclass

from breakd import Register, Session


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml."""

    sound: str = "\a"  # the bell of a terminal


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    settings = register.settings(Settings)

    @register.guide
    def bell(session: Session) -> None:
        for cue in session:
            sys.stdout.write(f"{settings.sound}{cue.step.text} ({cue.step.seconds:g} s)\n")
