"""Plugins loaded anew while the daemon runs: those somebody asks for, and single files that were saved."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from breakd.daemon.watching.watch import Watcher

QUIET = 0.2  # s without a change after which a save is taken to be complete
KINDS = (".py", ".toml")  # a plugin, and its routines

Stamp: TypeAlias = tuple[str, int, int, int]  # what changes with a save
Stamps: TypeAlias = dict[str, tuple[Stamp, ...]]  # of the files of each plugin


class Renewals:
    """Does one after the other. `pending`: names that were asked for and are not through yet."""

    def __init__(self, folder: Path | None, renew: Callable[[str], Awaitable[None]]) -> None:
        self.pending: dict[str, None] = {}
        self._folder = folder
        self._renew = renew
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watcher = None if folder is None else Watcher((), (folder,), self._changed)
        self._stamps = self._stamped()

    def start(self) -> None:
        """Begin to watch the folder."""
        if self._watcher is not None:
            self._watcher.start()
            self._changed()  # what was saved between the load and now

    def stop(self) -> None:
        """Watch no longer."""
        if self._watcher is not None:
            self._watcher.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def ask(self, name: str) -> None:
        """Load this plugin anew."""
        self.pending[name] = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work(), name="breakd renews plugins")

    async def _work(self) -> None:
        while self.pending:
            name = next(iter(self.pending))
            await self._renew(name)
            self.pending.pop(name, None)

    def _changed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET, self._look)

    def _look(self) -> None:
        """See which plugins were saved, came or went."""
        if self._watcher is not None:
            self._watcher.follow()
        before, self._stamps = self._stamps, self._stamped()
        for name in sorted(before.keys() | self._stamps.keys()):
            if before.get(name) != self._stamps.get(name):
                self.ask(name)

    def _stamped(self) -> Stamps:
        found: Stamps = {}
        for stem, stamp in sorted(self._files()):
            found[stem] = (*found.get(stem, ()), stamp)
        return found

    def _files(self) -> Iterator[tuple[str, Stamp]]:
        if self._folder is None:
            return
        try:
            entries = list(os.scandir(self._folder))
        except OSError:
            return
        for entry in entries:
            stem, suffix = Path(entry.name).stem, Path(entry.name).suffix
            if suffix in KINDS and not stem.startswith((".", "_")):
                try:
                    found = entry.stat()
                except OSError:  # gone meanwhile
                    continue
                yield stem, (suffix, found.st_mtime_ns, found.st_ino, found.st_mode)
