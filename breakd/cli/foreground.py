"""The daemon in the foreground: settings, signals, and the lines on the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from breakd.daemon.control.requests import Places
from breakd.daemon.daemon import Daemon
from breakd.daemon.lean import settle
from breakd.daemon.speech.outlook import coming, not_here, seeing
from breakd.daemon.store.journal import JournalBusy, JournalError
from breakd.daemon.watching.reload import Files
from breakd.plugin.printing import bounded
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.load import load
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
    files = Files(config or config_file(), sets, must=config is not None)
    chosen, problems = settings(files, voice)
    places = Places(
        journal_file(),
        control_socket(),
        plugin_folder(),
        plugin_memory(),
        routines_folder(files.settings),
        pack_cache(),
    )
    daemon = Daemon(chosen, places, voice, files, problems=problems)
    try:
        with bounded(voice.say):
            asyncio.run(live(daemon, voice))
    except (JournalBusy, JournalError) as error:
        voice.warn(f"breakd: {error}")
        sys.exit(1)


def settings(files: Files, voice: Voice) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings in force, and what is wrong with the person's own: that is named, and the defaults are used.

    Mistakes on the command line, or in a file named there, are wrong usage.
    """
    try:
        found = files.read()
    except SettingsError as error:
        if files.must or files.sets:
            from breakd.cli.client import WrongUse  # here: without options the daemon does without click

            raise WrongUse(str(error)) from None
        voice.warn(f"{error}\nyour settings have mistakes, so the defaults are in force")
        return load(), error.problems
    for note in found.notes:
        voice.warn(str(note))
    return found.settings, ()


async def live(daemon: Daemon, voice: Voice) -> None:
    """Run until somebody wants it to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, ended.set)
    await daemon.start()
    _heed_hangups(daemon, ended.set)
    try:
        await daemon.settled()
        for line in introduction(daemon):
            voice.say(line)
        loop.call_later(SETTLED, settle)
        await ended.wait()
    finally:
        await daemon.stop()


def _heed_hangups(daemon: Daemon, end: Callable[[], None]) -> None:
    """SIGHUP means two things: the terminal that we run in is closed, or else that the settings are to be read."""
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # such as by nohup
        return
    had = _has_terminal()

    def heed() -> None:
        if had and not _has_terminal():
            end()
        else:
            daemon.reload.again()

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, heed)


def _has_terminal() -> bool:
    """Whether a terminal controls us, and is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def introduction(daemon: Daemon) -> list[str]:
    """What is watched, how it is told, and when the next break is due; at first also what is kept (rule 23).

    What this machine lacks is a line, unless nobody sees input: then each reason matters.
    """
    watching, telling = daemon.working("source"), daemon.working("notifier")
    plugins = {name: plugin.facts() for name, plugin in sorted(daemon.host.plugins.items())}
    lacking = [not_here(plugins)] if seeing(plugins) else []
    return [
        *([] if seeing(plugins) else daemon.lacks()),
        f"watches: {', '.join(watching) or 'nothing, since no plugin finds what it needs; see the lines above'}",
        f"notifies: {', then '.join(telling) or 'nobody, since no notifier works'}",
        *filter(None, lacking),
        f"next: {coming(daemon.loop.current())}",
        *[f"keeps: when there was input, in {daemon.places.journal}, until `breakd forget`"]
        * (daemon.first_life and daemon.journal.lasts),
    ]


class Voice:
    """Lines for the person on standard output, in the amount that was asked for."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._out, self._err = _own(sys.stdout), _own(sys.stderr)

    def log(self, line: str) -> None:
        """For whoever looks closer."""
        if self._level == 0:
            self._print(line, self._out)

    def say(self, line: str) -> None:
        """For the person."""
        if self._level <= 1:
            self._print(line, self._out)

    def warn(self, line: str) -> None:
        """What must not be missed."""
        self._print(line, self._err)

    def _print(self, line: str, stream: TextIO | None) -> None:
        try:
            print(line, file=stream, flush=True)
        except (OSError, ValueError):  # a closed terminal must not end the daemon
            _into_nothing(stream)


def _own(stream: TextIO | None) -> TextIO | None:
    """The same stream with a descriptor of its own: a plugin that closes standard output does not close this one."""
    try:
        assert stream is not None
        return os.fdopen(os.dup(stream.fileno()), "w", encoding=stream.encoding, errors=stream.errors)
    except (AssertionError, AttributeError, OSError, ValueError):
        return stream


def _into_nothing(stream: TextIO | None) -> None:
    """Nobody reads this any more: what is still in its buffer would else make the end of the process a failure."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())  # type: ignore[union-attr]  # without a stream there is nothing to do
        os.close(nothing)
