"""logind itself: its names, its calls, and whether it is there."""

from __future__ import annotations

from typing import Any

from breakd import Unavailable, bus

LOGIN = "org.freedesktop.login1"
MANAGER, MANAGER_PATH = "org.freedesktop.login1.Manager", "/org/freedesktop/login1"


async def manage(connection: bus.Connection, member: str, signature: str = "", *body: object) -> Any:
    """Call logind's manager; Unavailable if there is no logind, BusError if it refuses."""
    try:
        return (await connection.call(LOGIN, MANAGER_PATH, MANAGER, member, signature, *body))[0]
    except bus.BusError as error:
        if error.name in bus.NOBODY or error.name.startswith("org.freedesktop.DBus.Error.Spawn"):
            raise Unavailable(f"no logind (nobody on the system bus is called {LOGIN})") from None
        raise


def check_alive(signal: bus.Signal) -> None:
    """Raise ConnectionError if the signal says that logind went away."""
    if signal.member == "NameOwnerChanged" and signal.body[1]:
        raise ConnectionError("logind went away")
