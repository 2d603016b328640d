"""The journal: every event and every decision, in order of arrival, on the disk before anything else happens.

State is the fold over `entries`; a snapshot only makes the start fast.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from breakd.core.decisions import Decision
from breakd.core.events import Entry, Event
from breakd.core.rules import Rules
from breakd.daemon.store.contents import Content
from breakd.daemon.store.database import (
    JournalError,
    beside,
    open_private,
    open_reading,
    prepare,
    reachable,
    told,
    writing,
)
from breakd.daemon.store.facts import Did, did, line
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.inspection import problems
from breakd.daemon.store.lockfile import Locked, LockFile
from breakd.daemon.store.rows import COLUMNS, Packed, Row, packed
from breakd.daemon.store.trace import Line, TraceError, read
from breakd.daemon.timing.clock import Beat

__all__ = ["Journal", "JournalBusy", "JournalError"]

PAGE = 512  # rows read at a time, so that nobody who reads slowly holds up who writes
SNAPSHOTS = 2  # the newest are kept, so that a bad one leaves another ...
STRETCH = 4096  # ... and of each so many rows the first, so that a moment of the past is no longer way than that

LATEST = """
    SELECT max(coalesce(seen, at)) FROM rows
    WHERE seq >= coalesce((SELECT seq FROM rows WHERE type = 'event' ORDER BY seq DESC LIMIT 1), 0)
"""  # `seen` never goes back

# Of no use any more: of what is not among the newest, another version's, and what is not the first of its stretch.
OLDER = """
    DELETE FROM snapshots
    WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT :newest) AND (version != :version OR EXISTS (
        SELECT 1 FROM snapshots AS earlier
        WHERE earlier.seq < snapshots.seq AND earlier.seq >= snapshots.seq - snapshots.seq % :stretch
    ))
"""

EVENT = "type = 'event' ORDER BY seq"

KEEP = "INSERT OR IGNORE INTO contents VALUES (?, ?)"


class JournalBusy(JournalError):  # noqa: N818  a state of the journal, which says why
    """Another daemon holds the journal."""


class Journal:
    """An open journal. Its methods raise JournalError, and leave the journal usable, if reading or writing fails.

    `set_aside`: where a damaged journal was put, in whose place this one was begun;
    `last_beat`: the last sign of life of the daemon before; `latest`: the latest core time in it, ms (None: empty).
    """

    def __init__(
        self, db: sqlite3.Connection, where: str, lock: LockFile | None = None, set_aside: Path | None = None
    ) -> None:
        self.set_aside = set_aside
        self.last_beat = lock.last_beat if lock else None
        self._db, self._where, self._lock = db, where, lock
        with told(where):
            self._seq: int = db.execute("SELECT coalesce(max(seq), 0) FROM rows").fetchone()[0]
            self.latest: int | None = db.execute(LATEST).fetchone()[0]

    @property
    def seq(self) -> int:
        """The number of the last row; 0 if there is none."""
        return self._seq

    @property
    def lasts(self) -> bool:
        """Whether what is written outlives us: not in memory, nor read only."""
        return self._lock is not None

    @classmethod
    def open(cls, path: Path) -> Self:
        """The journal at `path` for its one writer, begun if there is none; a damaged one is set aside.

        Raises JournalBusy, or JournalError if it is too new, not ours, no file or cannot be written.
        """
        with reachable(str(path)):
            path = path.resolve()  # SQLite puts its log beside the file itself, not beside a link to it
            if path.exists() and not path.is_file():  # root would make /dev/null its own
                raise JournalError(f"journal {path}: expected a file, found a folder, pipe or device: take it away")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                lock = LockFile(beside(path, ".lock"))
            except Locked as locked:
                who = f"process {locked.pid}" if locked.pid else "another process"
                raise JournalBusy(f"journal {path}: in use by breakd, {who}: stop that one first") from None
        try:
            db, set_aside = open_private(path)
            return cls(db, str(path), lock, set_aside)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def open_reading(cls, path: Path) -> Self:
        """The journal at `path` for reading only, also while a daemon writes to it. Raises JournalError."""
        return cls(open_reading(path), str(path))

    @classmethod
    def in_memory(cls) -> Self:
        """A journal that is forgotten when it is closed, for when there is no disk to write to."""
        db = sqlite3.connect(":memory:", isolation_level=None)
        prepare(db, "in memory")
        return cls(db, "in memory")

    def close(self) -> None:
        """Close file and lock. Nothing is written that was not safe before."""
        self._db.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    # -- writing ------------------------------------------------------------------------------------------------------

    def append(self, entry: Entry, decisions: Iterable[Decision] = (), ready: Packed | None = None) -> Entry:
        """The entry with its `seq`, once it and what was decided upon it are on the disk, all or none.

        `ready`: its event, if somebody has packed it already: thousands of routines take a while.
        Raises TypeError or ValueError, and writes nothing, for events that could not be read back.
        """
        entry = replace(entry, seq=self._seq + 1)
        dids = _numbered(decisions, entry.seq + 1)
        with writing(self._db, self._where):
            self._insert_entry(entry, ready)
            for each in dids:
                self._insert_did(each)
        self._wrote(entry.seq + len(dids), max([entry.seen, *(each.at for each in dids)]))
        return entry

    def append_all(self, entries: Sequence[Entry], decisions: Iterable[Decision] = ()) -> int:
        """Many events learned at once and what was decided upon them, all or none; the last row.

        Raises TypeError or ValueError, and writes nothing, if one of them could not be read back.
        """
        dids = _numbered(decisions, self._seq + len(entries) + 1)
        with writing(self._db, self._where):
            for seq, entry in enumerate(entries, self._seq + 1):
                self._insert_entry(replace(entry, seq=seq))
            for each in dids:
                self._insert_did(each)
        last = self._seq + len(entries) + len(dids)
        self._wrote(last, max([each.seen for each in entries] + [each.at for each in dids]))
        return last

    def decide(self, decisions: Iterable[Decision]) -> tuple[Did, ...]:
        """The decisions as they were written down, all or none, once they are on the disk."""
        dids = _numbered(decisions, self._seq + 1)
        if dids:
            with writing(self._db, self._where):
                for each in dids:
                    self._insert_did(each)
            self._wrote(dids[-1].seq, dids[-1].at)
        return dids

    def snapshot(self, seq: int, version: str, data: bytes, shared: Iterable[Content] = ()) -> None:
        """Keep the state after row `seq`, as this version of the core writes it down.

        The newest two stay, and of older ones the first of each `STRETCH`; those of another version go.
        `shared`: content that it names by its hash, if that is not kept yet.
        """
        with writing(self._db, self._where):
            self._db.executemany(KEEP, shared)
            values = (seq, version, zlib.crc32(data), data)
            self._db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", values)
            self._db.execute(OLDER, {"version": version, "newest": SNAPSHOTS, "stretch": STRETCH})

    def beat(self, beat: Beat) -> None:
        """A sign of life for the next start, without waiting for the disk."""
        if self._lock:
            self._lock.beat(beat)

    def import_(self, lines: Iterable[str], name: str) -> int:
        """Take over a journal export, all or nothing; how many rows. `name`: of the file, for messages.

        Raises TraceError if a line is wrong, JournalError if this journal is not empty.
        """
        if self._seq:
            text = f"it has {self._seq} rows already: import into an empty one, where the order of arrival is kept"
            raise JournalError(f"journal {self._where}: {text}")
        seq, latest = 0, 0
        with writing(self._db, self._where):
            for told_ in read(lines, name, journal=True):
                if told_.what is None or isinstance(told_.what, Rules):  # neither is a row
                    continue
                seq, latest = seq + 1, max(latest, told_.at if told_.seen is None else told_.seen)
                if isinstance(told_.what, Did):
                    self._insert_did(replace(told_.what, seq=seq))
                else:
                    self._insert_entry(_entry(told_, told_.what, seq, name))
        if seq:
            self._wrote(seq, latest)
        return seq

    def rewrite(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Change what was written, all or nothing, and leave no trace of it in the file. Raises JournalError."""
        with told(self._where):
            self._db.execute("PRAGMA secure_delete = ON").fetchall()
            self._db.execute("PRAGMA temp_store = MEMORY")
        with writing(self._db, self._where):
            change(self._db)
        with told(self._where):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._seq = self._db.execute("SELECT coalesce(max(seq), 0) FROM rows").fetchone()[0]
            self.latest = self._db.execute(LATEST).fetchone()[0]

    def _insert_entry(self, entry: Entry, ready: Packed | None = None) -> None:
        data, contents = ready or packed(entry.event)
        for content in contents:
            self._db.execute(KEEP, content)
        self._insert(Row(entry.seq, "event", entry.seen, entry.at, entry.source, entry.event.name, data))

    def _insert_did(self, each: Did) -> None:
        self._insert(Row(each.seq, "did", None, each.at, "", each.name, msgspec.json.encode(each.facts).decode()))

    def _insert(self, row: Row) -> None:
        self._db.execute(f"INSERT INTO rows ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _wrote(self, seq: int, latest: int) -> None:
        self._seq = seq
        self.latest = latest if self.latest is None else max(self.latest, latest)

    # -- reading ------------------------------------------------------------------------------------------------------

    def rows(self, after: int = 0) -> Iterator[Entry | Did]:
        """Events and decisions behind row `after`, in order of arrival; those written meanwhile too.

        Raises JournalError at a row that cannot be read.
        """
        query = f"SELECT {COLUMNS} FROM rows WHERE seq > ? ORDER BY seq LIMIT {PAGE}"
        while found := self._all(query, after):
            yield from map(self._item, found)
            after = found[-1][0]

    def _item(self, values: tuple[Any, ...]) -> Entry | Did:
        try:
            return Row(*values).item(self.content)
        except ValueError as error:
            raise JournalError(f"journal {self._where}: {error}: move the file away to begin anew") from None

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The events alone: what the state is the fold of."""
        return (item for item in self.rows(after) if isinstance(item, Entry))

    def last(self) -> Entry | Did | None:
        """The last row; None if there is none."""
        return next(self.rows(self._seq - 1), None)

    def since(self, core_ms: int) -> int:
        """The last row before anything that was learned at this core time or later."""
        low, high = 0, self._seq  # events up to `low` were learned before, the first behind `high` was not
        while high - low > PAGE:
            middle = (low + high) // 2
            event = self._all(f"SELECT seq, seen FROM rows WHERE seq > ? AND {EVENT} LIMIT 1", middle)
            if event and event[0][1] < core_ms:
                low = event[0][0]
            else:
                high = middle
        behind = "SELECT seq FROM rows WHERE seq > ? AND coalesce(seen, at) >= ? ORDER BY seq LIMIT 1"
        found = self._all(behind, low, core_ms)
        return int(found[0][0]) - 1 if found else self._seq

    def events_of(self, names: Sequence[str]) -> Iterator[Entry]:
        """The events of these names, but not of input, in order of arrival.

        Raises JournalError at a row that cannot be read.
        """
        among = f"name IN ({', '.join('?' * len(names))}) AND name NOT IN ('active', 'idle')"  # as the index `rare`
        query = f"SELECT {COLUMNS} FROM rows WHERE type = 'event' AND {among} ORDER BY seq"
        yield from (item for values in self._all(query, *names) if isinstance(item := self._item(values), Entry))

    def latest_of(self, name: str, up_to: int | None = None) -> Entry | Did | None:
        """The latest event or decision of this name up to that row; None if there is none. Raises JournalError."""
        query = "SELECT max(seq) FROM rows WHERE name = ? AND seq <= ?"
        if name not in ("active", "idle"):  # as the index `rare` has it
            query += " AND name NOT IN ('active', 'idle')"
        found = self._all(query, name, self._seq if up_to is None else up_to)[0][0]
        return None if found is None else next(self.rows(found - 1))

    def next_of(self, name: str, after: int) -> Entry | Did | None:
        """The first event or decision of this name behind that row; None if there is none. Raises JournalError."""
        query = "SELECT min(seq) FROM rows WHERE name = ? AND seq > ? AND name NOT IN ('active', 'idle')"
        found = self._all(query, name, after)[0][0]
        return None if found is None else next(self.rows(found - 1))

    def wall(self, up_to: int | None = None) -> Wall:
        """How the wall clock reads core time after row `up_to`; None: after the last."""
        jumps = f"SELECT {COLUMNS} FROM rows WHERE name IN ('clock', 'zone') AND seq <= ? ORDER BY seq"
        wall = Wall()
        for values in self._all(jumps, self._seq if up_to is None else up_to):
            item = Row(*values).item(self.content)
            wall = wall.after(item.event) if isinstance(item, Entry) else wall
        return wall

    def first(self) -> int | None:
        """The core time at which the journal begins, ms; None if it is empty."""
        found = self._all("SELECT coalesce(seen, at) FROM rows ORDER BY seq LIMIT 1")
        return int(found[0][0]) if found else None

    def core(self, wall_ms: int) -> int:
        """The core time at which the wall clock showed this; of several the last, of none the jump over it."""
        jumps = f"SELECT {COLUMNS} FROM rows WHERE name IN ('clock', 'zone') ORDER BY seq"
        wall, found = Wall(), wall_ms
        for values in self._all(jumps):
            item = Row(*values).item(self.content)
            if not isinstance(item, Entry):
                continue
            wall = wall.after(item.event)
            if max(found, wall_ms - wall.offset) >= item.seen:
                found = max(item.seen, wall_ms - wall.offset)
        return found

    def lines(self, after: int = 0) -> Iterator[str]:
        """The export: one line of JSON for each row, without line ends. What `read` reads and `import_` takes."""
        wall = self.wall(after)
        for item in self.rows(after):
            yield line(item, wall)
            wall = wall.after(item.event) if isinstance(item, Entry) else wall

    def latest_snapshot(self, version: str, up_to: int | None = None) -> tuple[int, bytes] | None:
        """(the last row it contains, the state) of the newest whole snapshot by this version up to that row."""
        query = "SELECT seq, crc, data FROM snapshots WHERE version = ? AND seq <= ? ORDER BY seq DESC"
        for seq, crc, data in self._all(f"{query} LIMIT {SNAPSHOTS}", version, self._seq if up_to is None else up_to):
            if zlib.crc32(data) == crc:
                return seq, data
        return None

    def verify(self) -> list[str]:
        """What is wrong with it, each in one line: file, gaps, order, rows that cannot be read."""
        found: list[str] = []
        try:
            with told(self._where):
                for problem in problems(self._db):
                    found.append(problem)
        except JournalError as error:
            found.append(str(error))
        return found

    def keeps(self, hash_: str) -> bool:
        """Whether there is content of this hash."""
        return bool(self._all("SELECT 1 FROM contents WHERE hash = ?", hash_))

    def content(self, hash_: str) -> str | None:
        """The content of this hash, None if it is not kept."""
        found = self._all("SELECT data FROM contents WHERE hash = ?", hash_)
        return found[0][0] if found else None

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with told(self._where):
            return self._db.execute(query, values).fetchall()


def _numbered(decisions: Iterable[Decision], first: int) -> tuple[Did, ...]:
    return tuple(replace(did(decision), seq=seq) for seq, decision in enumerate(decisions, first))


def _entry(line_: Line, event: Event, seq: int, name: str) -> Entry:
    if line_.seen is None:
        text = 'an idle without "seen", expected a journal export, which says when each was learned'
        raise TraceError(f"{name}:{line_.number}: {text}")
    return Entry(line_.seen, line_.at, event, line_.source, seq)
