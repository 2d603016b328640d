"""What every kind of service can do: the interface that `breakd service` and `breakd doctor` use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from breakd.service.written import File

Activity = Literal["running", "starting", "stopped", "failed"]

# A service whose files this shell does not lead to, and what to do about it.
AWAY = (
    "it is installed, but its files are not where they would be from here",
    "have XDG_CONFIG_HOME the same here as when you log in",
)


class State(Struct, frozen=True):
    """How a service is.

    `starts`: the interpreter in its file; `says`: its own words; `detail`: why it failed; `todo`: what to do about
    that, empty if only its logs can tell; `away`: its file is not where it would be from here.
    """

    enabled: bool
    activity: Activity
    pid: int = 0
    since: str = ""
    restarts: int = 0
    says: str = ""
    detail: str = ""
    todo: str = ""
    away: bool = False
    starts: str = ""


class Kind(Protocol):
    """A way to keep the daemon running.

    Its methods raise ServiceError if the system does not play along. Those that return lines tell what a person
    should know or do besides.
    """

    name: str  # for programs
    title: str  # for people
    experimental: bool

    def files(self) -> Sequence[File]:
        """What `install` writes."""

    def check(self) -> None:
        """Raise ServiceError if what `install` writes would have no effect. Nothing is written yet."""

    def enable(self) -> list[str]:
        """Have it start by itself from now on. The files are there."""

    def disable(self) -> None:
        """Stop it, and have it start no more. The files are still there."""

    def forget(self) -> None:
        """Clear what is left now that the files are gone."""

    def start(self) -> None:
        """Start it and wait until it is ready; nothing if it runs."""

    def stop(self) -> None:
        """Stop it; nothing if it does not run."""

    def restart(self) -> None:
        """Stop and start it."""

    def state(self) -> State:
        """How it is now."""

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """The command that prints what it said."""
