"""The daemon in the foreground: settings, signals, and the lines on the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

from breakd.daemon.daemon import Daemon
from breakd.daemon.journal import JournalBusy, JournalError
from breakd.daemon.lean import settle
from breakd.daemon.outlook import coming
from breakd.daemon.requests import Places
from breakd.settings.errors import SettingsError
from breakd.settings.load import load, loaded, locator
from breakd.settings.model import Settings
from breakd.settings.paths import (
    config_file,
    control_socket,
    journal_file,
    pack_cache,
    plugin_folder,
    plugin_memory,
    routines_folder,
)

SETTLED = 2.0  # seconds after the start in which everything has been imported that will be


def serve(config: Path | None, sets: tuple[str, ...], level: int) -> None:
    """Run the daemon to its end. `level`: 0 says all, 1 what people want to know, 2 only what must not be missed."""
    voice = Voice(level)
    own = config_file()
    file = config or (own if _is_there(own) else None)
    chosen = settings(file, sets, voice, strict=config is not None or bool(sets))
    places = Places(
        journal_file(), control_socket(), plugin_folder(), plugin_memory(), routines_folder(file), pack_cache()
    )
    daemon = Daemon(chosen, places, voice, locate=locator(file))
    try:
        asyncio.run(live(daemon, voice))
    except (JournalBusy, JournalError) as error:
        voice.warn(f"breakd: {error}")
        sys.exit(1)


def settings(file: Path | None, sets: tuple[str, ...], voice: Voice, strict: bool) -> Settings:
    """The settings in force; a file with mistakes is named, and unless `strict` the defaults are used in its place."""
    try:
        found = loaded(file, sets)
        for note in found.notes:
            voice.warn(str(note))
        return found.settings
    except SettingsError as error:
        if strict:
            from breakd.cli.client import WrongUse  # here: without options the daemon does without click

            raise WrongUse(str(error)) from None
        voice.warn(f"{error}\nyour settings have mistakes, so the defaults are in force")
        return load()


def _is_there(path: Path) -> bool:
    """Whether there is a file, be it one that cannot be read, which is then to be said."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


async def live(daemon: Daemon, voice: Voice) -> None:
    """Run until somebody wants it to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, ended.set)
    await daemon.start()
    try:
        await daemon.settled()
        for line in introduction(daemon):
            voice.say(line)
        loop.call_later(SETTLED, settle)
        await ended.wait()
    finally:
        await daemon.stop()


def introduction(daemon: Daemon) -> list[str]:
    """What is watched, how it is told, and when the next break is due."""
    watching, telling = daemon.working("source"), daemon.working("notifier")
    return [
        f"watches: {', '.join(watching) or 'nothing, since no plugin finds what it needs; see the lines above'}",
        f"notifies: {', then '.join(telling) or 'nobody, since no notifier works'}",
        f"next: {coming(daemon.loop.current())}",
    ]


class Voice:
    """Lines for the person on standard output, in the amount that was asked for."""

    def __init__(self, level: int) -> None:
        self._level = level

    def log(self, line: str) -> None:
        """For whoever looks closer."""
        if self._level == 0:
            self._print(line, sys.stdout)

    def say(self, line: str) -> None:
        """For the person."""
        if self._level <= 1:
            self._print(line, sys.stdout)

    def warn(self, line: str) -> None:
        """What must not be missed."""
        self._print(line, sys.stderr)

    def _print(self, line: str, stream: TextIO | None) -> None:
        try:
            print(line, file=stream, flush=True)
        except (OSError, ValueError):  # a closed terminal must not end the daemon
            _into_nothing(stream)


def _into_nothing(stream: TextIO | None) -> None:
    """Nobody reads this any more: what is still in its buffer would else make the end of the process a failure."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())  # type: ignore[union-attr]  # without a stream there is nothing to do
        os.close(nothing)
