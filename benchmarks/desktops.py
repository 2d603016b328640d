"""Desktops without a screen to measure sources on, each with what its sources listen to, and hands that make input."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.desk import Desk, wait_for

Touch = Callable[[], None]
SYSTEM_PYTHON = "/usr/bin/python3"  # which has python-dbusmock


class Desktop(NamedTuple):
    """One of them. `needs`: programs; `build`: starts it on a desk; `sources`: those that can hear something there."""

    needs: tuple[str, ...]
    build: Callable[[Desk], Touch]
    sources: tuple[str, ...]


def x11(desk: Desk) -> Touch:
    """Any desktop on X11, with sound, a notification server and a logind."""
    desk.xvfb()
    desk.bus()
    logind(desk)
    pipewire(desk)
    desk.start(["dunst"])
    return desk.key


def gnome(desk: Desk) -> Touch:
    """GNOME Shell on a virtual monitor."""
    desk.bus()
    logind(desk)
    desk.env.update(GSETTINGS_BACKEND="memory", LIBGL_ALWAYS_SOFTWARE="1")
    desk.env.update(XDG_SESSION_TYPE="wayland", XDG_CURRENT_DESKTOP="GNOME", NO_AT_BRIDGE="1")
    screen = ("--headless", "--wayland", "--no-x11", "--unsafe-mode", "--virtual-monitor", "1280x720")
    desk.start(["gnome-shell", *screen])
    owned(desk, "session", "org.gnome.Mutter.RemoteDesktop")
    return nudging(desk)


def kwin(desk: Desk) -> Touch:
    """KWin; a copy of it has no file capabilities, which a container may not let it have."""
    desk.bus()
    program = desk.folder / "kwin_wayland"
    shutil.copy(str(shutil.which("kwin_wayland")), program)
    desk.env.update(KWIN_COMPOSE="Q", KWIN_WAYLAND_NO_PERMISSION_CHECKS="1", LIBGL_ALWAYS_SOFTWARE="1")
    desk.env.update(QT_QPA_PLATFORM="offscreen", WAYLAND_DISPLAY="wayland-5")
    desk.start([str(program), "--virtual", "--no-lockscreen", "--socket", "wayland-5"])
    wait_for("KWin", Path(desk.env["XDG_RUNTIME_DIR"], "wayland-5").exists)
    return nudging(desk)


def sway(desk: Desk) -> Touch:
    """sway, which refuses to be root."""
    runtime, config = Path(desk.env["XDG_RUNTIME_DIR"]), desk.folder / "sway.conf"
    config.write_text("xwayland disable\n", encoding="utf-8")
    desk.env.update(WLR_BACKENDS="headless", WLR_LIBINPUT_NO_DEVICES="1", WLR_RENDERER="pixman")
    command = ["sway", "-c", str(config)]
    if os.getuid() == 0:
        desk.folder.chmod(0o711)
        os.chown(runtime, 65534, 65534)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    desk.start(command)
    wait_for("sway", lambda: any(runtime.glob("wayland-?")))
    desk.env["WAYLAND_DISPLAY"] = next(runtime.glob("wayland-?")).name
    return nudging(desk)


DESKTOPS: Mapping[str, Desktop] = {
    "x11": Desktop(
        ("Xvfb", "xdotool", "dbus-daemon", "dunst", "pipewire", "pipewire-pulse", "wireplumber"),
        x11,
        (
            "x11.x11", "x11.fullscreen", "tty.tty", "logind.lock", "logind.suspend", "screensaver.screensaver",
            "dnd.dnd", "inhibitors.system", "inhibitors.session", "calls.microphone", "calls.camera", "sharing.sharing",
            "desktop.answers",
        ),
    ),
    "gnome": Desktop(
        ("gnome-shell", "gjs", "dbus-daemon"),
        gnome,
        ("gnome.gnome", "dnd.dnd", "screensaver.screensaver", "desktop.answers"),
    ),
    "kwin": Desktop(("kwin_wayland", "dbus-daemon"), kwin, ("wayland.wayland",)),
    "sway": Desktop(("sway", "setpriv"), sway, ("wayland.wayland", "wayland.fullscreen")),
}  # fmt: skip


def logind(desk: Desk) -> None:
    """A logind that does what it is told, which here is nothing (python-dbusmock)."""
    desk.bus("system")
    desk.start([SYSTEM_PYTHON, "-m", "dbusmock", "--template", "logind"])
    owned(desk, "system", "org.freedesktop.login1")


def pipewire(desk: Desk) -> None:
    """PipeWire, who manages its sessions, and its sound server."""
    runtime = Path(desk.env["XDG_RUNTIME_DIR"])
    desk.start(["pipewire"])
    wait_for("PipeWire", (runtime / "pipewire-0").exists)
    desk.start(["wireplumber"])
    desk.start(["pipewire-pulse"])
    wait_for("its sound server", (runtime / "pulse" / "native").exists)


def owned(desk: Desk, which: str, name: str) -> None:
    """Wait until somebody on a bus has that name."""
    ask = ("dbus-send", f"--{which}", "--print-reply", "--dest=org.freedesktop.DBus", "/")
    words = [*ask, "org.freedesktop.DBus.NameHasOwner", f"string:{name}"]

    def has() -> bool:
        return b"true" in subprocess.run(words, env=desk.env, capture_output=True, check=False).stdout

    wait_for(name, has, 0.2)


def own_terminals(command: list[str]) -> list[str]:
    """The command, run where it sees no terminals but its own: others of the same user are not of this measurement."""
    if os.getuid():
        return command
    mount = 'mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh", *command]


def typing(desk: Desk, process: int) -> Touch:
    """Hands at a terminal that this process sees as well."""
    return nudging(desk, *([] if os.getuid() else ["nsenter", "--mount", "--target", str(process)]), where="terminal")


def nudging(desk: Desk, *within: str, where: str = "") -> Touch:
    """Hands in a process of their own, which make an input when they are told to. `within`: a command to run it by."""
    command = [*within, sys.executable, str(Path(__file__).with_name("nudge.py")), where]
    process = subprocess.Popen(command, env=desk.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    hand, seen = process.stdin, process.stdout

    def touch() -> None:
        hand.write("\n")
        hand.flush()
        seen.readline()

    return touch
