"""Where do-not-disturb is kept: one question for each kind of server, each with the signals that tell of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from breakd import bus, lines

SERVER, SERVER_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"
XFCONF, XFCONF_PATH = "org.xfce.Xfconf", "/org/xfce/Xfconf"
SWAYNC, SWAYNC_PATH = "org.erikreider.swaync.cc", "/org/erikreider/swaync/cc"
SHELL, DCONF = "org.gnome.Shell", "ca.desrt.dconf"
BANNERS = ("org.gnome.desktop.notifications", "show-banners")
PATIENCE = 5.0  # seconds for gsettings


def server_property(
    interface: str, name: str, path: str = SERVER_PATH, says: Callable[[Any], bool] = bool
) -> bus.Question:
    """A property of the notification server, and what it says; who is not there is not started for it."""

    async def ask(connection: bus.Connection) -> bool:
        there = await connection.owner(SERVER)
        return bool(there and says(await connection.property(SERVER, path, interface, name)))

    rule = bus.Rule(PROPERTIES, "PropertiesChanged", path)
    return bus.Question(((SERVER, (rule,)),), ask, otherwise=False, about=interface)


def _quiet(modes: object) -> bool:
    """Whether one of mako's modes, whose names are its user's, is called as in its manual, or for short."""
    return isinstance(modes, list) and any(mode in ("do-not-disturb", "dnd") for mode in modes)


async def _xfce(connection: bus.Connection) -> bool:
    if not await connection.owner(XFCONF):
        return False
    setting = ("xfce4-notifyd", "/do-not-disturb")
    return bool((await connection.call(XFCONF, XFCONF_PATH, XFCONF, "GetProperty", "ss", *setting))[0][1])


async def _swaync(connection: bus.Connection) -> bool:
    if not await connection.owner(SWAYNC):
        return False
    return bool((await connection.call(SWAYNC, SWAYNC_PATH, SWAYNC, "GetDnd"))[0])


async def _gnome(connection: bus.Connection) -> bool:
    """Only GNOME's shell heeds the setting; it is read by a program, so that GLib need not live in here."""
    return bool(await connection.owner(SHELL)) and await _setting(*BANNERS) == "false"


async def _setting(schema: str, key: str) -> str:
    with suppress(OSError, TimeoutError):  # not installed, or stuck
        async with asyncio.timeout(PATIENCE), lines("gsettings", "get", schema, key) as told:
            async for line in told:
                return line
    return ""


PLACES = (
    server_property(SERVER, "Inhibited"),  # KDE Plasma, and who else follows the specification
    server_property("org.dunstproject.cmd0", "paused"),  # dunst
    server_property("fr.emersion.Mako", "Modes", "/fr/emersion/Mako", _quiet),  # mako; before 1.10 it tells nobody
    bus.Question(
        ((XFCONF, (bus.Rule(XFCONF, "PropertyChanged", XFCONF_PATH),)),), _xfce, otherwise=False, about="xfce4-notifyd"
    ),
    bus.Question(((SWAYNC, (bus.Rule(SWAYNC, path=SWAYNC_PATH),)),), _swaync, otherwise=False),
    bus.Question(
        ((SHELL, ()), (DCONF, (bus.Rule("ca.desrt.dconf.Writer", "Notify"),))),
        _gnome,
        otherwise=False,
        about=f"/{BANNERS[0].replace('.', '/')}/",
    ),
)
