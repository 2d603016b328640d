"""Waiting, without looking, until something happens to terminals: inotify, by ctypes because nothing else needs it."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from breakd_tty.terminals import DEV, PTS

SLOW = 15.0  # seconds between looks where there is no inotify

IN_ACCESS, IN_ATTRIB, IN_CREATE, IN_ONESHOT = 0x1, 0x4, 0x100, 0x80000000
# A terminal that is made belongs to its maker (sshd) until it is given to the user.
_FOLDERS = {PTS: IN_CREATE | IN_ATTRIB, DEV: IN_ATTRIB}


@contextmanager
def watching(terminals: Iterable[Path]) -> Iterator[Callable[[], Awaitable[None]]]:
    """Watch for input into these terminals, and for new ones, from now on; call what is given to wait for the first.

    It may also return for nothing. Without inotify it returns after `SLOW` s.
    """
    try:
        fd = _inotify([*((path, IN_ACCESS | IN_ONESHOT) for path in terminals), *_FOLDERS.items()])
    except OSError:  # all its instances or watches are in use, or this kernel has none
        yield lambda: asyncio.sleep(SLOW)
        return
    try:
        yield lambda: _readable(fd)
    finally:
        os.close(fd)


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


async def _readable(fd: int) -> None:
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(fd, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(fd)
