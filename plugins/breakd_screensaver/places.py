"""Who covers screens: one question for each, all asked in the same words."""

from __future__ import annotations

from breakd import bus

# name on the bus, which is that of the interface as well -> path
SAVERS = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",  # KDE Plasma, and others
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
}


def _question(name: str, path: str) -> bus.Question:
    async def ask(connection: bus.Connection) -> bool:
        # Asking starts who is not there, on some desktops: only who is there is asked.
        return bool(await connection.owner(name) and (await connection.call(name, path, name, "GetActive"))[0])

    return bus.Question(((name, (bus.Rule(name, "ActiveChanged"),)),), ask, otherwise=False)


PLACES = tuple(_question(name, path) for name, path in SAVERS.items())
