"""Notifications through plyer: no buttons, no replacing, no withdrawing. For desktops that breakd does not know."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from collections.abc import Sequence
from importlib.util import find_spec

from breakd import Note, Register, Unavailable, bus

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
SCRIPT = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")
PATIENCE = 4.0  # seconds: less than the host's
WITH_DBUS_PYTHON = find_spec("dbus") is not None  # plyer takes it before notify-send


def breakd_register(register: Register) -> None:
    """A notifier. plyer blocks, so it is a plain function: the host gives it a thread."""
    register.notifier(Plyer())


class Plyer:
    """Shows notes by plyer's means for this system; on macOS, where those need a deprecated API, by osascript."""

    def show(self, note: Note) -> None:
        """Show it, with the commands that answer it. Raises Unavailable or OSError if that is impossible."""
        if sys.platform == "darwin":
            osascript(note.title, note.plain)
        elif sys.platform == "linux":
            text = for_server(note.plain, asyncio.run(capabilities()))
            via_plyer(as_argument(note.title) or "breakd", as_argument(text))
        else:
            via_plyer(note.title[:63], note.plain[:255])  # what a balloon of Windows holds

    def withdraw(self, key: str) -> None:
        """Nothing: plyer cannot. Raises Unavailable where it could show nothing either, for the start to know."""
        if sys.platform == "linux":
            look()


def via_plyer(title: str, text: str) -> None:
    """Show it by whatever plyer finds. On Linux plyer passes over every failure: look first (`capabilities`)."""
    warnings.filterwarnings("ignore", "The Python dbus package is not installed")  # said at every start
    from plyer import notification

    notification.notify(title=title, message=text, app_name="breakd")


def osascript(title: str, text: str) -> None:
    """Show it on macOS; the words travel as arguments, so nothing in them is read as script.

    Raises OSError if it fails or takes too long.
    """
    script = [part for line in SCRIPT for part in ("-e", line)]
    try:
        subprocess.run(["osascript", *script, "--", title, text], check=True, capture_output=True, timeout=PATIENCE)
    except subprocess.SubprocessError as error:
        raise OSError(f"osascript did not show it ({error})") from None


def look() -> None:
    """Raises Unavailable if there is nothing that plyer can use, or no bus where a server could be."""
    from shutil import which  # here: with it come three ways to compress

    if not (WITH_DBUS_PYTHON or which("notify-send")):
        raise Unavailable("plyer needs notify-send (package libnotify-bin or libnotify) or dbus-python")
    bus.addresses("session")


async def capabilities() -> Sequence[str]:
    """What the notification server can do. Raises Unavailable if there is none, or nothing that plyer can use."""
    look()
    async with bus.connect("session") as connection:
        try:
            (found,) = await connection.call(NAME, PATH, NAME, "GetCapabilities", within=PATIENCE)
        except bus.BusError as error:
            raise Unavailable(f"no notification server ({error})") from None
    return list(found)


def for_server(text: str, capable: Sequence[str]) -> str:
    """Text that a server which reads markup, and notify-send which reads backslashes, show as it is."""
    if "body-markup" in capable:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text if WITH_DBUS_PYTHON else text.replace("\\", "\\\\")


def as_argument(text: str) -> str:
    """Text that notify-send, to which plyer hands it bare, takes, and not for an option."""
    text = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return f"\N{EN DASH}{text[1:]}" if text.startswith("-") else text
