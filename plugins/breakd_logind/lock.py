"""The session: whether it is locked, and whether it is the one on the screen.

Locked is what logind asks for (Lock, Unlock) and what the screen locker says is so (LockedHint). A session that is not
on the screen (Active), because another user's is, counts as locked: nobody sits in front of it.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Literal

from breakd import Emit, Locked, Unlocked, bus
from breakd_logind.manager import LOGIN, MANAGER, MANAGER_PATH, check_alive, manage

KNOWN = (("LockedHint", False), ("Active", True))
SESSION, USER = "org.freedesktop.login1.Session", "org.freedesktop.login1.User"

Word = Literal["asked", "locked", "unlocked", "shown", "hidden"]
REQUESTS: dict[str, Word] = {"Lock": "asked", "Unlock": "unlocked"}
HINTS: dict[str, tuple[Word, Word]] = {"LockedHint": ("unlocked", "locked"), "Active": ("hidden", "shown")}

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
        session = Session(emit, fixed=bool(await _own_session(connection)))
        changes = bus.Rule("org.freedesktop.DBus.Properties", "PropertiesChanged")
        while True:
            path = await _await_session(connection)
            rules = (bus.Rule(path=path), changes, bus.Rule(MANAGER, "SessionRemoved", MANAGER_PATH))
            async with connection.signals(LOGIN, *rules) as signals:
                locked, shown = [await _is(connection, path, name, default) for name, default in KNOWN]
                session.begin(locked, shown)
                await session.follow(signals, path)


class Session:
    """What was told of it. `fixed`: the daemon runs in a session, and stays with it; a service goes with its user."""

    def __init__(self, emit: Emit, fixed: bool) -> None:
        self._emit = emit
        self._fixed = fixed
        self._locked = False
        self._shown = True
        self._told: bool | None = None
        self._doubt_until: float | None = None

    def begin(self, locked: bool, shown: bool) -> None:
        """It is so."""
        self._locked, self._shown, self._doubt_until = locked, shown, None
        self._tell()

    async def follow(self, signals: bus.Signals, path: str) -> None:
        """Tell what becomes of the session, until another one of the user may be on the screen."""
        while True:
            word = await self._next_word(signals, path)
            if word == "elsewhere":
                return
            self._take(word)
            self._tell()

    def _take(self, word: Word) -> None:
        if word in ("shown", "hidden"):
            self._shown = word == "shown"
            return
        if word != "asked":
            self._doubt_until = None
        elif not self._locked:
            self._doubt_until = asyncio.get_running_loop().time() + CONFIRMED_WITHIN
        self._locked = word != "unlocked"

    def _tell(self) -> None:
        away = self._locked or not self._shown
        if away != self._told:
            self._told = away
            self._emit(Locked() if away else Unlocked())

    async def _next_word(self, signals: bus.Signals, path: str) -> Word | Literal["elsewhere"]:
        try:
            async with asyncio.timeout_at(self._doubt_until):
                async for signal in signals:
                    check_alive(signal)
                    if signal.member == "SessionRemoved" and signal.body[1] == path:
                        raise ConnectionError("the session ended")
                    if signal.path == path and (word := word_of(signal)):
                        return word
                    if signal.path != path and not self._fixed and word_of(signal) == "shown":
                        return "elsewhere"
        except TimeoutError:
            pass
        return "unlocked"


def word_of(signal: bus.Signal) -> Word | None:
    """What a signal of a session says about it; None if it is about something else."""
    if signal.interface == SESSION and signal.member in REQUESTS:
        return REQUESTS[signal.member]
    if signal.member == "PropertiesChanged" and signal.body[0] == SESSION:
        for name, words in HINTS.items():
            if name in signal.body[1]:
                return words[bool(signal.body[1][name][1])]
    return None


async def _await_session(connection: bus.Connection) -> str:
    async with connection.signals(LOGIN, bus.Rule(MANAGER, "SessionNew", MANAGER_PATH)) as arrivals:
        while not (path := await _session(connection)):
            check_alive(await anext(arrivals))
    return path


async def _session(connection: bus.Connection) -> str:
    """The object path of the session we are in, or else of the one the user sits at; empty if there is none.

    One that is on a screen of this machine comes first, and then one that is not remote.
    """
    found = await _own_session(connection) or await _with_screen(connection, await _of_the_user(connection))
    local = [path for path in found if not await _is(connection, path, "Remote", False)]
    shown = [path for path in local if await _is(connection, path, "Active", True)]
    return next(iter([*shown, *local, *found]), "")


async def _own_session(connection: bus.Connection) -> list[str]:
    return await _with_screen(connection, await _ours(connection))


async def _with_screen(connection: bus.Connection, paths: list[str]) -> list[str]:
    return [path for path in paths if await _has_screen(connection, path)]


async def _has_screen(connection: bus.Connection, path: str) -> bool:
    with suppress(bus.BusError):  # it has just ended
        return await connection.property(LOGIN, path, SESSION, "Class") not in SCREENLESS
    return False


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


async def _is(connection: bus.Connection, path: str, name: str, default: bool) -> bool:
    with suppress(bus.BusError):  # an older logind has no such property
        return bool(await connection.property(LOGIN, path, SESSION, name))
    return default
