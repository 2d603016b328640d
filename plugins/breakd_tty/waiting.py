"""Waiting, without looking, until something happens to terminals: inotify, by ctypes because nothing else needs it."""

from __future__ import annotations

import asyncio
import errno
import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from breakd_tty.terminals import DEV, PTS

SLOW = 15.0  # seconds between looks where there is no inotify

IN_ACCESS, IN_ATTRIB, IN_CREATE, IN_ONESHOT = 0x1, 0x4, 0x100, 0x80000000
# A terminal that is made belongs to its maker (sshd) until it is given to the user.
_FOLDERS = {PTS: IN_CREATE | IN_ATTRIB, DEV: IN_ATTRIB}


class Changes:
    """What happens to terminals from now on. `exact`: every input is noticed; else (no inotify) time just goes by."""

    def __init__(self, fd: int | None) -> None:
        self._fd = fd
        self.exact = fd is not None

    async def input(self) -> bool:
        """Wait until something happens: whether it was input, or might be (a new terminal, or `SLOW` s are over)."""
        if self._fd is None:
            await asyncio.sleep(SLOW)
            return False
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._fd, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._fd)
        return any(mask & IN_ACCESS for mask in masks(os.read(self._fd, 65536)))


@contextmanager
def watching(terminals: Iterable[Path]) -> Iterator[Changes]:
    """Watch for the next input into each of these terminals, and for new ones, from now on."""
    try:
        fd = _inotify([*((path, IN_ACCESS | IN_ONESHOT) for path in terminals), *_FOLDERS.items()])
    except OSError:  # all its instances or watches are in use, or this kernel has none
        yield Changes(None)
        return
    try:
        yield Changes(fd)
    finally:
        os.close(fd)


def masks(events: bytes) -> Iterator[int]:
    """What happened, of each event that inotify gave."""
    at = 0
    while at < len(events):
        _, mask, _, length = struct.unpack_from("iIII", events, at)
        yield mask
        at += 16 + length


def _inotify(watches: Iterable[tuple[Path, int]]) -> int:
    """A descriptor that becomes readable. Raises OSError unless all that is there can be watched."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    fd: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if fd < 0:
        raise _error(ctypes.get_errno())
    for path, mask in watches:
        if libc.inotify_add_watch(fd, os.fsencode(path), ctypes.c_uint32(mask)) < 0:
            number = ctypes.get_errno()
            if number != errno.ENOENT:  # a terminal that was closed in this moment
                os.close(fd)
                raise _error(number)
    return fd


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
