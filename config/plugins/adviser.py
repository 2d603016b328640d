"""Example: is asked before a routine is chosen; here it keeps you seated until your coffee is drunk."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakd import Advice, Context, Register, Routine, Step

SIP = Routine(
    id="sip",
    title="Look out of the window",
    steps=(Step("Look as far as you can", 20),),
    breaks=("micro",),
    because="Muscles that focus near rest when you look far.",
)


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml."""

    until: int = 10  # o'clock


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    settings = register.settings(Settings)

    @register.adviser
    def coffee(context: Context) -> Sequence[Advice | Routine]:
        if context.now.hour >= settings.until:
            return []
        return [Advice("walking", 0.5, "your coffee is hot"), SIP]
