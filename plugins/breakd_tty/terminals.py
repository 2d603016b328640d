"""When somebody last typed into a terminal of this user, by the times that the kernel keeps on terminals.

It sets a terminal's access time when a program reads what was typed, and the modification time when a program writes
(`tty_update_time` in tty_io.c): what we or others print is no input. Lest anybody learn how a password is typed, the
access time changes at most once in each 8 s of the wall clock, and to a whole second. So the last input was never
before that time, and at the latest when those 8 s were over.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

GRAIN = 8  # seconds

PTS, DEV = Path("/dev/pts"), Path("/dev")
_NAMES = {PTS: re.compile(r"[0-9]+"), DEV: re.compile(r"tty[0-9]+")}


def own_terminals() -> Iterator[Path]:
    """Pseudo-terminals (SSH, tmux, windows) and consoles: a login gives them to the user, also for what `su` starts."""
    user = os.getuid()
    for folder, names in _NAMES.items():
        with os.scandir(folder) as entries:  # a Path for each of all devices would take longer than all else here
            paths = [folder / entry.name for entry in entries if names.fullmatch(entry.name)]
        yield from (path for path in paths if (found := _look_at(path)) and found.st_uid == user)


def _look_at(path: Path) -> os.stat_result | None:
    try:
        found = path.stat()
    except OSError:  # closed in this moment
        return None
    return found if stat.S_ISCHR(found.st_mode) else None


def now() -> float:
    """Seconds of boot time, which goes on while the machine is suspended and is never set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class LastInput:
    """The newest input of all terminals, in seconds of boot time: `at` the earliest, `at_latest` when it may have come.

    Without any terminal it is when we began to look. A terminal that appears is a sign of somebody, too.
    """

    def __init__(
        self, terminals: Callable[[], Iterable[Path]] = own_terminals, wall: Callable[[], float] = time.time
    ) -> None:
        self.terminals = terminals
        self._wall = wall
        self._stamps: dict[Path, float] = {}
        self._looked = 0.0  # since the machine started
        self.at = self.at_latest = 0.0
        if not self.look():
            self.at = self.at_latest = now()

    def look(self) -> bool:
        """Look at all terminals; gives whether there was input since the last look."""
        boot, wall = now(), self._wall()
        stamps = {path: found.st_atime for path in self.terminals() if (found := _look_at(path))}
        news = [stamp for path, stamp in stamps.items() if stamp != self._stamps.get(path)]
        if news:
            newest = max(news)
            # The wall clock may have been set since the stamp was: news is never older than the last look.
            self.at = min(boot, max(self._looked, self.at, boot - (wall - newest)))
            self.at_latest = max(self.at_latest, self.at + GRAIN - newest % GRAIN)
        self._stamps, self._looked = stamps, boot
        return bool(news)

    def heard(self) -> None:
        """There is input, by what the kernel says in this moment."""
        self.at = now()
        if not self.look():
            self.at_latest = max(self.at_latest, self.at + GRAIN)

    def silent_since(self, moment: float) -> None:
        """There was no input since then, also none that the stamps do not show."""
        self.at_latest = max(self.at, min(self.at_latest, moment))
