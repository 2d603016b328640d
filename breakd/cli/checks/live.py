"""The checks of what has to work just now: presence, notifications, their sound, the plugins behind them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from breakd.cli.checks.look import PATIENCE, Look, watching
from breakd.cli.checks.probing import TERMINALS
from breakd.service.desktop import SCREENS
from breakd.service.finding import Finding, failed, ok, warning

SESSION = "`breakd service start --session` in a terminal there tells breakd of it"
PRESENCE = ("gnome", "wayland", "x11", "screensaver", TERMINALS)  # the bundled ones that a screen or terminal is for
LIST = "`breakd plugins list` tells more"


def plugins(look: Look) -> Iterator[Finding]:
    """What is broken, and what this machine has no use for."""
    found = look.plugins
    for name, plugin in found.items():
        if plugin["state"] == "failed":
            yield failed(f"{name} failed: {reason(plugin)}", LIST)
        elif plugin["state"] == "unconfigured":
            yield warning(f"{name}: {reason(plugin)}", f"fill in [plugins.{name}] in your settings")
        elif plugin["state"] == "off" and plugin["reason"]:
            yield warning(f"{name} is off: {reason(plugin)}", f"`breakd plugins enable {name}` allows it again")
    working = [name for name, plugin in found.items() if plugin["state"] == "ok"]
    unused = [name for name, plugin in found.items() if plugin["state"] == "unavailable"]
    yield ok(f"{', '.join(working)} work" + (f"; not for this machine: {', '.join(unused)}" if unused else ""))


def presence(look: Look) -> Iterator[Finding]:
    """Whether somebody is seen who moves the mouse."""
    watched = watching(look.plugins)
    if not watched:
        yield failed(f"nothing watches for input: {_lacking(look) or 'no plugin does that'}", SESSION)
        return
    who = ", ".join(watched)
    if look.told is not None and not look.ask:  # the daemon heard more than a short look could
        yield ok(f"{_now(look)}; watched by {who}")
        return
    seen = look.heard.input & set(watched)
    if seen and (seen != {TERMINALS} or watched == [TERMINALS]):
        yield ok(f"input is seen, by {', '.join(sorted(seen))}; watched by {who}")
    elif look.ask:
        yield failed(f"no input was seen in {PATIENCE:g} s by {who}: is breakd on another screen?", SESSION)
    else:
        yield ok(f"watched by {who}; there was no input just now")
    if watched == [TERMINALS] and any(os.environ.get(name) for name in SCREENS):
        yield warning(f"only terminals are watched, though there is a screen ({_lacking(look)})", SESSION)


def _lacking(look: Look) -> str:
    """What the bundled plugins for screens and terminals miss, each in short."""
    found = [(name, plugin) for name, plugin in look.plugins.items() if name in PRESENCE and plugin["state"] != "ok"]
    return "; ".join(f"{name}: {str(plugin['reason']).partition(chr(10))[0] or 'off'}" for name, plugin in found)


def _now(look: Look) -> str:
    """What the daemon thinks of the person."""
    status = look.daemon.status if look.daemon else {}
    return f"{status.get('presence')} since {str(status.get('since')).partition('T')[2][:5]}"


def notifications(look: Look) -> Iterator[Finding]:
    """Whether a notification can be shown, and be answered with a button."""
    shown = look.shown
    if not shown.by:
        why = "; ".join(line for line in shown.why if "notes cannot be shown" in line) or "; ".join(shown.why)
        todo = "start a notification server (dunst, mako; desktops bring one), and run this from your desktop"
        yield failed(" ".join(why.split()) or "none can be shown: no notifier is in notify.order", todo)
        return
    who = f"{shown.by}{f' ({shown.server})' if shown.server else ''}"
    if shown.seen is False:
        yield failed(
            f"{who} took one, but you did not see it", "is do-not-disturb on? else restart your desktop's server"
        )
        return
    if look.ask and shown.seen is None:
        yield warning(f"{who} took one, but nobody said that it was seen", "look once more, and press its button")
        return
    how = "the button was pressed" if shown.pressed else "you saw it" if shown.seen else "a test was taken"
    yield ok(f"{how}, shown by {who}")
    if not shown.pressed and "actions" not in shown.can:
        yield warning(
            f"{who} has no buttons", "answer with `breakd start`, `snooze` or `skip`, bound to keys if you like"
        )


def sound(look: Look) -> Iterator[Finding]:
    """Whether the end of a break can be heard."""
    shown = look.shown
    if not shown.by:
        yield warning("not tried, since no notification can be shown")
    elif "sound" in shown.can:
        yield ok(f"{shown.server} plays one at the end of a break")
    else:
        yield warning(
            f"{shown.server or shown.by} plays none: the end of a break is only seen", "look at the screen then"
        )


def reason(plugin: Mapping[str, Any]) -> str:
    """Why a plugin is as it is, in one line."""
    return "; ".join(str(plugin["reason"]).splitlines())
