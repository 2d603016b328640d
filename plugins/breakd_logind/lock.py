"""The session's lock: what logind asks for (Lock, Unlock) and what the screen locker says is so (LockedHint)."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Literal

from breakd import Emit, Locked, Unlocked, bus
from breakd_logind.manager import LOGIN, MANAGER, MANAGER_PATH, check_alive, manage

SESSION, USER = "org.freedesktop.login1.Session", "org.freedesktop.login1.User"

Word = Literal["asked", "locked", "unlocked"]
REQUESTS: dict[str, Word] = {"Lock": "asked", "Unlock": "unlocked"}

# Lock is a request. Lockers such as swaylock carry it out but never tell of the unlock, which would leave the person
# locked for ever. A request that no locker confirms is taken back within the minute that changes nothing (rule 5).
CONFIRMED_WITHIN = 45.0


# Sessions without a screen: systemd 256 gives the user's service manager one of its own.
SCREENLESS = ("manager", "manager-early", "background", "background-light")


async def locks(emit: Emit) -> None:
    """Tell whether the session is locked: now, and whenever that changes. Waits for a session while there is none.

    Raises Unavailable without system bus or logind, ConnectionError when one of them, or the session, goes away.
    """
    async with bus.connect("system") as connection:
        path = await _await_session(connection)
        rules = (bus.Rule(path=path), bus.Rule(MANAGER, "SessionRemoved", MANAGER_PATH))
        async with connection.signals(LOGIN, *rules) as signals:
            await _follow(emit, signals, path, locked=await _is_locked(connection, path))


async def _follow(emit: Emit, signals: bus.Signals, path: str, locked: bool) -> None:
    emit(Locked() if locked else Unlocked())
    doubt_until: float | None = None
    while True:
        word = await _next_word(signals, path, doubt_until)
        if word != "asked":
            doubt_until = None
        elif not locked:
            doubt_until = asyncio.get_running_loop().time() + CONFIRMED_WITHIN
        if locked != (word != "unlocked"):
            locked = not locked
            emit(Locked() if locked else Unlocked())


async def _next_word(signals: bus.Signals, path: str, doubt_until: float | None) -> Word:
    try:
        async with asyncio.timeout_at(doubt_until):
            async for signal in signals:
                check_alive(signal)
                if signal.member == "SessionRemoved" and signal.body[1] == path:
                    raise ConnectionError("the session ended")
                if word := word_of(signal):
                    return word
    except TimeoutError:
        pass
    return "unlocked"


def word_of(signal: bus.Signal) -> Word | None:
    """What a signal of the session says about its lock; None if it is about something else."""
    if signal.interface == SESSION and signal.member in REQUESTS:
        return REQUESTS[signal.member]
    if signal.member == "PropertiesChanged" and signal.body[0] == SESSION and "LockedHint" in signal.body[1]:
        return "locked" if signal.body[1]["LockedHint"][1] else "unlocked"
    return None


async def _await_session(connection: bus.Connection) -> str:
    async with connection.signals(LOGIN, bus.Rule(MANAGER, "SessionNew", MANAGER_PATH)) as arrivals:
        while not (path := await _session(connection)):
            check_alive(await anext(arrivals))
    return path


async def _session(connection: bus.Connection) -> str:
    """The object path of the session we are in, or else of the one the user sits at; empty if there is none."""
    for path in [*await _ours(connection), *await _of_the_user(connection)]:
        with suppress(bus.BusError):  # it has just ended
            if await connection.property(LOGIN, path, SESSION, "Class") not in SCREENLESS:
                return path
    return ""


async def _ours(connection: bus.Connection) -> list[str]:
    found: list[str] = []
    if name := os.environ.get("XDG_SESSION_ID"):
        with suppress(bus.BusError):  # left over from a session that has ended
            found.append(await manage(connection, "GetSession", "s", name))
    with suppress(bus.BusError):  # a service of the user has no session of its own
        found.append(await manage(connection, "GetSessionByPID", "u", os.getpid()))
    return found


async def _of_the_user(connection: bus.Connection) -> list[str]:
    found: list[str] = []
    with suppress(bus.BusError):  # not logged in
        user = await manage(connection, "GetUser", "u", os.getuid())
        name, path = await connection.property(LOGIN, user, USER, "Display")
        found += [path] if name else []
    with suppress(bus.BusError):
        sessions = await manage(connection, "ListSessions")
        found += [path for _, owner, _, _, path in sessions if owner == os.getuid()]
    return found


async def _is_locked(connection: bus.Connection, path: str) -> bool:
    with suppress(bus.BusError):  # an older logind has no such property
        return bool(await connection.property(LOGIN, path, SESSION, "LockedHint"))
    return False
