"""The lock beside the journal: one daemon at a time, and the signs of life of the one before."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import zlib
from pathlib import Path

from breakd.daemon.timing.clock import Beat

SLOT = 128  # bytes: the pid in the first, beats in the next two by turns
SLOTS = 3


class Locked(Exception):  # noqa: N818  a state of the file, not an error
    """Somebody else holds the lock: the process `pid`, 0 if it is not known."""

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self.pid = pid


class LockFile:
    """Holds the lock at `path` until it is closed, or the process is gone, however it went.

    Raises Locked, or OSError if the file cannot be written. `last_beat`: of the life before.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(self._file)
            slots = [_read(self._file, place) for place in range(SLOTS)]
            number, self.last_beat = max(map(_parsed, slots[1:]), key=lambda found: found[0])
            self._number = number
            # All slots now, so that a beat never needs room on a disk that has become full.
            os.pwrite(self._file, b"".join([str(os.getpid()).encode().ljust(SLOT), *slots[1:]]), 0)
        except BaseException:
            os.close(self._file)
            raise

    def beat(self, beat: Beat) -> None:
        """Write a sign of life, without waiting for the disk. Best effort: a lost one only makes the gap longer.

        By turns into two places: a torn write spoils one, and the other is still there.
        """
        self._number += 1
        text = f"{self._number} {beat.boot_id or '-'} {beat.boot_ms} {beat.core_ms}".encode()
        slot = b"%08x %s" % (zlib.crc32(text), text)
        if len(slot) > SLOT:
            raise ValueError(f"boot id {beat.boot_id!r} is too long")
        with contextlib.suppress(OSError):
            os.pwrite(self._file, slot.ljust(SLOT), SLOT * (1 + self._number % 2))

    def close(self) -> None:
        """Let go. The file stays: removing it would let two daemons hold two locks of one name."""
        os.close(self._file)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        pid = _read(file, 0).strip()
        raise Locked(int(pid) if pid.isdigit() else 0) from None


def _read(file: int, place: int) -> bytes:
    return os.pread(file, SLOT, place * SLOT).ljust(SLOT)


def _parsed(slot: bytes) -> tuple[int, Beat | None]:
    """(its number, the beat), or (0, None) for what never was whole."""
    check, _, text = slot.rstrip().partition(b" ")
    if check != b"%08x" % zlib.crc32(text):
        return 0, None
    number, boot_id, boot_ms, core_ms = text.decode().split(" ")
    return int(number), Beat("" if boot_id == "-" else boot_id, int(boot_ms), int(core_ms))
