"""`breakd history`: what days came to, folded once and kept, and the same however much of it was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.cli.history import facts, table
from breakd.core.events import Active, Idle
from breakd.core.units import HOUR, MINUTE
from breakd.daemon.hindsight.history import Day, history
from breakd.daemon.store.journal import Journal
from tests.shell.daemon_parts import Home, new_home
from tests.shell.loop_parts import FakeClock, Life, life


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A daemon on 2026-03-02 at 09:00 UTC."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock()) as begun:
        yield begun


def sits(one: Life, minutes: int, *, away: int) -> None:
    """Type for so long, then leave for so long."""
    one.tell(Active())
    one.runs(minutes * MINUTE)
    one.tell(Idle())
    one.runs(away * MINUTE)


def days(tmp_path: Path, cache: Path | None = None) -> list[Day]:
    """What the journal tells."""
    with Journal.open_reading(tmp_path / "journal.db") as journal:
        return history(journal, cache)


def three_days(one: Life) -> None:
    """50 min of sitting, 10 away, 25 of sitting; a day of nothing; 20 min of sitting."""
    sits(one, 50, away=10)
    sits(one, 25, away=0)
    one.runs(47 * HOUR)
    sits(one, 20, away=5)


def test_a_day_is_from_its_start_to_the_next(one: Life, tmp_path: Path) -> None:
    """Rest is what lies between sitting, not the night; a day of nothing has its row."""
    three_days(one)
    found = days(tmp_path)
    assert [day.day for day in found] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    minutes = [(day.sitting_ms // MINUTE, day.rest_ms // MINUTE, day.longest_ms // MINUTE) for day in found]
    assert minutes == [(75, 10, 50), (0, 0, 0), (20, 0, 20)]
    assert found[0].prompts["move"] >= 1
    assert found[1] == Day("2026-03-03")


def test_what_is_kept_changes_nothing(one: Life, tmp_path: Path) -> None:
    """The first time all is folded, then only what came since; the days are the same."""
    cache = tmp_path / "cache"
    three_days(one)
    assert days(tmp_path, cache) == days(tmp_path, cache) == days(tmp_path)
    kept = cache.read_bytes()
    sits(one, 30, away=5)
    assert days(tmp_path, cache) == days(tmp_path)
    assert cache.read_bytes() == kept  # no day has ended since
    one.runs(24 * HOUR)
    assert days(tmp_path, cache) == days(tmp_path)
    assert cache.read_bytes() != kept
    assert cache.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{}", b"not JSON", b'["0/0", 3, "", "", null, []]'])
def test_what_is_kept_and_makes_no_sense_is_not_used(one: Life, tmp_path: Path, content: bytes) -> None:
    """Nor is it of another journal, or version."""
    cache = tmp_path / "cache"
    three_days(one)
    cache.write_bytes(content)
    assert days(tmp_path, cache) == days(tmp_path)


def test_what_is_kept_of_another_journal_is_not_used(one: Life, tmp_path: Path) -> None:
    """A journal that was set aside, or imported, has other rows."""
    three_days(one)
    cache = tmp_path / "cache"
    days(tmp_path, cache)
    with life(tmp_path / "other" / "journal.db", FakeClock()) as other:
        sits(other, 45, away=10)
        other.runs(48 * HOUR)
        assert days(tmp_path / "other", cache) == days(tmp_path / "other")


def test_a_folder_that_cannot_be_written_is_no_loss(one: Life, tmp_path: Path) -> None:
    """Nothing is kept, and the days are told."""
    three_days(one)
    assert days(tmp_path, tmp_path / "gone" / "cache") == days(tmp_path)


WEEK = [
    Day("2026-03-02", 6 * HOUR, HOUR, 52 * MINUTE, {"micro": 4, "move": 9}, {"move": 8}, {"move": 1}),
    Day("2026-03-03"),
]


def test_a_day_a_row() -> None:
    """Plain when piped, with bars in a terminal."""
    assert table(WEEK, bars=False) == [
        "                   sitting    rest  longest  prompts  done  missed",
        "Mon 2026-03-02  6 h 00 min  60 min   52 min       13     8       1",
        "Tue 2026-03-03           -       -        -        0     0       0",
    ]
    assert [line[66:] for line in table(WEEK, bars=True)] == ["  █ sitting ░ rest", "  " + "█" * 27 + "░" * 5, "  "]


def test_a_day_as_json() -> None:
    """Lengths in seconds, counts by kind."""
    assert facts(WEEK[0]) == {
        "day": "2026-03-02",
        "sitting_s": 21600,
        "rest_s": 3600,
        "longest_sitting_s": 3120,
        "prompts": {"micro": 4, "move": 9},
        "done": {"move": 8},
        "missed": {"move": 1},
    }


@pytest.fixture
def home() -> Iterator[Home]:
    """A home of its own."""
    with new_home() as one:
        yield one


def test_the_command_counts_today_while_a_daemon_runs(home: Home) -> None:
    """And says that there is nothing without a journal."""
    assert "there is no journal yet" in home.breakd("history").stderr
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    (today,) = json.loads(home.breakd("history", "--json").stdout)
    assert today["prompts"] == {"move": 1}
    assert daemon.end() == 0
    assert len(home.breakd("history", "--days", "3").stdout.splitlines()) == 2
