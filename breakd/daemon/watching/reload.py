"""Settings that change while the daemon runs: what is saved right is put in force, what is not changes nothing.

One edit, one verdict: everything that the person wrote is read together, and either all of it counts or none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from breakd.daemon.watching.trail import is_link, stamp
from breakd.daemon.watching.watch import Watcher
from breakd.settings.errors import KeyPath, Problem, SettingsError
from breakd.settings.load import Loaded, loaded, locator
from breakd.settings.paths import routines_folder

Health: TypeAlias = Literal["ok", "broken"]

KEPT = "what was in force before stays in force"

BREATH = 0.3  # seconds in which a daemon that starts gets ready, before it watches
QUIET = 0.15  # seconds without a change after which a save is taken to be complete
GONE = 0.5  # the same for a file that has gone: some who save, or stow, take it away first
LONGEST = 2.0  # seconds after which a file is read even if somebody writes it all the time
GLANCE = 5.0  # seconds between looks where nothing tells of changes


class Files(Struct, frozen=True):
    """Where the person says how it should be: a file, beside it a folder of routines, and what the command line says.

    `must`: the file was named there, so without it nothing is right; else it need not exist.
    """

    settings: Path
    sets: tuple[str, ...] = ()
    must: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read."""
        return (self.settings,)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of which every TOML file is read."""
        return (routines_folder(self.settings),)

    def read(self) -> Loaded:
        """The settings as they are written now. Raises SettingsError."""
        return loaded(self.settings if self.must or is_there(self.settings) else None, self.sets)

    def locate(self, path: KeyPath) -> str:
        """Where a key stands in the file now, as FILE:LINE:COLUMN, or ""."""
        return locator(self.settings)(path)


class Verdict(NamedTuple):
    """What was last found. `since`: when that began to be so; `file`: of the settings."""

    file: Path
    state: Health
    problems: tuple[Problem, ...]
    since: int  # core time


class Outcome(NamedTuple):
    """What came of settings that were read: what is wrong with them, and whether other ones are in force now.

    Both can be: what was wrong from the start is left out, and must not hold up what is right.
    """

    problems: tuple[Problem, ...] = ()
    changed: bool = False


class House(Protocol):
    """What a reload needs of the daemon."""

    def put_in_force(self, found: Loaded) -> Outcome:
        """Let these settings count, unless something is wrong with them."""

    def read_again(self, before: Verdict, now: Verdict, changed: bool) -> None:
        """Tell the person."""

    def moment(self) -> int:
        """Core time now."""


class Reload:
    """Reads the files again when they change. `verdict`: what was last found in them."""

    def __init__(self, files: Files, house: House) -> None:
        self._files = files
        self._house = house
        self.verdict = Verdict(files.settings, "ok", (), 0)
        self._watcher = Watcher(files.files, files.folders, self._changed)
        self._stamp = self._stamp_now()
        self._waiting: asyncio.TimerHandle | None = None
        self._stopped = False
        self._first = 0.0  # when the first change came of those that wait
        self._next_glance = 0.0

    @property
    def deaf(self) -> str:
        """Why changes may go unheard; "" if none can."""
        return self._watcher.deaf

    def start(self, problems: Sequence[Problem], watching: Callable[[], None]) -> None:
        """Begin to watch, in a breath; `watching` is called then. `problems`: what is wrong with the files already."""
        self.found(problems)
        self._waiting = asyncio.get_running_loop().call_later(BREATH, self._begin, watching)

    def found(self, problems: Sequence[Problem]) -> None:
        """Take over what is wrong from the start. It is not told."""
        self.verdict = Verdict(self._files.settings, _state(problems), tuple(problems), self._house.moment())

    def stop(self) -> None:
        """Watch no longer, and change nothing more."""
        self._stopped = True
        if self._waiting is not None:
            self._waiting.cancel()
        self._watcher.stop()

    def glance(self) -> None:
        """Look whether something was saved, where nothing tells of it; at moments when the daemon is awake anyway."""
        loop = asyncio.get_running_loop()
        if self.deaf and loop.time() >= self._next_glance:
            self._next_glance = loop.time() + GLANCE
            loop.call_soon(self._look)

    def again(self) -> Verdict:
        """Read everything now, and put it in force if it is right."""
        if self._stopped:
            return self.verdict
        self._watcher.follow()  # before reading: what changes from here on is heard
        self._stamp = self._stamp_now()
        try:
            outcome = self._house.put_in_force(self._files.read())
        except SettingsError as error:
            outcome = Outcome(error.problems)
        return self._judged(outcome)

    def _begin(self, watching: Callable[[], None]) -> None:
        self._waiting = None
        self._watcher.start()
        watching()
        self._look()  # what was saved since the start

    def _look(self) -> None:
        if self._stamp_now() != self._stamp:
            self._changed()

    def _changed(self) -> None:
        """Wait until whoever saves is through: a file is often written in several steps."""
        loop = asyncio.get_running_loop()
        if self._waiting is None:
            self._first = loop.time()
        else:
            self._waiting.cancel()
        quiet = QUIET if is_there(self._files.settings) or self._stamp[0] == self._stamp_now()[0] else GONE
        self._waiting = loop.call_at(min(loop.time() + quiet, self._first + LONGEST), self._through)

    def _through(self) -> None:
        self._waiting = None
        self.again()

    def _stamp_now(self) -> tuple[object, ...]:
        return stamp(self._files.files, self._files.folders)

    def _judged(self, outcome: Outcome) -> Verdict:
        before, state = self.verdict, _state(outcome.problems)
        since = self._house.moment() if outcome.changed or state != before.state else before.since
        self.verdict = Verdict(before.file, state, outcome.problems, since)
        self._house.read_again(before, self.verdict, outcome.changed)
        return self.verdict


def _state(problems: Sequence[Problem]) -> Health:
    return "broken" if problems else "ok"


def is_there(path: Path) -> bool:
    """Whether there is a file, be it one that cannot be read, or a link to nothing: that is then to be said."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):  # whose dotfiles are on a disk that is not there wants no defaults
        return any(is_link(place) and not place.exists() for place in (path, *path.parents))
    except OSError:
        return True
    return True
