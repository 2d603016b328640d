"""The journal: nothing acknowledged is lost, whatever happens to process, disk or file."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from breakd.core.decisions import BreakDone, Missed
from breakd.core.events import Active, Alarm, Clock, Configured, Entry, Exercised, Felt, Zone
from breakd.daemon.store.facts import Did
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.journal import Journal, JournalBusy, JournalError
from breakd.daemon.store.trace import TraceError
from breakd.daemon.timing.clock import Beat
from breakd.plugin.interfaces import Answer
from tests.shell.journal_parts import START, journals, rules
from tests.thorough import times

DONE = BreakDone(START + 5, "move", 180_000)
WROTE = Did(START + 5, "break_done", {"break": "move", "rested_s": 180})


def entry(number: int) -> Entry:
    """The entry that the `number`th row is made of."""
    return Entry(START + number, START + number, Alarm(f"alarm {number}"), "calendar", number)


def filled(path: Path, count: int) -> Path:
    """A journal of so many rows, closed."""
    with Journal.open(path) as journal:
        for number in range(1, count + 1):
            journal.append(replace(entry(number), seq=0))
    return path


def kept(path: Path) -> list[Entry]:
    """What the journal has."""
    with Journal.open(path) as journal:
        assert journal.set_aside is None
        return list(journal.entries())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal may be begun."""
    return tmp_path / "a state?of #things" / "journal.db"


# -- what it keeps ----------------------------------------------------------------------------------------------------


def test_events_and_decisions_share_one_order(path: Path) -> None:
    """Both are numbered in order of arrival, and are there after a restart."""
    with Journal.open(path) as journal:
        first = journal.append(replace(entry(1), seq=0))
        decided = journal.decide([DONE, Missed(START + 6, "move")])
        third = journal.append(replace(entry(9), seq=0))
    missed = Did(START + 6, "missed", {"break": "move", "rested_s": 0}, 3)
    assert [first, *decided, third] == [entry(1), replace(WROTE, seq=2), missed, replace(entry(9), seq=4)]
    with Journal.open(path) as journal:
        assert list(journal.rows()) == [first, *decided, third]
        assert list(journal.rows(after=2)) == [missed, third]
        assert list(journal.entries()) == [first, third]
        assert (journal.last(), journal.latest) == (third, START + 9)


def test_an_empty_journal_has_no_last_row(path: Path) -> None:
    """At a first start there is no latest time, no row, no snapshot and no sign of life."""
    with Journal.open(path) as journal:
        assert (journal.last(), journal.latest, journal.latest_snapshot("1"), journal.last_beat) == (None,) * 4


def test_nothing_decided_writes_nothing(path: Path) -> None:
    """Most events lead to no decision: that must not cost a write."""
    with Journal.open(path) as journal:
        assert (journal.decide([]), journal.last()) == ((), None)


@settings(deadline=None, max_examples=times(15, 30), suppress_health_check=[HealthCheck.too_slow])
@given(journals())
def test_every_event_comes_back_as_it_was(entries: list[Entry]) -> None:
    """Whatever the event, the row gives it back; so does an export, taken over into another journal."""
    with Journal.in_memory() as journal, Journal.in_memory() as other:
        assert [journal.append(each) for each in entries] == entries
        assert list(journal.entries()) == entries
        journal.decide([DONE])
        exported = list(journal.lines())
        assert other.import_(exported, "export.jsonl") == len(entries) + 1
        assert list(other.rows()) == list(journal.rows())
        assert (list(other.lines()), other.latest) == (exported, journal.latest)


def test_what_would_not_come_back_is_not_written(path: Path) -> None:
    """Better an error at the event than a journal that cannot be read."""
    with Journal.open(path) as journal:
        with pytest.raises(TypeError, match="Answer is no event of the journal"):
            journal.append(Entry(START, START, Answer("prompt", "start")))
        with pytest.raises(ValueError, match="read back"):
            journal.append(Entry(START, START, Exercised(float("nan"), 5)))
        with pytest.raises(ValueError, match="surrogates"):
            journal.append(Entry(START, START, Felt(pain=1, where="\udcff")))
        assert journal.append(entry(1)) == entry(1)
        assert list(journal.entries()) == [entry(1)]


def test_equal_rules_are_kept_once(path: Path) -> None:
    """Rules are known by the hash of what they say: sorted, and 20 s is 20.0 s."""
    used = rules(30, step_seconds=20)
    assert used.speeds  # computed on use, and no part of what the rules say
    with Journal.open(path) as journal:
        for each in (used, rules(30, step_seconds=20.0), rules(45)):
            journal.append(Entry(START, START, Configured(each)))
        assert [item.event for item in journal.entries()] == [Configured(used), Configured(used), Configured(rules(45))]
    with contextlib.closing(sqlite3.connect(path)) as db:
        hashes = [row[0] for row in db.execute("SELECT data FROM rows ORDER BY seq")]
        assert (hashes[0] == hashes[1], hashes[0] == hashes[2]) == (True, False)
        assert db.execute("SELECT count(*) FROM contents").fetchone() == (4,), "two rules, one list of one pack"


def test_the_newest_two_snapshots_stay(path: Path) -> None:
    """A third replaces the oldest; only one of the same version is given back, and only of rows that exist."""
    with Journal.open(path) as journal:
        for number in range(1, 4):
            journal.append(entry(number))
            journal.snapshot(number, f"core {number}", b"state %d" % number)
        found = [journal.latest_snapshot(f"core {number}") for number in range(1, 4)]
        assert found == [None, (2, b"state 2"), (3, b"state 3")]
        journal.snapshot(99, "core 3", b"of rows that were never written")
        assert journal.latest_snapshot("core 3") == (3, b"state 3")


def test_a_damaged_snapshot_is_passed_over(path: Path) -> None:
    """The one before it is still good."""
    with Journal.open(filled(path, 2)) as journal:
        journal.snapshot(1, "core", b"good")
        journal.snapshot(2, "core", b"bad")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE snapshots SET data = x'00' WHERE seq = 2")
    with Journal.open(path) as journal:
        assert journal.latest_snapshot("core") == (1, b"good")
        assert journal.verify() == ["snapshot of row 2: changed since it was written"]


def test_the_wall_clock_is_the_sum_of_its_jumps(path: Path) -> None:
    """Offset and zone are known after any row."""
    jumps = [Clock(-5), Zone("Europe/Berlin"), Active(), Clock(7)]
    with Journal.open(path) as journal:
        for number, event in enumerate(jumps, 1):
            journal.append(Entry(START + number, START, event))
        berlin = "Europe/Berlin"
        assert [journal.wall(seq) for seq in range(5)] == [
            Wall(),
            Wall(-5),
            Wall(-5, berlin),
            Wall(-5, berlin),
            Wall(2, berlin),
        ]
        assert journal.wall() == Wall(2, berlin)


def test_who_reads_sees_what_is_written_meanwhile(path: Path) -> None:
    """A reader never holds up the writer, and misses nothing."""
    with Journal.open(filled(path, 3)) as journal:
        reader = journal.rows()
        first = next(reader)
        journal.append(entry(4))
        assert [first, *reader] == [entry(number) for number in range(1, 5)]


def test_another_process_may_read_beside_the_daemon(path: Path) -> None:
    """`export` works while the daemon writes, and when none runs; it can write nothing itself."""
    with pytest.raises(JournalError, match="there is none yet"):
        Journal.open_reading(path)
    with Journal.open(path) as journal:
        journal.append(entry(1))
        with Journal.open_reading(path) as reading:
            journal.append(entry(2))
            assert list(reading.entries()) == [entry(1), entry(2)]
            with pytest.raises(JournalError, match="cannot be written"):
                reading.append(entry(3))
    with Journal.open_reading(path) as reading:
        assert list(reading.entries()) == [entry(1), entry(2)]
    assert kept(path) == [entry(1), entry(2)]


def test_an_import_is_all_or_nothing(path: Path) -> None:
    """A wrong line anywhere leaves the journal as empty as it was; the journal is usable afterwards."""
    good = '{"at": "2026-03-02T09:00:00Z", "event": "active", "seen": "2026-03-02T09:00:00Z"}'
    with Journal.open(path) as journal:
        with pytest.raises(TraceError, match=r"old\.jsonl:2: unknown event"):
            journal.import_([good, good.replace("active", "asleep")], "old.jsonl")
        with pytest.raises(TraceError, match=r'old\.jsonl:2: an idle without "seen"'):
            journal.import_([good, '{"at": "2026-03-02T09:00:00Z", "event": "idle"}'], "old.jsonl")
        assert (journal.last(), journal.append(entry(1))) == (None, entry(1))


def test_an_import_never_mixes(path: Path) -> None:
    """The fold goes by order of arrival, so that what is older cannot come later."""
    with Journal.open(filled(path, 3)) as journal, pytest.raises(JournalError, match="has 3 rows already"):
        journal.import_([], "old.jsonl")


def test_files_are_the_persons_alone(path: Path) -> None:
    """Folder 0700, files 0600, whatever the umask, and also if the file was there before with other rights."""
    before = os.umask(0)
    try:
        filled(path, 1).chmod(0o644)
        with Journal.open(path) as journal:
            journal.append(entry(2))
            rights = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    names = ["journal.db", "journal.db-shm", "journal.db-wal", "journal.db.lock"]
    assert rights == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# -- one daemon, and the life before ----------------------------------------------------------------------------------


def test_a_second_daemon_is_told_who_has_it(path: Path) -> None:
    """One writer: the second is refused with the process to stop, and disturbs nothing."""
    with Journal.open(path) as journal:
        with pytest.raises(JournalBusy, match=rf"journal\.db: in use by breakd, process {os.getpid()}: stop that"):
            Journal.open(path)
        assert journal.append(entry(1)) == entry(1)
    assert kept(path) == [entry(1)]


def test_the_last_sign_of_life_is_known_to_the_next(path: Path) -> None:
    """The latest beat counts, also after several lives without one."""
    beats = [Beat("6f1c-boot", 1000 * number, START + 1000 * number) for number in range(5)]
    with Journal.open(path) as journal:
        for beat in beats:
            journal.beat(beat)
    for _ in range(2):
        with Journal.open(path) as journal:
            assert journal.last_beat == beats[-1]
    with Journal.open(path) as journal:
        journal.beat(Beat("", 7, 8))
    with Journal.open(path) as journal:
        assert journal.last_beat == Beat("", 7, 8)


@pytest.mark.parametrize("place", [1, 2])
def test_a_torn_beat_leaves_the_one_before(path: Path, place: int) -> None:
    """Beats go into two places by turns, each with a checksum."""
    with Journal.open(path) as journal:
        journal.beat(Beat("boot", 1, 1))
        journal.beat(Beat("boot", 2, 2))
    with path.with_name("journal.db.lock").open("r+b") as file:
        file.seek(place * 128 + 20)
        file.write(b"\0\0")
    with Journal.open(path) as journal:
        assert journal.last_beat == (Beat("boot", 1, 1) if place == 1 else Beat("boot", 2, 2))


def test_a_spoilt_lock_file_is_no_obstacle(path: Path) -> None:
    """Without a whole beat the last life is unknown, and that is all."""
    path.parent.mkdir()
    path.with_name("journal.db.lock").write_bytes(b"\xff" * 1000)
    with Journal.open(path) as journal:
        assert (journal.last_beat, journal.append(entry(1))) == (None, entry(1))


# -- damage -----------------------------------------------------------------------------------------------------------


def overwritten(at: int, data: bytes) -> Callable[[Path], None]:
    """Damage: these bytes at this place."""

    def damage(file: Path) -> None:
        with file.open("r+b") as writing:
            writing.seek(at)
            writing.write(data)

    return damage


DAMAGES = [
    overwritten(0, b"this is no database, whatever it says"),
    overwritten(4096, b"\xff" * 4096),
    lambda file: os.truncate(file, file.stat().st_size // 2),
    lambda file: os.truncate(file, 5000),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside(path: Path, damage: Callable[[Path], None]) -> None:
    """A new journal is begun at once; the old file is kept as it is, named by the time."""
    damage(filled(path, 300))
    before = path.read_bytes()
    with Journal.open(path) as journal:
        assert journal.set_aside is not None
        assert re.fullmatch(r"journal\.db\.damaged-\d{8}T\d{6}Z", journal.set_aside.name)
        assert journal.set_aside.read_bytes() == before
        assert (journal.append(entry(1)), journal.verify()) == (entry(1), [])
    assert kept(path) == [entry(1)]


def test_two_damages_in_one_second_keep_both(path: Path) -> None:
    """Nothing that was set aside is ever overwritten."""
    aside = set()
    for _ in range(3):
        filled(path, 1)
        path.write_bytes(b"nonsense" * 1000)
        with Journal.open(path) as journal:
            aside.add(journal.set_aside)
    assert len(aside) == 3
    assert all(each is not None and each.exists() for each in aside)


@pytest.fixture
def killed(path: Path) -> Path:
    """A journal of 30 rows whose daemon was killed: the rows are in its write-ahead log."""
    alive = path.with_name("alive.db")
    with Journal.open(alive) as journal:
        for number in range(1, 31):
            journal.append(entry(number))
        for part in ("", "-wal"):
            shutil.copy(f"{alive}{part}", f"{path}{part}")
    return path


def wal(path: Path) -> Path:
    """Its write-ahead log."""
    return path.with_name(path.name + "-wal")


def test_a_whole_log_is_taken_up(killed: Path) -> None:
    """After a kill the rows are in the log, and are all there."""
    assert kept(killed) == [entry(number) for number in range(1, 31)]


@pytest.mark.parametrize("at", [0, 20, 32 + 3 * (4096 + 24) + 100, 32 + 10 * (4096 + 24) + 9])
def test_a_damaged_log_is_set_aside_with_its_file(killed: Path, at: int) -> None:
    """SQLite would drop what is behind the damage without a word; we keep both files for whoever can mend them."""
    overwritten(at, b"\xee" * 8)(wal(killed))
    before = killed.read_bytes(), wal(killed).read_bytes()
    with Journal.open(killed) as journal:
        assert journal.set_aside is not None
        assert (journal.set_aside.read_bytes(), wal(journal.set_aside).read_bytes()) == before
        assert list(journal.entries()) == []


def test_a_link_to_the_journal_is_followed(killed: Path, tmp_path: Path) -> None:
    """The lock and the log are those of the file, by whatever name it is opened."""
    link = tmp_path / "link.db"
    link.symlink_to(killed)
    with Journal.open(killed), pytest.raises(JournalBusy):
        Journal.open(link)
    killed.write_bytes(b"nonsense" * 1000)
    with Journal.open(link) as journal:
        assert journal.set_aside is not None
        assert (journal.set_aside.parent, link.is_symlink()) == (killed.parent, True)


def test_a_log_without_its_file_is_set_aside(killed: Path) -> None:
    """A file that was emptied does not take its log with it."""
    os.truncate(killed, 0)
    with Journal.open(killed) as journal:
        assert journal.set_aside is not None
        assert wal(journal.set_aside).stat().st_size > 30 * 4096


@pytest.mark.parametrize("cut", [1, 4096, 4096 + 24 + 1])
def test_a_torn_end_of_the_log_is_no_damage(killed: Path, cut: int) -> None:
    """A write that was under way when the power went is dropped, and nothing else."""
    os.truncate(wal(killed), wal(killed).stat().st_size - cut)
    found = kept(killed)
    assert found == [entry(number) for number in range(1, len(found) + 1)]
    assert len(found) >= 28


def test_a_last_write_that_is_torn_inside_is_no_damage(path: Path) -> None:
    """When the power goes, the pages of the write under way may be on the disk in any order, the last one too."""
    with Journal.open(path) as journal:
        journal.append(entry(1))
        whole = wal(path).stat().st_size
        journal.snapshot(1, "core", bytes(20_000))
        copy = path.with_name("copy.db")
        for part in ("", "-wal"):
            shutil.copy(f"{path}{part}", f"{copy}{part}")
    overwritten(whole + 100, b"\xee")(wal(copy))
    assert kept(copy) == [entry(1)]


def test_a_log_of_zeros_is_no_damage(path: Path) -> None:
    """So a file system may leave a log whose first write never reached the disk."""
    wal(filled(path, 3)).write_bytes(bytes(9000))
    assert kept(path) == [entry(number) for number in range(1, 4)]


def test_what_an_earlier_log_left_behind_is_no_damage(path: Path) -> None:
    """SQLite starts its log again at the top: old pages behind the new ones belong to nobody."""
    with Journal.open(path) as journal:
        for number in range(1, 41):
            journal.append(entry(number))
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        journal.append(entry(41))
        copy = path.with_name("copy.db")
        for part in ("", "-wal"):
            shutil.copy(f"{path}{part}", f"{copy}{part}")
    assert kept(copy) == [entry(number) for number in range(1, 42)]


def test_a_newer_journal_is_refused_and_left_alone(path: Path) -> None:
    """After a downgrade the history is not thrown away."""
    with contextlib.closing(sqlite3.connect(filled(path, 3))) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"written by a newer breakd \(form 99, this one knows 2\): update breakd"):
        Journal.open(path)
    assert (path.read_bytes(), sorted(each.name for each in path.parent.iterdir())) == (
        before,
        ["journal.db", "journal.db.lock"],
    )


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    """A path given by mistake is an error, not damage."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photos (name TEXT)")
    with pytest.raises(JournalError, match="a database of another program: move it away, or name another file"):
        Journal.open(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


FAULTS = [
    ("DELETE FROM rows WHERE seq IN (2, 3)", "rows 2 to 3: missing"),
    ("UPDATE rows SET seen = 5, at = 5 WHERE seq = 3", f"row 3: seen {START + 2 - 5} ms before the row before it"),
    ("UPDATE rows SET at = seen + 4 WHERE seq = 2", "row 2: happened 4 ms after it was seen"),
    ("UPDATE rows SET name = 'sneezed' WHERE seq = 2", "row 2, event sneezed: an unknown event"),
    ("UPDATE rows SET data = '{}' WHERE seq = 2", "row 2, event alarm: Object missing required field `what`"),
    ("UPDATE contents SET data = replace(data, '0.9', '0.8')", "content 8: changed since it was written"),
    ("DELETE FROM contents", "row 5, event configured: its content 8 is missing"),
    ("INSERT INTO snapshots VALUES (7, '1', 0, x'')", "snapshot of row 7: the last row is 5"),
]


@pytest.mark.parametrize(("fault", "problem"), FAULTS)
def test_verify_finds_what_sqlite_does_not_mind(path: Path, fault: str, problem: str) -> None:
    """Gaps, order, rows and content that cannot be read or were changed: each in one line."""
    with Journal.open(filled(path, 4)) as journal:
        journal.append(Entry(START + 5, START + 5, Configured(rules())))
        assert journal.verify() == []
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(fault)
    with Journal.open(path) as journal:
        assert [re.sub(r"content [0-9a-f]{12}", "content 8", found) for found in journal.verify()] == [problem]


def test_a_row_that_cannot_be_read_is_named(path: Path) -> None:
    """Reading stops there with the row and what is wrong with it; it never goes on with a hole."""
    with contextlib.closing(sqlite3.connect(filled(path, 3))) as db, db:
        db.execute("UPDATE rows SET data = 'x' WHERE seq = 2")
    with Journal.open(path) as journal:
        reader = journal.entries()
        assert next(reader) == entry(1)
        with pytest.raises(JournalError, match=r"journal\.db: row 2, event alarm: .*malformed"):
            next(reader)


# -- disks that do not do ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Writing beyond this many bytes of any file fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_write_that_fails_leaves_the_journal_usable(path: Path) -> None:
    """Nothing of it is kept, the error says what to look at, and the next write gets its number."""
    with Journal.open(path) as journal:
        journal.append(entry(1))
        with no_file_longer_than(wal(path).stat().st_size + 1000):
            for _ in range(3):
                with pytest.raises(JournalError, match=r"journal\.db: .*the disk"):
                    journal.append(entry(2))
            with pytest.raises(JournalError, match="the disk"):
                journal.decide([DONE])
            assert list(journal.entries()) == [entry(1)]
        assert journal.append(entry(2)) == entry(2)
        assert journal.decide([DONE]) == (replace(WROTE, seq=3),)
        assert journal.verify() == []
    assert kept(path) == [entry(1), entry(2)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_and_survived(small_disk: Path) -> None:
    """Full: an error that says so, the journal still reads, also after a restart; with room again it goes on."""
    path = small_disk / "journal.db"
    full, count = small_disk / "ballast", 0
    with Journal.open(path) as journal:
        journal.append(entry(1))
        count = 1
        full.write_bytes(bytes(os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - 8192))
        with pytest.raises(JournalError, match=r"the disk is full: free some space|see whether the disk is full"):
            while count < 1000:
                journal.append(entry(count + 1))
                count += 1
        assert list(journal.entries()) == [entry(number) for number in range(1, count + 1)]
        assert journal.verify() == []
    assert kept(path) == [entry(number) for number in range(1, count + 1)]
    full.unlink()
    with Journal.open(path) as journal:
        assert journal.append(entry(count + 1)) == entry(count + 1)


def test_a_disk_with_no_room_at_all_is_said_at_the_start(small_disk: Path) -> None:
    """No half-made journal is left in the way, and nothing is set aside."""
    full = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        full.write_bytes(bytes(600 * 1024))
    path = small_disk / "journal.db"
    with pytest.raises(JournalError, match="disk"):
        Journal.open(path)
    full.unlink()
    with Journal.open(path) as journal:
        assert (journal.append(entry(1)), journal.set_aside) == (entry(1), None)


@contextlib.contextmanager
def an_ordinary_user() -> Iterator[Path]:
    """Rights count: not root, and a folder that belongs to whom we then are."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            Path(folder).chmod(0o700)
            if root:
                os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_said() -> None:
    """The error names the file and what to do; the daemon can go on in memory."""
    with an_ordinary_user() as folder:
        folder.chmod(0o500)
        with pytest.raises(
            JournalError, match=r"journal\.db: Permission denied: make the file and its folder writable"
        ):
            Journal.open(folder / "journal.db")
        with pytest.raises(JournalError, match="Permission denied"):
            Journal.open(folder / "state" / "journal.db")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_left_as_it_is(tmp_path: Path, make: Callable[[Path, int], None]) -> None:
    """A link to /dev/null says that nothing is to be kept: root must not take the rights of others to it away."""
    place, link = tmp_path / "place", tmp_path / "journal.db"
    make(place, 0o644)
    link.symlink_to(place)
    with pytest.raises(JournalError, match="place: expected a file, found a folder, pipe or device: take it away"):
        Journal.open(link)
    assert (stat.S_IMODE(place.stat().st_mode), sorted(tmp_path.iterdir())) == (0o644, [link, place])


def test_a_file_that_cannot_be_written_is_said() -> None:
    """A journal that became read-only is neither damaged nor forgotten."""
    with an_ordinary_user() as folder:
        path = filled(folder / "journal.db", 2)
        folder.chmod(0o500)
        with pytest.raises(JournalError, match="writable for you"), Journal.open(path) as journal:
            journal.append(entry(3))
        folder.chmod(0o700)
        assert kept(path) == [entry(1), entry(2)]


def test_a_journal_in_memory_does_all_but_last() -> None:
    """What the daemon falls back on has the same methods."""
    with Journal.in_memory() as journal:
        journal.beat(Beat("boot", 1, 1))
        journal.append(entry(1))
        journal.decide([DONE])
        journal.snapshot(2, "core", b"state")
        assert list(journal.rows()) == [entry(1), replace(WROTE, seq=2)]
        assert (journal.latest_snapshot("core"), journal.verify(), journal.last_beat) == ((2, b"state"), [], None)


# -- kill it at any instant -------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from breakd.core.decisions import BreakDone
from breakd.core.events import Alarm, Entry
from breakd.daemon.store.journal import Journal

journal = Journal.open(Path(sys.argv[1]))
assert journal.set_aside is None
last = journal.last()
number = last.seq if last else 0
print("open", flush=True)
while True:
    number += 1
    if number % 5:
        journal.append(Entry(number, number, Alarm("x" * (number * 37 % 3000))))
    else:
        journal.decide([BreakDone(number, "move", number)])
    if number % 20 == 0:
        journal.snapshot(number, "core", bytes(20_000))
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_by_a_kill(path: Path) -> None:
    """Killed with SIGKILL again and again in the middle of writing: every acknowledged row is there, in order."""
    for life in range(12):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "open\n"
            told = [child.stdout.readline() for _ in range(11 + 7 * life)]
            child.send_signal(signal.SIGKILL)
            told += child.stdout.read().splitlines(keepends=True)
        acknowledged = max(int(number) for number in told if number.endswith("\n"))
        with Journal.open(path) as journal:
            found = [item.seq for item in journal.rows()]
            assert (journal.set_aside, journal.verify()) == (None, [])
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= acknowledged
