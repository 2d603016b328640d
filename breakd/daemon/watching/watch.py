"""Watching files: the system tells when one may have changed; where it cannot, one has to look."""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from breakd.daemon.watching import inotify as ino
from breakd.daemon.watching.trail import ANY, WATCHED, WAY, Place, places

TRIES = 5  # to see the same twice while folders move under our feet

# File systems whose files others may change without this machine being told. Source: statfs(2), linux/magic.h.
FAR = {
    0x6969: "NFS",
    0x517B: "SMB",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB",
    0x65735546: "FUSE",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x01021997: "9P",
    0x00C36400: "Ceph",
    0x73757245: "Coda",
    0x0BD00BD0: "Lustre",
    0x786F4256: "VirtualBox",
}
ADVICE = {
    errno.ENOSPC: "too many files are watched already: raise fs.inotify.max_user_watches",
    errno.EMFILE: "too many programs watch files already: raise fs.inotify.max_user_instances",
}


class Watcher:
    """Calls `changed`, on the running loop, when one of the files, or a TOML or Python file in one of the folders, may.

    Neither files nor folders need exist, and all may be reached through links. `deaf`: why changes may go unheard, ""
    if none can; somebody has then to look now and then.
    """

    def __init__(self, files: Sequence[Path], folders: Sequence[Path], changed: Callable[[], None]) -> None:
        self.deaf = ""
        self._files, self._folders, self._changed = files, folders, changed
        self._inotify: ino.Inotify | None = None
        self._names: dict[int, set[str]] = {}  # of each watch

    def start(self) -> None:
        """Begin to watch."""
        try:
            self._inotify = _opened()
        except OSError as error:
            self.deaf = _why(error)
            return
        asyncio.get_running_loop().add_reader(self._inotify.fd, self._read)
        self.follow()

    def follow(self) -> None:
        """See where the paths lead now, and watch there. To be called after each change, before the files are read."""
        if self._inotify is None:
            return
        before: frozenset[Place] | None = None
        for _ in range(TRIES):
            now = places(self._files, self._folders)
            if now == before:  # nothing moved between the look and the watch
                break
            self.deaf = far(now)
            self._watch(self._inotify, now)
            before = now

    def stop(self) -> None:
        """Watch no longer."""
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.fd)
            self._inotify.close()
            self._inotify = None

    def _watch(self, inotify: ino.Inotify, wanted: frozenset[Place]) -> None:
        masks: dict[Path, int] = {}
        for place in wanted:
            masks[place.path] = masks.get(place.path, 0) | place.mask
        names: dict[int, set[str]] = {}
        watched: dict[int, int] = {}
        for path, mask in masks.items():
            try:
                watch = inotify.add(path, mask)
                watched[watch] = watched.get(watch, 0) | mask
                if watched[watch] != mask:  # the same folder, mounted in two places
                    inotify.add(path, watched[watch])
            except OSError as error:
                self._failed(error, mask)
                continue
            names.setdefault(watch, set()).update(place.name for place in wanted if place.path == path)
        for watch in self._names.keys() - names.keys():
            inotify.remove(watch)
        self._names = names

    def _failed(self, error: OSError, mask: int) -> None:
        # What has just gone is seen at the second look; a folder on the way that only others may read stays.
        if error.errno not in (errno.ENOENT, errno.ENOTDIR) and not (error.errno == errno.EACCES and mask == WAY):
            self.deaf = _why(error)

    def _read(self) -> None:
        assert self._inotify is not None
        if any(map(self._matters, tuple(self._inotify.read()))):
            self._changed()

    def _matters(self, event: ino.Event) -> bool:
        if event.mask & ino.OVERFLOW:
            return True
        if event.mask & ino.IGNORED or event.watch not in self._names:
            return False
        names = self._names[event.watch]
        listed = ANY in names and event.name.endswith(WATCHED) and not event.name.startswith(".")
        return not event.name or listed or event.name in names


def far(wanted: frozenset[Place]) -> str:
    """Why changes may go unheard in one of these places: it is on a network file system; "" if none is."""
    for path in sorted({place.path for place in wanted if place.name}):
        kind = FAR.get(file_system(path))
        if kind:
            return f"{path} is on a network file system ({kind})"
    return ""


def file_system(path: Path) -> int:
    """The number of the kind of file system that this is on; 0 if it cannot be told."""
    if sys.platform != "linux":
        return 0
    import ctypes
    import os

    found = ctypes.create_string_buffer(256)  # more than any `struct statfs`, which begins with the kind
    failed = ctypes.CDLL(None).statfs(os.fsencode(path), found)
    return 0 if failed else ctypes.c_ulong.from_buffer(found).value & 0xFFFFFFFF


def _opened() -> ino.Inotify:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, "this system has no inotify")
    return ino.Inotify()


def _why(error: OSError) -> str:
    return ADVICE.get(error.errno or 0, error.strerror or str(error))
