"""`breakd why --at` and `why LIMIT`: how things stood at any moment of the journal, told as it was known then."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakd.cli.why import limit_lines, why
from breakd.core.events import Active, Clock, Command, Configured, Entry, Idle, Zone
from breakd.core.state import State
from breakd.core.units import MINUTE, SECOND
from breakd.daemon import fold
from breakd.daemon.hindsight.explain import why_at
from breakd.daemon.store import journal
from breakd.daemon.store.journal import Journal
from tests.shell.daemon_parts import new_home
from tests.shell.journal_parts import journals, rules
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life
from tests.thorough import times


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the journal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "breakd" / "journal.db"


def working(one: Life, ms: int) -> list[State]:
    """Somebody types for so long, with a pause of half a minute every five; the state after each step."""
    states = []
    for _ in range(ms // (5 * MINUTE)):
        one.tell(Active())
        one.runs(4 * MINUTE + 30 * SECOND)
        one.tell(Idle())
        one.runs(29 * SECOND)
        states.append(one.loop.current())
        one.runs(SECOND)  # so that nothing else happens in that moment
    return states


def asked(*words: str) -> Result:
    """The command, as typed."""
    return CliRunner().invoke(why, words)


def test_any_moment_is_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every step of a long day the very state that was lived, whichever snapshots there are."""
    monkeypatch.setattr(fold, "SNAPSHOT_EVERY", 20)
    monkeypatch.setattr(journal, "STRETCH", 50)
    with life(path, FakeClock()) as one:
        lived = working(one, 6 * HOUR)
        with Journal.open_reading(path) as found:
            again = [fold.as_of(found, state.now) for state in lived]
    assert again == lived


@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journals(), st.integers(0, 40), st.integers(0, 2 * DAY))
def test_the_past_is_the_fold_of_what_was_known(entries: list[Entry], place: int, later: int) -> None:
    """Of any journal at any moment: rows that were learned later have no part in it."""
    with Journal.in_memory() as one:
        entries = [Entry(MORNING - 400 * DAY, MORNING - 400 * DAY, Configured(rules())), *entries]
        for entry in entries:
            one.append(entry)
        moment = entries[min(place, len(entries) - 1)].seen + later
        known = [entry for entry in entries if entry.seen <= moment]
        with Journal.in_memory() as other:
            for entry in known:
                other.append(entry)
            assert fold.as_of(one, moment) == fold.as_of(other, moment)
            assert one.since(moment + 1) == len(known)


def test_snapshots_thin_out_with_age(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest two, and of older ones the first of each stretch: as many as the journal is long, not more."""
    monkeypatch.setattr(journal, "STRETCH", 100)
    with Journal.open(path) as one:
        one.append(Entry(MORNING, MORNING, Configured(rules())))
        for number in range(1, 400):
            one.append(Entry(MORNING + number, MORNING + number, Active()))
            if number % 30 == 0:
                one.snapshot(one.seq, "core", b"state")
        kept = [one.latest_snapshot("core", row) for row in (50, 130, 250, 330, 365, 399)]
    assert [found and found[0] for found in kept] == [31, 121, 211, 301, 361, 391]


def test_after_an_update_the_way_back_is_short_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first start replays everything, and leaves snapshots on the way; those of the version before go."""
    with life(path, FakeClock()) as one:
        working(one, 8 * HOUR)
        one.loop.stop()
    monkeypatch.setattr(fold, "VERSION", "another")
    monkeypatch.setattr(fold, "SNAPSHOT_ON_THE_WAY", 40)
    monkeypatch.setattr(journal, "STRETCH", 50)
    with Journal.open(path) as found:
        fold.replay(found)
    with closing(sqlite3.connect(path)) as db:
        versions = [row[0] for row in db.execute("SELECT version FROM snapshots ORDER BY seq")]
    assert len(versions) > 3 and set(versions) <= {"another"} | set(versions[-1:])


def test_a_moment_by_the_clock_of_then(path: Path) -> None:
    """Core time runs on where the wall clock jumps: what it showed twice is the last time."""
    events = [(0, Configured(rules())), (10, Clock(-5 * MINUTE)), (20, Zone("Asia/Kolkata")), (30, Clock(60 * MINUTE))]
    with Journal.open(path) as one:
        for minutes, event in events:
            at = MORNING + minutes * MINUTE
            one.append(Entry(at, at, event))
        shown = {minutes: (one.core(MORNING + minutes * MINUTE) - MORNING) // MINUTE for minutes in (3, 7, 20, 26, 90)}
    assert shown == {3: 3, 7: 12, 20: 25, 26: 30, 90: 35}


def test_the_command_needs_no_daemon(path: Path) -> None:
    """What came next then, the last prompt, its routine; and the day before nothing of it."""
    with life(path, FakeClock()) as one:
        working(one, 2 * HOUR)
    now = asked("--at", "2026-03-02T10:40:00+00:00")
    assert now.exit_code == 0, now.output
    told = now.output.splitlines()
    assert told[0].startswith("Next: a move break") and any(line.startswith("Last: ") for line in told)
    early = json.loads(asked("--at", "2026-03-02T09:10:00+00:00", "--json").output)
    assert (early["at"], early["last"]) == ("2026-03-02T09:10:00+00:00", None)
    assert early["limits"]["sitting"]["value"] == 10.0


def test_limits_are_explained_whatever_limits_there_are(path: Path) -> None:
    """Each gauge with value, level, rule and setting; of an unknown name the nearest one."""
    with life(path, FakeClock()) as one:
        working(one, 2 * HOUR)
        facts = why_at(one._journal, MORNING + 2 * HOUR)
    for name in facts["limits"]:
        lines = limit_lines(name, facts)
        assert lines[1].startswith("  rule 17, ")
    sitting = asked("sitting", "--at", "2026-03-02T11:00:00+00:00").output.splitlines()
    assert sitting[0] == "Sitting: 120 of 60 min, 200%: over it"
    assert sitting[1].startswith("  rule 17, limits.sitting, default: ")
    assert sitting[2].startswith("  last told 09:59: near")
    assert list(json.loads(asked("desk", "--at", "2026-03-02T11:00:00+00:00", "--json").output)) == ["at", "desk"]
    wrong = asked("siting", "--at", "2026-03-02T11:00:00+00:00")
    assert (wrong.exit_code, wrong.stderr) == (2, "breakd: there is no limit 'siting'; did you mean sitting?\n")
    other = asked("moon", "--at", "2026-03-02T11:00:00+00:00")
    assert (other.exit_code, "limits: sitting, standing, desk" in other.stderr) == (2, True)


def test_nobody_watched(path: Path) -> None:
    """At a moment between two lives it says so."""
    clock = FakeClock()
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(10 * MINUTE)
    clock.reboots(3 * HOUR)
    with life(path, clock) as two:
        two.tell(Active())
        two.runs(MINUTE)
    said = asked("--at", "2026-03-02T11:00:00+00:00").output.splitlines()
    assert said[0].startswith("At 11:00 breakd did not run: nobody watched from 09:")
    assert "did not run" not in asked("--at", "2026-03-02T09:05:00+00:00").output


@pytest.mark.parametrize(
    ("at", "code", "line"),
    [
        ("2026-03-01T08:00", 1, "2026-03-01 08:00 is before the journal, which begins at 2026-03-02 09:00"),
        ("2199-03-01T08:00", 2, "2199-03-01 08:00 is yet to come: expected a moment that is over"),
    ],
)
def test_moments_of_which_nothing_is_known(path: Path, at: str, code: int, line: str) -> None:
    """One line, which says how far the journal reaches."""
    with life(path, FakeClock()) as one:
        one.tell(Command("pause"))
    said = asked("--at", f"{at}:00+00:00")
    assert (said.exit_code, said.stderr) == (code, f"breakd: {line}\n")


def test_journals_that_tell_nothing(path: Path) -> None:
    """None, an empty one, one of another program: one line each."""
    assert (asked("--at", "10:00").exit_code, "there is no journal yet" in asked("--at", "10:00").stderr) == (1, True)
    with Journal.open(path):
        pass
    assert "there is nothing in the journal yet" in asked("--at", "10:00").stderr
    path.write_bytes(b"nonsense" * 1000)
    said = asked("--at", "10:00")
    assert (said.exit_code, said.stderr.count("\n"), "no database" in said.stderr) == (1, 1, True)


def test_damage_in_a_long_journal_is_found_by_the_next_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long journal that was closed cleanly is not read through at each start, but once damage was met it is."""
    monkeypatch.setattr("breakd.daemon.store.database.SMALL", 0)
    with Journal.open(path) as one:
        one.append(Entry(MORNING, MORNING, Configured(rules())))
        for number in range(1, 2000):
            one.append(Entry(MORNING + number, MORNING + number, Active()))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xee" * 20_000)
    with Journal.open(path) as one:
        assert one.set_aside is None
    at = datetime.fromtimestamp((MORNING + 1990) / 1000, UTC).isoformat()
    said = asked("--at", at)
    assert (said.exit_code, "it is damaged: restart breakd" in said.stderr) == (1, True)
    with Journal.open(path) as one:
        assert one.set_aside is not None
    with Journal.open(path) as one:
        assert one.set_aside is None


# -- beside a running daemon ------------------------------------------------------------------------------------------


def test_all_that_reads_the_journal_works_beside_the_daemon_that_writes_it() -> None:
    """Why of a moment ago, what came of prompts, other settings, a report; only forgetting is refused."""
    with new_home() as home:
        daemon = home.quick()
        daemon.tell("active")
        daemon.until("shown")
        told = home.breakd("why", "--at", "0.01s", "--json")
        assert json.loads(told.stdout)["next"]["phase"] == "shown", told.stderr
        assert home.breakd("why", "sitting").stdout.startswith("Sitting: ")
        assert home.breakd("why", "sittin").returncode == 2
        assert home.breakd("usage").stdout.startswith("14 days: of ")
        assert "prompts by hour" in home.breakd("simulate", "--mine", "1d").stdout
        report = home.breakd("report")
        assert '"event":"report"' in report.stdout, report.stderr
        busy = home.breakd("forget", "--all", "--yes")
        assert (busy.returncode, "in use by breakd" in busy.stderr) == (1, True)
        assert daemon.end() == 0
        assert home.breakd("forget", "--all", "--yes").returncode == 0
