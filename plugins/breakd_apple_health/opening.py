"""An export as a stream of bytes, whether it is packed or not. Nothing is unpacked to the disk."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

CHUNK = 1 << 16
INSIDE = "apple_health_export"  # the folder in the archive
# DEFLATE packs a thousand to one at best, and an export about 20 to one (its lines are much alike).
DENSE = 300
LARGE = 1 << 24  # bytes; what is smaller may be as dense as it likes
MOST = 1 << 36  # 64 GiB: tenfold what anybody has

NO_CHARACTERS = bytes(code for code in range(1, 32) if code not in b"\t\n\r")  # iOS 16 writes vertical tabs
# Only what stands before the first element. Nothing is tried twice (possessive): a hostile head must not take minutes.
DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>)?(?:\s|<!--.*?-->)*+(<!DOCTYPE)\s", re.DOTALL)
# A comment, a text, or the end of the declaration, so that "]>" in a text ends nothing.
PARTS = re.compile(rb"""<!--(?:.*?-->|.*+)|"[^"]*+"?|'[^']*+'?|]\s*+>|\[|>""", re.DOTALL)
HEAD = 1 << 17  # bytes in which the declaration has to end; those of Apple have 8,000


class Opened(NamedTuple):
    """The bytes of the export, and how many there will be."""

    file: IO[bytes]
    size: int


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The export at `path`. Raises ValueError with what is wrong, OSError."""
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK"):
            file.seek(0)
            yield Opened(file, path.stat().st_size)
            return
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                found = _member(archive)
                with archive.open(found) as inside:
                    yield Opened(inside, found.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            text = str(error) or type(error).__name__
            raise ValueError(f"{path}: the archive is damaged or not all there ({text}): export it again") from None


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The export in the archive: its name depends on the language of the phone. Only read, so paths do no harm."""
    files = [each for each in archive.infolist() if _may_be(PurePosixPath(each.filename))]
    named = [each for each in files if PurePosixPath(each.filename).name == "export.xml"] or files
    if len(named) != 1:
        names = ", ".join(repr(each.filename) for each in named[:3])
        what = f"several files that may be the export: {names}" if named else "no export.xml in it"
        raise ValueError(f"{archive.filename}: {what}; expected the export.zip of Apple Health")
    found = named[0]
    if found.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{archive.filename}: {found.filename!r} is packed in a way that no phone uses")
    dense = found.file_size > LARGE and found.file_size > DENSE * found.compress_size
    if dense or found.file_size > MOST:
        size, packed = found.file_size / 2**20, found.compress_size / 2**20
        raise ValueError(f"{archive.filename}: {found.filename!r} would be {size:,.0f} MiB of {packed:.1f}: refused")
    return found


def _may_be(path: PurePosixPath) -> bool:
    inside = path.parts[:-1] in ((), (INSIDE,))
    return inside and path.suffix == ".xml" and not path.name.endswith("_cda.xml")


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes without document type, which iOS 16 writes wrong and which nothing here needs, line for line.

    Raises ValueError for one that defines entities, or never ends: those of Apple do neither.
    """
    yield _without_type(file.read(HEAD)).translate(None, NO_CHARACTERS)
    while chunk := file.read(CHUNK):
        yield chunk.translate(None, NO_CHARACTERS)


def _without_type(head: bytes) -> bytes:
    found = DOCTYPE.match(head)
    if found is None:
        return head
    end = _end(head, found.end())
    if end is None:
        raise ValueError("the document type has no end: this is no export of Apple Health")
    declaration = head[found.start(1) : end]
    if b"<!ENTITY" in declaration or b"SYSTEM" in declaration or b"PUBLIC" in declaration:
        raise ValueError("the document type defines entities, which no export of Apple Health does: refused")
    return head[: found.start(1)] + b"\n" * declaration.count(b"\n") + head[end:]


def _end(head: bytes, start: int) -> int | None:
    inside = False
    for part in PARTS.finditer(head, start):
        text = part.group()
        if text == b"[":
            inside = True
        elif text.startswith(b"]") or (text == b">" and not inside):
            return part.end()
    return None
