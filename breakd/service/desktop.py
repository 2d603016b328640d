"""The desktop's part: XDG autostart, what the session tells its services, and the line for compositors without either.

Source: Desktop Application Autostart Specification 0.5, Desktop Entry Specification 1.5.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from breakd.service.command import ENV, breakd
from breakd.service.written import File, filled
from breakd.settings.paths import config_file

# What a service has to know to find screen, buses and compositor.
SESSION = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
    "SWAYSOCK",
    "I3SOCK",
    "HYPRLAND_INSTANCE_SIGNATURE",
    "NIRI_SOCKET",
)
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def config_home() -> Path:
    """Where programs keep their settings. Raises SettingsError if there is no home."""
    return config_file().parent.parent


def joining() -> tuple[str, ...]:
    """The command with which a session starts the service, or the daemon where there is no service manager."""
    return breakd("service", "start", "--session")


def autostart() -> File:
    """The autostart file."""
    path = config_home() / "autostart" / "breakd.desktop"
    return filled("breakd.desktop", path, {"COMMAND": exec_line(joining())})


def session(environ: Mapping[str, str]) -> dict[str, str]:
    """What there is to tell of this session; empty unless it has a screen, and over SSH, where that is another's."""
    if "SSH_CONNECTION" in environ or not any(environ.get(name) for name in SCREENS):
        return {}
    return {name: environ[name] for name in SESSION if environ.get(name)}


def _shell(words: Sequence[str]) -> str:
    return shlex.join(words)


def _niri(words: Sequence[str]) -> str:
    return "spawn-at-startup " + " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)


# XDG_CURRENT_DESKTOP of those that neither read autostart files nor reach graphical-session.target by themselves:
# the file that the line belongs into, and how it is written there.
BY_HAND: dict[str, tuple[str, Callable[[Sequence[str]], str]]] = {
    "sway": ("~/.config/sway/config", lambda words: f"exec {_shell(words)}"),
    "i3": ("~/.config/i3/config", lambda words: f"exec --no-startup-id {_shell(words)}"),
    "hyprland": ("~/.config/hypr/hyprland.conf", lambda words: f"exec-once = {_shell(words)}"),
    "niri": ("~/.config/niri/config.kdl", _niri),
    "river": ("~/.config/river/init", lambda words: f"riverctl spawn {shlex.quote(_shell(words))}"),
    "labwc": ("~/.config/labwc/autostart", lambda words: f"{_shell(words)} &"),
    "bspwm": ("~/.config/bspwm/bspwmrc", lambda words: f"{_shell(words)} &"),
    "openbox": ("~/.config/openbox/autostart", lambda words: f"{_shell(words)} &"),
    "dwm": ("~/.xinitrc, before dwm", lambda words: f"{_shell(words)} &"),
}
SIGNS = {"SWAYSOCK": "sway", "I3SOCK": "i3", "HYPRLAND_INSTANCE_SIGNATURE": "hyprland", "NIRI_SOCKET": "niri"}


def by_hand(environ: Mapping[str, str]) -> list[str]:
    """What has to be written into the compositor's own settings, told in lines; none for desktops that start things."""
    desktops = [name.lower() for name in environ.get("XDG_CURRENT_DESKTOP", "").split(":") if name]
    desktops += [name for sign, name in SIGNS.items() if environ.get(sign)]
    name = next((name for name in desktops if name in BY_HAND), None)
    if name is not None:
        file, line = BY_HAND[name]
        return [f"{name} starts nothing by itself; add this line to {file}:", f"  {line(joining())}"]
    if desktops:
        return []
    return [
        "a bare compositor such as sway or i3 starts nothing by itself; there, add to its settings:",
        f"  {BY_HAND['sway'][1](joining())}",
    ]


def exec_line(words: Sequence[str]) -> str:
    """The value of `Exec=`. GLib looks for a program whose name has `%%` in it as if that were no escape."""
    return " ".join(map(desktop_quoted, (ENV, *words) if "%" in words[0] else words))


def desktop_quoted(word: str) -> str:
    """A word of `Exec=`: quoted by the rules of that key, then escaped as every string of the file."""
    if not word.strip("/.-_@+:") or all(char.isalnum() or char in "/.-_@+:," for char in word):
        return word
    quoted = "".join("\\" + char if char in '"`$\\' else char for char in word)
    return '"' + quoted.replace("\\", "\\\\").replace("%", "%%") + '"'
