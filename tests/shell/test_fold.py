"""The state and its journal in step, killed at the worst moment (rule 24)."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakd.cli.journal import differences
from breakd.core.decisions import Prompt
from breakd.core.events import Active, Configured, Idle
from breakd.daemon.fold import VERSION, Fold, replay, with_routines
from breakd.daemon.store.facts import Did
from breakd.daemon.store.journal import Journal, JournalError
from breakd.settings.load import load
from tests.shell.journal_parts import rules
from tests.shell.state_shape import shape

START = 1_772_442_000_000  # 2026-03-02T09:00:00Z
SECOND, MINUTE = 1000, 60_000


class Killed(BaseException):
    """The process is gone."""


class Journaled(Journal):
    """A journal whose process can be killed just before a decision is written."""

    dies = False

    def _insert_did(self, each: Did) -> None:
        if self.dies:
            raise Killed
        super()._insert_did(each)


def waiting(journal: Journal) -> Fold:
    """Somebody typed until a break is due; its prompt waits for a lull."""
    fold = Fold.new(journal, load().rules(), START, pytest.fail)
    fold.take(Active(), START, START, "x11")
    fold.look(START + 20 * MINUTE)
    assert fold.state.slot.phase == "waiting"
    return fold


def test_a_kill_between_event_and_decision_loses_neither(tmp_path: Path) -> None:
    """They are one write: the next life knows of neither, hears the event again, and decides upon it once."""
    path = tmp_path / "journal.db"
    with Journaled.open(path) as journal:
        fold = waiting(journal)
        before, since = fold.state, fold.state.now
        journal.dies = True
        with pytest.raises(Killed):
            fold.take(Idle(), since, since + 6 * SECOND, "x11")
    with Journal.open(path) as journal:
        found = replay(journal)
        assert found is not None
        assert (found.state.slot.phase, found.last) == ("calm", START)
        fold = Fold(journal, found.state, pytest.fail)
        fold.look(since)
        assert fold.state == before
        decisions = fold.take(Idle(), since, since + 6 * SECOND, "x11")
        assert [type(decision) for decision in decisions] == [Prompt]
        names = [row.name if isinstance(row, Did) else row.event.name for row in journal.rows()]
        assert names == ["configured", "active", "idle", "prompt"]
        assert (journal.verify(), differences(journal)) == ([], [])


class Unreadable(Journal):
    """A journal on a disk that has gone."""

    def content(self, hash_: str) -> str | None:
        raise JournalError("gone")


def test_routines_that_cannot_be_read_any_more_end_nothing(tmp_path: Path) -> None:
    """The state goes on without those of before, which is told; the next rules bring theirs, as an event."""
    new, said = rules(), list[str]()
    with Unreadable.open(tmp_path / "journal.db") as journal:
        before = Fold.new(journal, new, START, pytest.fail).state
        fold = Fold(journal, with_routines(before, ()), said.append, absent="of before")
        fold.complete(new.routines)
        assert (fold.state.configured.routines, fold.absent) == ((), "")
        assert said == ["gone; until routines are read again none is offered"]
        fold.take(Configured(new), START, START, "breakd")
        assert (fold.state, len(fold.state.rules.routines)) == (before, 1)


def test_a_snapshot_of_another_shape_is_not_taken_for_one_of_this() -> None:
    """Who changes what the state is made of counts VERSION up, lest an older snapshot be read as what it is not."""
    known = Path(__file__).with_name("state_shape.txt").read_text(encoding="utf-8")
    if known != shape():
        assert known.partition("\n")[0] != VERSION, (
            "the state has another shape: count VERSION up (breakd/daemon/fold.py)"
        )
        pytest.fail("then write down the new shape: python -m tests.shell.state_shape > tests/shell/state_shape.txt")
