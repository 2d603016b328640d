"""Files of routines that a start does not wait for: they are read once it is through, or when somebody needs them.

Thousands of routines take longer to read than all else that a start does. Until they are in force none is offered: what
would offer one reads them first (decision 21).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from breakd.settings.errors import SettingsError
from breakd.settings.pack_cache import Packs

BREATH = 0.3  # seconds in which whoever waited for the start has a word, and sources begin
AT_ONCE = 256 << 10  # bytes that a start reads in any case: a few hundred routines, 30 ms


class Unread:
    """`files`: those that wait. `through` is called once they have been read, unless somebody was faster."""

    def __init__(self, packs: Packs, through: Callable[[], None]) -> None:
        self.files: tuple[Path, ...] = ()
        self._packs = packs
        self._through = through
        self._task: asyncio.Task[None] | None = None

    def put_off(self, files: Sequence[Path]) -> bool:
        """Whether these files, known or not, would hold up the start: then they wait."""
        if sum(map(_size, files)) > AT_ONCE:
            self.files = tuple(files)
        return bool(self.files)

    def start(self) -> None:
        """Read them in a breath, a file in each turn of the loop, so that nobody waits long."""
        if self.files:
            self._task = asyncio.get_running_loop().create_task(self._work(), name="breakd reads routines")

    def stop(self) -> None:
        """None of them waits any more."""
        self.files = ()
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        await asyncio.sleep(BREATH)
        for file in self.files:
            with suppress(SettingsError):  # it is told when all are laid over each other
                self._packs.read(file, file.stem)
            await asyncio.sleep(0)
        self._task = None
        self._through()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except (OSError, ValueError):
        return 0
