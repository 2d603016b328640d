"""Whether SQLite's write-ahead log was damaged, which SQLite itself does not tell.

A page in the log with a wrong checksum ends it. That is right for the torn end of a write that nobody was told had
succeeded, but behind damage in the middle SQLite drops, and overwrites, what was on the disk for good.
Format: https://sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Literal

HEADER = 32  # bytes: magic, version, page size, checkpoint, two salts, two checksums
FRAME = 24  # bytes before each page: page number, size after commit (else 0), two salts, two checksums
LITTLE, BIG = 0x377F0682, 0x377F0683
MASK = 0xFFFFFFFF
Sums = tuple[int, int]


def is_broken(wal: Path) -> bool:
    """Whether transactions that were complete can no longer be read. A missing or empty log is whole."""
    if not wal.exists():
        return False
    with wal.open("rb") as file:
        header = file.read(HEADER)
        if not any(header):  # never got as far as its first transaction
            return False
        magic, _, size, _, *salts, first, second = struct.unpack(">8I", header.ljust(HEADER, b"\0"))
        order: Literal["<", ">"] = ">" if magic == BIG else "<"
        if magic not in (LITTLE, BIG) or _sums(header[:24], order, (0, 0)) != (first, second):
            return True
        _skip_whole(file, size, tuple(salts), order, (first, second))
        # Only one transaction can have been under way, so only one commit may lie behind the break.
        return _commits(file, size, tuple(salts)) > 1


def _skip_whole(file: BinaryIO, size: int, salts: tuple[int, ...], order: Literal["<", ">"], sums: Sums) -> None:
    """Go to the first frame that is not as it was written."""
    while len(frame := file.read(FRAME + size)) == FRAME + size:
        _, _, *found, first, second = struct.unpack(">6I", frame[:FRAME])
        sums = _sums(frame[:8] + frame[FRAME:], order, sums)
        if tuple(found) != salts or sums != (first, second):
            file.seek(-len(frame), 1)
            return


def _commits(file: BinaryIO, size: int, salts: tuple[int, ...]) -> int:
    """How many transactions end in the rest of the log. Other salts mark what is left of an earlier log."""
    count = 0
    while len(frame := file.read(FRAME + size)) == FRAME + size:
        _, commit, *found, _, _ = struct.unpack(">6I", frame[:FRAME])
        count += bool(commit) and tuple(found) == salts
    return count


def _sums(data: bytes, order: Literal["<", ">"], sums: Sums) -> Sums:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
    return first, second
