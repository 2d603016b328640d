"""Who keeps lists of idle inhibitors: one question for each, answered by lines "PROGRAM: REASON"."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from breakd import bus

LOGIN, LOGIN_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
MANAGER = "org.freedesktop.login1.Manager"
SESSIONS, SESSIONS_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
POLICY, POLICY_PATH = "org.kde.Solid.PowerManagement.PolicyAgent", "/org/kde/Solid/PowerManagement/PolicyAgent"
POWER, POWER_PATH = "org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit"
INHIBIT = "org.freedesktop.PowerManagement.Inhibit"
Ask = Callable[[bus.Connection], Awaitable[list[str]]]
IDLE = 8  # GNOME's flag of an inhibitor that keeps the session from being idle


async def _logind(connection: bus.Connection) -> list[str]:
    if not await connection.owner(LOGIN):
        return []
    (held,) = await connection.call(LOGIN, LOGIN_PATH, MANAGER, "ListInhibitors")
    return [
        f"{who}: {why}"
        for what, who, why, mode, user, _process in held
        if "idle" in what.split(":") and mode.startswith("block") and user == os.getuid()
    ]


async def _gnome(connection: bus.Connection) -> list[str]:
    if not await connection.owner(SESSIONS):
        return []
    (paths,) = await connection.call(SESSIONS, SESSIONS_PATH, SESSIONS, "GetInhibitors")
    return [line for path in paths for line in await _gnome_inhibitor(connection, path)]


async def _gnome_inhibitor(connection: bus.Connection, path: str) -> list[str]:
    found: list[Any] = []
    try:
        for member in ("GetFlags", "GetAppId", "GetReason"):
            found += await connection.call(SESSIONS, path, f"{SESSIONS}.Inhibitor", member)
    except bus.BusError:  # it went away in this moment
        return []
    flags, program, reason = found
    return [f"{program}: {reason}"] if flags & IDLE else []


async def _kde(connection: bus.Connection) -> list[str]:
    if not await connection.owner(POLICY):
        return []
    (held,) = await connection.call(POLICY, POLICY_PATH, POLICY, "ListInhibitions")
    return [f"{program}: {reason}" for program, reason in held]


async def _power(connection: bus.Connection) -> list[str]:
    if not await connection.owner(POWER):
        return []
    return [f"{program}:" for program in (await connection.call(POWER, POWER_PATH, INHIBIT, "GetInhibitors"))[0]]


def _question(name: str, ask: Ask, *rules: bus.Rule, about: str = "") -> bus.Question:
    return bus.Question(((name, rules),), ask, otherwise=[], about=about)


PLACES = {
    "system": (
        _question(
            LOGIN,
            _logind,
            bus.Rule("org.freedesktop.DBus.Properties", "PropertiesChanged", LOGIN_PATH),
            about=MANAGER,
        ),
    ),
    "session": (
        _question(  # GNOME, MATE, Cinnamon
            SESSIONS,
            _gnome,
            bus.Rule(SESSIONS, "InhibitorAdded", SESSIONS_PATH),
            bus.Rule(SESSIONS, "InhibitorRemoved", SESSIONS_PATH),
        ),
        _question(POLICY, _kde, bus.Rule(POLICY, "InhibitionsChanged", POLICY_PATH)),
        _question(POWER, _power, bus.Rule(INHIBIT, "HasInhibitChanged", POWER_PATH)),  # Xfce
    ),
}
