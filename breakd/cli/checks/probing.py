"""A short-lived host for `breakd doctor`: the real plugins, without a daemon around them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from breakd.core.events import Active, Event
from breakd.plugin.emitting import Deliver
from breakd.plugin.host import Host
from breakd.plugin.interfaces import Answer, Button, Note
from breakd.plugin.memory import Memory
from breakd.settings.model import Settings
from breakd.settings.pack_cache import Packs
from breakd.settings.paths import plugin_folder, plugin_memory

KEY = "doctor"  # of the test note
SEEN = 20.0  # seconds to look at it and say so
LINGERS = 0.5  # seconds it stays if nobody is asked
SETTLE = 0.5  # seconds until plugins know what this machine lacks
TERMINALS = "tty"  # sees input in this very terminal, which proves nothing of the others
ASKED = 1.0  # seconds of idleness that sources are asked for: what is so is told soon


@dataclass
class Heard:
    """What sources told. `plugins`: how each is doing, as the status tells; `input`: the sources that told of input."""

    plugins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    input: set[str] = field(default_factory=set)


@dataclass
class Shown:
    """What came of a test note. `by`: who showed it, "" if nobody; `server`: on the bus, with what it can do.

    `seen`: the person said so, or pressed its button; None if nobody was asked or nobody answered.
    """

    by: str = ""
    why: list[str] = field(default_factory=list)
    server: str = ""
    can: tuple[str, ...] = ()
    seen: bool | None = None
    pressed: bool = False


def listen(settings: Settings, seconds: float, only: Collection[str] | None = None) -> Heard:
    """Run the plugins (None: all), until one tells of input, be it not in a terminal, at most for so many seconds."""
    return asyncio.run(_listen(settings, seconds, only))


def show(settings: Settings, ask: bool, say: Callable[[str], None]) -> Shown:
    """Show a test note through the notifiers of the settings, and take it away again."""
    return asyncio.run(_show(settings, ask, say))


async def _listen(settings: Settings, seconds: float, only: Collection[str] | None) -> Heard:
    found = Heard()
    moved = asyncio.Event()

    def deliver(event: Event, _ago: float, _at: datetime | None, source: str) -> None:
        if isinstance(event, Active):
            found.input.add(source)
            if source != TERMINALS:
                moved.set()

    host = _host(settings, deliver, [])
    host.load(only)
    await host.start()
    try:
        host.ask(ASKED)
        await asyncio.sleep(SETTLE)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(moved.wait(), seconds)
        found.plugins = {name: plugin.facts() for name, plugin in sorted(host.plugins.items())}
    finally:
        await host.stop()
    return found


async def _show(settings: Settings, ask: bool, say: Callable[[str], None]) -> Shown:
    pressed = asyncio.Event()

    def deliver(event: Event, _ago: float, _at: datetime | None, _source: str) -> None:
        if isinstance(event, Answer) and event.key == KEY:
            pressed.set()

    found = Shown()
    host = _host(settings, deliver, found.why)
    # Not the console: it would only write between our own lines.
    host.load(only=[name for name in settings.notify.order if name.partition(".")[0] != "console"])
    await host.start()
    try:
        found.by = await host.show(_note(ask))
        if found.by:
            found.server, found.can = await _server()
            if ask:
                say("Press the button of the notification that is on your screen now (if it has none: Enter, or n).")
                found.seen, found.pressed = await _answered(pressed)
            else:
                await asyncio.sleep(LINGERS)
            await host.withdraw(KEY)
    finally:
        await host.stop()
    return found


def quiet_host(settings: Settings) -> Host:
    """A host that says and hears nothing, for what plugins are and offer."""
    return _host(settings, lambda _event, _ago, _at, _source: None, [])


def _host(settings: Settings, deliver: Deliver, lines: list[str]) -> Host:
    return Host(
        deliver=deliver,
        load_routines=Packs().load,
        tables=settings.plugins,
        order=settings.notify.order,
        say=lines.append,
        folder=plugin_folder(),
        memory=Memory(plugin_memory(), frozen=True),
    )


def _note(ask: bool) -> Note:
    return Note(
        key=KEY,
        title="breakd doctor: a test",
        text="This is how breakd asks for a break.",
        buttons=(Button("start", "I see it"),) if ask else (Button("start", "A button"),),
        sound=True,
        seconds=SEEN,
    )


async def _server() -> tuple[str, tuple[str, ...]]:
    """The notification server of the session bus and what it can do; nothing if there is none."""
    from breakd import bus

    name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    try:
        async with bus.connect("session") as connection:
            server, *_ = await connection.call(name, path, name, "GetServerInformation")
            (can,) = await connection.call(name, path, name, "GetCapabilities")
            return str(server), tuple(map(str, can))
    except Exception:  # whatever is wrong with it: the note was shown, or was not
        return "", ()


async def _answered(pressed: asyncio.Event) -> tuple[bool | None, bool]:
    """(whether it was seen, whether its button was pressed): what comes first, a button or a line on the terminal."""
    loop = asyncio.get_running_loop()
    said: list[str] = []
    either = asyncio.ensure_future(pressed.wait())

    def read() -> None:
        said.append(sys.stdin.readline())
        pressed.set()

    with contextlib.suppress(NotImplementedError):  # Windows: there only the button counts
        loop.add_reader(sys.stdin, read)
    try:
        await asyncio.wait([either], timeout=SEEN)
    finally:
        with contextlib.suppress(NotImplementedError):  # Windows again
            loop.remove_reader(sys.stdin)
        either.cancel()
    if said:
        return not said[0].strip().lower().startswith("n"), False
    return (True, True) if pressed.is_set() else (None, False)
