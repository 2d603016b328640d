"""What can be wrong with a journal without SQLite minding: gaps, order, rows and content that cannot be read."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Generator, Iterator

from breakd.core.events import Entry
from breakd.daemon.store.contents import sha256
from breakd.daemon.store.rows import COLUMNS, Row


def problems(db: sqlite3.Connection) -> Iterator[str]:
    """Every problem in one line: first those of the file, then those of rows, content and snapshots."""
    found = [row[0] for row in db.execute("PRAGMA integrity_check")]
    yield from (f"file: {' '.join(text.split())}" for text in found if text != "ok")
    contents = dict(db.execute("SELECT hash, data FROM contents"))
    last = yield from _rows(db, contents)
    for hash_, data in contents.items():
        if sha256(data) != hash_:
            yield f"content {hash_[:12]}: changed since it was written"
    for seq, crc, data in db.execute("SELECT seq, crc, data FROM snapshots ORDER BY seq"):
        if zlib.crc32(data) != crc:
            yield f"snapshot of row {seq}: changed since it was written"
        if seq > last:
            yield f"snapshot of row {seq}: the last row is {last}"


def _rows(db: sqlite3.Connection, contents: dict[str, str]) -> Generator[str, None, int]:
    last, now = 0, 0
    for values in db.execute(f"SELECT {COLUMNS} FROM rows ORDER BY seq"):
        row = Row(*values)
        if row.seq != last + 1:
            yield f"rows {last + 1} to {row.seq - 1}: missing"
        last = row.seq
        try:
            item = row.item(contents.get)
        except ValueError as error:
            yield str(error)
            continue
        if isinstance(item, Entry):
            if item.at > item.seen:
                yield f"row {row.seq}: happened {item.at - item.seen} ms after it was seen"
            if item.seen < now:
                yield f"row {row.seq}: seen {now - item.seen} ms before the row before it"
            now = max(now, item.seen)
    return last
