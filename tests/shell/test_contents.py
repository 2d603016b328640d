"""Rules and routines apart, by the hash of their content: nothing is lost on the way, and little is written twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from breakd.core.events import Configured, Entry, Idle
from breakd.core.routines import Routine, Step
from breakd.core.rules import Rules
from breakd.daemon.fold import Fold, replay, resumed
from breakd.daemon.store import contents as kept
from breakd.daemon.store.contents import contents, hash_of, rules_of, sha256
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.rows import packed
from tests.shell.journal_parts import START, rules

MANY = tuple(Routine(id=f"a.{number}", title="A", steps=(Step("Go", 20),)) for number in range(50))


def forget() -> None:
    """Know nothing any more."""
    for each in (kept._known, kept._hashes, kept._sound):
        each.clear()


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Another process: it knows no routines by their hash."""
    forget()
    yield
    forget()


def looked_up(of: Rules) -> tuple[str, dict[str, str]]:
    """The text of the rules, and all contents by hash."""
    every = contents(of)
    return every[0].data, {each.hash: each.data for each in every}


def test_rules_come_back_as_they_were() -> None:
    """With their routines, numbers as their types say; the hash is that of the data."""
    text, every = looked_up(replace(rules(), routines=MANY))
    assert rules_of(text, every.get) == replace(rules(), routines=MANY)
    assert all(sha256(data) == hash_ for hash_, data in every.items())
    assert "a.7" not in text


def test_a_change_of_a_number_does_not_write_the_routines_again() -> None:
    """The same routines, whatever the type of their numbers, have one hash."""
    whole = tuple(replace(each, met=2) for each in MANY)
    same = tuple(replace(each, met=2.0) for each in MANY)
    (_, *one), (_, *other) = contents(replace(rules(30), routines=whole)), contents(replace(rules(45), routines=same))
    assert one == other


def test_a_change_of_a_routine_writes_its_pack() -> None:
    """And the list of packs; the other packs are those of before."""
    three = tuple(replace(each, id=f"{pack}.{each.id}") for pack in ("a", "b-c", "b") for each in MANY)
    edited = (*three[:-1], replace(three[-1], title="B"))
    (_, _, *before), (_, _, *after) = (contents(replace(rules(), routines=each)) for each in (three, edited))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False]
    assert hash_of(three) != hash_of(edited)
    text, every = looked_up(replace(rules(), routines=edited))
    forget()
    assert rules_of(text, every.get).routines == edited
    del every[after[0].hash]
    forget()
    with pytest.raises(ValueError, match=f"its content {after[0].hash[:12]} is missing"):
        rules_of(text, every.get)


def test_packs_that_are_read_are_those_of_before() -> None:
    """Another set shares in memory what it has in common, and needs not look it up."""
    edited = (*MANY, replace(MANY[0], id="b.0"))
    text, every = looked_up(replace(rules(), routines=edited))
    forget()
    hash_of(MANY)
    every = {hash_: data for hash_, data in every.items() if "a.7" not in data}
    other = rules_of(text, every.get).routines
    assert other == edited
    assert all(had is same for had, same in zip(MANY, other[:-1], strict=True))


def test_a_hash_is_that_of_the_content() -> None:
    """Though it is not worked out anew for packs that stayed as they were."""
    for routines in (MANY, MANY[1:], MANY, MANY[::-1]):
        every = contents(replace(rules(), routines=routines))
        assert [sha256(each.data) for each in every] == [each.hash for each in every]
        assert hash_of(routines) == every[1].hash


def test_journals_from_before_can_be_read() -> None:
    """Rules that were kept with their routines inside."""
    old = replace(rules(), routines=MANY)
    assert rules_of(msgspec.json.encode(old).decode(), lambda _: None) == old


def test_journals_from_before_there_were_packs_can_be_read() -> None:
    """All routines in one content."""
    text, every = looked_up(replace(rules(), routines=MANY))
    every[hash_of(MANY)] = msgspec.json.encode(MANY).decode()
    forget()
    assert rules_of(text, every.get).routines == MANY


def test_missing_routines_are_told() -> None:
    """Their hash is in the message."""
    text, every = looked_up(rules())
    with pytest.raises(ValueError, match=r"its content [0-9a-f]{12} is missing"):
        rules_of(text, lambda _: None)
    assert len(every) == 3, "the rules, the list of packs, a pack"


def test_what_is_known_is_not_read() -> None:
    """Routines whose hash was asked for, or told, are taken as they are; only the last two sets are."""
    text, _ = looked_up(replace(rules(), routines=MANY))
    hash_of(MANY)
    assert rules_of(text, lambda _: None).routines is MANY
    assert hash_of(MANY[:1], "told") == "told" == hash_of(kept._known["told"])
    hash_of(MANY[:2])
    with pytest.raises(ValueError, match="is missing"):
        rules_of(text, lambda _: None)


def test_what_cannot_be_read_back_is_refused() -> None:
    """Half a character in a routine, or in the rules."""
    odd = replace(rules(), routines=(replace(MANY[0], title="\ud83d"),))
    with pytest.raises(ValueError, match="cannot be journalled"):
        packed(Configured(odd))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with many routines, and a snapshot behind its last row."""
    path = tmp_path / "journal.db"
    with Journal.open(path) as journal:
        fold = Fold.new(journal, replace(rules(), routines=MANY), START, print)
        fold.take(Idle(), START, START + 1, "x11")
        fold.snapshot()
    return path


def test_a_snapshot_names_its_routines(path: Path) -> None:
    """It is small, and a start from it equals a replay."""
    with closing(sqlite3.connect(path)) as db:
        ((size,),) = db.execute("SELECT length(data) FROM snapshots").fetchall()
        assert size < 8000
    with Journal.open(path) as journal:
        quick = replay(journal)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM snapshots")
    with Journal.open(path) as journal:
        assert replay(journal) == quick
    assert quick is not None
    assert quick.state.rules.routines == MANY


def test_a_snapshot_whose_routines_are_gone_is_no_snapshot(path: Path) -> None:
    """The journal is replayed, as far as it has its contents."""
    with Journal.open(path) as journal:
        state = replay(journal)
        seq, data = journal.latest_snapshot(kept_version()) or (0, b"")
        odd = data.replace(hash_of(MANY).encode(), b"0" * 64)
        journal.snapshot(seq, kept_version(), odd)
    forget()
    with Journal.open(path) as journal:
        assert replay(journal) == state


def test_a_snapshot_keeps_what_nobody_kept(path: Path) -> None:
    """Routines of a journal from before stand inside its rules: the first snapshot puts them apart."""
    with Journal.open(path) as journal:
        found = replay(journal)
        assert found is not None
        fold = Fold(journal, replace(found.state, rules=replace(rules(), routines=MANY[:3])), print)
        fold.take(Idle(), START + 2, START + 2, "x11")
        fold.snapshot()
    forget()
    with Journal.open(path) as journal:
        again = replay(journal)
    assert again is not None
    assert again.state.rules.routines == MANY[:3]


def test_an_event_that_says_the_same_is_read_the_same(path: Path) -> None:
    """Two `configured` with the same routines share them in memory too."""
    with Journal.open(path) as journal:
        journal.append(Entry(START + 3, START + 3, Configured(replace(rules(45), routines=MANY))))
    forget()
    with Journal.open(path) as journal:
        told = [each.event.rules for each in journal.entries() if isinstance(each.event, Configured)]
    assert told[0].routines is told[1].routines


def kept_version() -> str:
    """The version of snapshots."""
    from breakd.daemon.fold import VERSION

    return VERSION


# -- a state without its routines -----------------------------------------------------------------------------------


def test_a_state_without_routines_is_completed(path: Path) -> None:
    """By those that somebody has, if they are the same, else by those of the journal: it is that of a replay."""
    for routines in (MANY, MANY[1:], None):
        with Journal.open(path) as journal:
            expected, found = replay(journal), resumed(journal)
            assert expected is not None
            assert found is not None
            assert (found.state.rules.routines, found.last, found.absent) == ((), expected.last, hash_of(MANY))
            fold = Fold(journal, found.state, print, found.absent)
            fold.complete(routines)
            assert (fold.state, fold.absent) == (expected.state, "")


def test_a_snapshot_is_of_a_whole_state(path: Path) -> None:
    """Whoever keeps a state completes it before."""
    with Journal.open(path) as journal:
        found = resumed(journal)
        assert found is not None
        fold = Fold(journal, found.state, print, found.absent)
        fold.take(Idle(), START + 2, START + 2, "x11")
        assert resumed(journal) is None, "a row behind the last snapshot"
        fold.snapshot()
        again = resumed(journal)
        assert again is not None
        assert (again.absent, fold.state.rules.routines) == (hash_of(MANY), MANY)


def test_where_routines_are_gone_the_journal_is_replayed(path: Path) -> None:
    """As far as it goes without them."""
    with Journal.open(path) as journal:
        expected, found = replay(journal), resumed(journal)
        assert expected is not None
        assert found is not None
        fold = Fold(journal, found.state, print, "0" * 64)
        fold.complete()
        assert fold.state == expected.state
        seq, _ = journal.latest_snapshot(kept_version()) or (0, b"")
        journal.snapshot(seq, kept_version(), b"[]")
        assert resumed(journal) is None
