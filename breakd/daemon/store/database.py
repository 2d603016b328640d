"""The SQLite file under the journal: made private, opened durable, migrated, and set aside when it is damaged."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from breakd.daemon.store.wal import is_broken

APPLICATION = 0x62726B64  # "brkd", so that nobody else's database is taken for ours

# What each step did stays as it is; a change of the schema is a new step at the end.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE rows (
        seq INTEGER PRIMARY KEY,  -- order of arrival
        type TEXT NOT NULL CHECK (type IN ('event', 'did')),
        seen INTEGER CHECK (type = 'did' OR seen IS NOT NULL),  -- ms of boot time
        at INTEGER NOT NULL,  -- ms of boot time
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL  -- JSON
    );
    CREATE INDEX jumps ON rows (seq) WHERE name IN ('clock', 'zone');
    CREATE TABLE contents (
        hash TEXT PRIMARY KEY,
        data TEXT NOT NULL  -- JSON
    );
    CREATE TABLE snapshots (
        seq INTEGER PRIMARY KEY,  -- the last row it contains
        version TEXT NOT NULL,
        crc INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    """,
    # The latest prompt, or the latest rules, without the years of input between.
    "CREATE INDEX rare ON rows (name, seq) WHERE name NOT IN ('active', 'idle')",
)

# The page cache counts against the daemon's memory, and a short log against the time of the next start.
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -128",
    "PRAGMA wal_autocheckpoint = 250",
)
PATIENCE = 1.0  # seconds to wait for another program that writes

ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_READONLY: "it cannot be written: make the file and its folder writable for you",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: make the file and its folder writable for you",
    sqlite3.SQLITE_PERM: "it cannot be opened: make the file and its folder writable for you",
    sqlite3.SQLITE_IOERR: "reading or writing fails: see whether the disk is full or broken",
    sqlite3.SQLITE_BUSY: "another program is writing to it: close that program",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restart breakd, which sets it aside and begins a new one",
    sqlite3.SQLITE_NOTADB: "it is no database: restart breakd, which sets it aside and begins a new one",
}
PARTS = ("", "-wal", "-shm", "-journal")
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
SUSPECT = ".suspect"  # beside a file in which damage was met: the next start reads all of it
SMALL = 4_000_000  # bytes that are read through at every start, in the time of a blink


class JournalError(Exception):
    """The journal cannot be read or written: one line, which file, what is wrong, what to do."""


@contextlib.contextmanager
def told(where: str) -> Iterator[None]:
    """Errors of the database inside become a JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # a mistake of ours, such as using a closed journal
            raise
        if code & 0xFF in DAMAGE:
            _suspect(where)
        raise JournalError(f"journal {where}: {ADVICE.get(code & 0xFF, str(error))}") from error


@contextlib.contextmanager
def reachable(where: str) -> Iterator[None]:
    """Errors of files and database inside become a JournalError."""
    try:
        with told(where):
            yield
    except OSError as error:
        advice = "make the file and its folder writable for you, with room on the disk"
        raise JournalError(f"journal {where}: {error.strerror or error}: {advice}") from error


@contextlib.contextmanager
def writing(db: sqlite3.Connection, where: str) -> Iterator[None]:
    """One transaction: on the disk when the block is left, or undone by any error."""
    with told(where):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")  # SQLite may have done so itself
            raise


def open_private(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The database at `path`, made if need be, for its owner alone; and where a damaged one was put, if it was.

    Raises JournalError if it is not ours, too new or cannot be used.
    """
    with reachable(str(path)):
        aside = _set_aside(path) if _is_torn(path) else None
        wholly = _is_doubtful(path)
        db = _connect(path)
        try:
            if _is_damaged(db, path, wholly):
                aside = _set_aside(path)  # before closing, which would delete its log
                db.close()
                db = _connect(path)
            prepare(db, str(path))
        except BaseException:
            db.close()
            raise
    return db, aside


def open_reading(path: Path) -> sqlite3.Connection:
    """The same for reading only, beside a daemon that writes."""
    if not path.exists():
        raise JournalError(f"journal {path}: there is none yet: the daemon begins one when it first runs")
    with reachable(str(path)):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
        try:
            version = _version(db, str(path))
            if version < len(MIGRATIONS):
                text = f"an older form, {version}: start this version of breakd once, which brings it up to date"
                raise JournalError(f"journal {path}: {text}")
        except BaseException:
            db.close()
            raise
    return db


def prepare(db: sqlite3.Connection, where: str) -> None:
    """Bring the tables up to date, and see to it that a commit is on the disk. Raises JournalError."""
    version = _version(db, where)
    # The tables come before the log, so that a lost log never makes the file look like a new one. All steps are one
    # transaction: a first start waits for the disk once, not for each of them.
    if version < len(MIGRATIONS):
        with writing(db, where):
            for statement in ";\n".join(MIGRATIONS[version:]).split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    for setting in SETTINGS:
        db.execute(setting).fetchall()


def _version(db: sqlite3.Connection, where: str) -> int:
    """How many migrations it has been through. Raises JournalError for what is not ours, or too new for us."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise JournalError(f"journal {where}: a database of another program: move it away, or name another file")
    if version > len(MIGRATIONS):
        text = f"written by a newer breakd (form {version}, this one knows {len(MIGRATIONS)}): update breakd"
        raise JournalError(f"journal {where}: {text}")
    return version


def _is_torn(path: Path) -> bool:
    """What must be seen before SQLite does, as it would tidy it away: a log that is damaged, or has lost its file."""
    wal = beside(path, "-wal")
    empty = not path.exists() or not path.stat().st_size
    return is_broken(wal) or (empty and wal.exists() and wal.stat().st_size > 0)


def _is_doubtful(path: Path) -> bool:
    """Whether all of it is to be read: the last life was cut short, or damage was met. Years take a second to read."""
    wal, suspect = beside(path, "-wal"), beside(path, SUSPECT)
    met = suspect.exists()
    suspect.unlink(missing_ok=True)
    cut = wal.exists() and wal.stat().st_size > 0
    return met or cut or (path.exists() and path.stat().st_size <= SMALL)


def _suspect(where: str) -> None:
    with contextlib.suppress(OSError):
        if Path(where).is_file():
            beside(Path(where), SUSPECT).touch(0o600)


def _is_damaged(db: sqlite3.Connection, path: Path, wholly: bool) -> bool:
    try:
        _version(db, str(path))  # one that is too new is refused, not judged
        if not wholly:
            return False
        return [row[0] for row in db.execute("PRAGMA quick_check(1)")] != ["ok"]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in DAMAGE:
            return True
        raise


def _set_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    numbered = (f".{number}" for number in itertools.count(2))
    names = (beside(path, f".damaged-{stamp}{number}") for number in itertools.chain([""], numbered))
    aside = next(name for name in names if not any(beside(name, part).exists() for part in PARTS))
    for part in PARTS:
        if beside(path, part).exists():
            beside(path, part).rename(beside(aside, part))
    return aside


def _connect(path: Path) -> sqlite3.Connection:
    # SQLite gives its log the rights of the file, so they have to be right before it opens it.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(file, 0o600)
    finally:
        os.close(file)
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


def beside(path: Path, ending: str) -> Path:
    """The file of that name with something added to it."""
    return path.with_name(path.name + ending)
