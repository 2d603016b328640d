"""`breakd forget`: a span of time goes for good, and the journal stays one that can be folded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakd.cli.forget import forget_, outside, span
from breakd.cli.journal import differences
from breakd.core.events import Active, Busy, Clock, Command, Configured, Entry, Exercised, Felt, Idle, Posture, Slept
from breakd.core.units import MINUTE
from breakd.daemon.fold import replay
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.forgetting import FORGOTTEN, forget
from breakd.daemon.store.journal import Journal
from breakd.daemon.timing.clock import Beat
from tests.shell.journal_parts import journals, rules
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life
from tests.thorough import times

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the journal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "breakd" / "journal.db"


def days(one: Life, count: int = 3) -> None:
    """Some mornings, on each of which something lasting and something private is told."""
    for day in range(count):
        one.tell(Posture("standing" if day == 1 else "sitting"))
        one.tell(Felt(pain=day + 1, where=f"place {day}"))
        for _ in range(6):
            one.tell(Active())
            one.runs(34 * MINUTE)
            one.tell(Idle())
            one.runs(6 * MINUTE)
        one.runs(DAY - 4 * HOUR)


def test_a_day_goes_and_the_others_stay(path: Path) -> None:
    """No row of it is left, not even in the pages of the file; what lasts is told at its end."""
    with life(path, FakeClock()) as one:
        days(one)
    with Journal.open(path) as journal:
        before = list(journal.rows())
        found = forget(journal, MORNING + DAY - HOUR, MORNING + 2 * DAY - HOUR)
        after = list(journal.rows())
        assert journal.verify() == []
        assert differences(journal) == []
        assert replay(journal) is not None
        assert found.rows == len(before) - sum(getattr(row, "source", "") != FORGOTTEN for row in after)
        inside = [row for row in after if MORNING + DAY - HOUR < row.at < MORNING + 2 * DAY - HOUR]
        assert inside == []
        put = [row.event.name for row in after if isinstance(row, Entry) and row.source == FORGOTTEN]
        assert (put[0], put[-1], "posture" in put) == ("suspended", "resumed", True)
        first = [row for row in before if row.at < MORNING + DAY - HOUR]
        assert after[: len(first)] == first
    assert b"place 1" not in path.read_bytes() and b"place 2" in path.read_bytes()


def test_reports_of_that_time_go_whenever_they_were_told(path: Path) -> None:
    """A night that was imported a week later, and exercise that reached into the span; not those beside it."""
    with Journal.open(path) as journal:
        told = [
            (0, 0, Configured(rules())),
            (9, 1, Slept(MORNING + HOUR, MORNING + 8 * HOUR)),
            (9, 3, Exercised(90, 5, "run")),
            (9, 9, Slept(MORNING + 30 * HOUR, MORNING + 38 * HOUR)),
            (9, 9, Felt(pain=4)),
        ]
        for seen, at, event in told:
            journal.append(Entry(MORNING + seen * DAY, MORNING + at * HOUR if at < 9 else MORNING + 9 * DAY, event))
        assert forget(journal, MORNING + 2 * HOUR, MORNING + 3 * HOUR).rows == 2
        left = [entry.event.name for entry in journal.entries()]
        assert [name for name in left if name in ("slept", "felt", "exercised")] == ["slept", "felt"]
        assert journal.verify() == []


def test_everything_leaves_the_rules(path: Path) -> None:
    """The next start goes on from them; the clock is still the person's."""
    with life(path, FakeClock()) as one:
        one.tell(Clock(5 * MINUTE))
        days(one, 1)
    with Journal.open(path) as journal:
        wall = journal.wall()
        forget(journal, 0, 1 << 60)
        names = [entry.event.name for entry in journal.entries()]
        assert names[0] == "configured" and not {"active", "idle", "felt", "suspended"} & set(names)
        assert journal.wall() == Wall(wall.offset, wall.zone)
        assert differences(journal) == [] and forget(journal, 0, MORNING).rows == 0
    clock = FakeClock()
    clock.passes(2 * DAY)
    with life(path, clock) as one:
        days(one, 1)
        assert "prompt" in one.did


def test_a_call_that_ended_in_the_span_is_over(path: Path) -> None:
    """And one that goes on goes on."""
    with Journal.open(path) as journal:
        told = [(0, Configured(rules())), (1, Busy("call")), (2, Active()), (3, Busy("do-not-disturb")), (9, Active())]
        for minutes, event in told:
            journal.append(Entry(MORNING + minutes * MINUTE, MORNING + minutes * MINUTE, event, "x"))
        forget(journal, MORNING + 2 * MINUTE, MORNING + 5 * MINUTE)
        found = [entry.event for entry in journal.entries()]
    assert [event.name for event in found] == ["configured", "busy", "suspended", "busy", "resumed", "active"]


@settings(max_examples=times(25, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journals(), st.integers(-DAY, 60 * DAY), st.integers(1, 40 * DAY))
def test_whatever_goes_what_is_left_is_a_journal(entries: list[Entry], begin: int, length: int) -> None:
    """Whole, in order, without gaps; it folds; nothing of the span is in it but what stands in its place."""
    with Journal.in_memory() as journal:
        for entry in [Entry(MORNING - 2 * DAY, MORNING - 2 * DAY, Configured(rules())), *entries]:
            journal.append(entry)
        latest, since = journal.latest or 0, MORNING + begin
        until = min(since + length, latest + 1)
        found = forget(journal, since, since + length)
        assert journal.verify() == []
        assert replay(journal) is not None or journal.seq == 0
        if found.rows:
            kept = [entry for entry in journal.entries() if entry.source != FORGOTTEN]
            assert not [entry for entry in kept if since <= entry.seen < until]
            assert not [entry for entry in kept if since <= entry.at < until]
            assert (journal.latest or 0) <= max(latest, until)


def test_lines_of_a_forgotten_span_can_be_exported_and_imported(path: Path) -> None:
    """It is a journal like any other."""
    with life(path, FakeClock()) as one:
        days(one, 2)
    with Journal.open(path) as journal, Journal.in_memory() as other:
        forget(journal, MORNING + HOUR, MORNING + 2 * HOUR)
        assert other.import_(journal.lines(), "x") == journal.seq
        assert list(other.rows()) == list(journal.rows())


# -- the command ------------------------------------------------------------------------------------------------------


def asked(*words: str) -> Result:
    """The command, as typed."""
    return CliRunner().invoke(forget_, words)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        (("yesterday", None), "2026-03-03T00:00", "2026-03-04T00:00"),
        (("today", None), "2026-03-04T00:00", "2026-03-04T12:00"),
        (("2026-03-01", None), "2026-03-01T00:00", "2026-03-02T00:00"),
        (("mon", None), "2026-03-02T00:00", "2026-03-03T00:00"),
        (("2h", None), "2026-03-04T10:00", "2026-03-04T12:00"),
        (("mon 09:00", "mon 10:30"), "2026-03-02T09:00", "2026-03-02T10:30"),
    ],
)
def test_spans_as_people_say_them(words: tuple[str, str | None], since: str, until: str) -> None:
    """A day is all of it; one moment alone means from then on."""
    assert [each.isoformat()[:16] for each in span(words, None, False, NOW)] == [since, until]


def test_before_and_all() -> None:
    """From the beginning."""
    assert span((None, None), "2026-03-01", False, NOW)[1].isoformat()[:10] == "2026-03-01"
    assert span((None, None), None, True, NOW)[1] == NOW


def test_the_command(path: Path) -> None:
    """How much it would be, then for good, with the sums of history and imported presence."""
    with life(path, FakeClock()) as one:
        days(one)
    history = path.with_name("history.cache")
    history.write_text("sums")
    past = path.parent / "past" / "activitywatch.jsonl"
    past.parent.mkdir()
    hours = [datetime(2026, 3, 3, hour, tzinfo=UTC).isoformat() for hour in (8, 12)]
    told = zip(hours, ("active", "idle"), strict=True)
    past.write_text("".join(f'{{"at": "{at}", "event": "{event}"}}\n' for at, event in told))
    would = json.loads(asked("2026-03-03T09:00", "2026-03-03T10:00", "--dry-run", "--json").output)
    assert would["rows"] > 0 and would["traces"] == [str(past)] and history.exists()
    said = asked("2026-03-03T09:00", "2026-03-03T10:00", "--yes")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0] == f"{would['rows']} rows of the journal are forgotten"
    assert not history.exists() and past.read_text().count("active") == 2
    assert asked("2026-03-03T09:20", "2026-03-03T09:40", "--yes").output == "0 rows of the journal are forgotten\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "expected a day (yesterday, 2026-03-02), two moments"),
        (["yesterday", "--all"], "expected a day"),
        (["soon", "--yes"], "expected a moment such as"),
        (["today", "yesterday", "--yes"], "is not before"),
        (["yesterday"], "gone for good: say --yes"),
    ],
)
def test_wrong_use(path: Path, words: list[str], said: str) -> None:
    """Nothing is forgotten by mistake."""
    found = asked(*words)
    assert (found.exit_code, said in found.stderr) == (2, True), found.stderr


def test_a_running_daemon_is_in_the_way(path: Path) -> None:
    """Its state knows what the journal then would not."""
    assert "there is no journal yet" in asked("yesterday", "--yes").stderr
    with life(path, FakeClock()) as one:
        one.tell(Command("pause"))
        one.beat(1, MORNING)
        assert isinstance(one._journal.last_beat, Beat | None)
        found = asked("--all", "--yes")
    assert (found.exit_code, "breakd service stop" in found.stderr) == (1, True)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=9), st.integers(0, 99), st.integers(0, 99))
def test_a_hole_in_stretches(spans: list[tuple[int, int]], since: int, until: int) -> None:
    """What lies in it is gone, all else is there."""
    stretches = [(min(each), max(each)) for each in spans]
    hole = (min(since, until), max(since, until))
    minutes = {at for begin, end in stretches for at in range(begin, end)}
    assert {at for begin, end in outside(stretches, hole) for at in range(begin, end)} == minutes - set(range(*hole))


def test_a_day_is_a_day() -> None:
    """Never more than until now."""
    assert span(("today", None), None, False, NOW)[1] - NOW == timedelta(0)
