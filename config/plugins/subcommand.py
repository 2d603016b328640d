"""Example: a command of its own, `breakd example`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from breakd import Register

if TYPE_CHECKING:
    import click


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml."""

    greeting: str = "Sit up"


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    settings = register.settings(Settings)

    @register.subcommand
    def command() -> click.Command:
        import click  # here: the daemon needs no command line

        @click.command("example")
        @click.argument("name", default="you")
        def greet(name: str) -> None:
            """Say something to NAME."""
            click.echo(f"{settings.greeting}, {name}!")

        return greet
