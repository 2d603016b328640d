"""`breakd import`: what is read is news once, whatever is imported after it; presence becomes a trace of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.core.events import Clock, Configured, Entry, Event, Felt, Slept
from breakd.core.units import HOUR, MINUTE
from breakd.daemon.hindsight.past import added, spans_of, write
from breakd.daemon.store.imports import known_reports
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import TraceError
from breakd.settings.load import load
from tests.shell.daemon_parts import Home, new_home
from tests.shell.health_parts import asleep, export, workout
from tests.shell.watched_parts import bucket, event
from tests.shell.watched_parts import export as watched

NIGHT = asleep("03-01 23:00", "03-02 07:00")
NEXT = asleep("03-02 23:00", "03-03 07:00")


@pytest.fixture
def home() -> Iterator[Home]:
    """A person's home."""
    with new_home() as found:
        yield found


def said(home: Home, *words: str, code: int = 0) -> str:
    """What a command says."""
    done = home.breakd(*words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def imported(home: Home, file: Path, *words: str, name: str = "apple_health") -> dict[str, Any]:
    """The report of an import."""
    found: dict[str, Any] = json.loads(said(home, "import", name, str(file), "--json", *words))
    return found


def test_twice_is_once_and_a_longer_export_adds_what_is_new(home: Home, tmp_path: Path) -> None:
    """By what the journal has, so also by another program, and what the person said before stands."""
    short, long, table = tmp_path / "short.xml", tmp_path / "long.xml", tmp_path / "oura.csv"
    short.write_text(export(NIGHT, workout("03-01 18:00", "03-01 18:30")))
    long.write_text(export(NIGHT, NEXT, workout("03-01 18:00", "03-01 18:30"), workout("03-02 18:00", "03-02 18:30")))
    table.write_text("from,to\n2026-03-02 22:40,2026-03-03 07:10\n2026-03-03 23:00,2026-03-04 07:00\n")
    home.configure('[plugins.csv.files.oura]\nkind = "sleep"\nstart = "from"\nend = "to"\nzone = "Europe/Berlin"\n')
    daemon = home.quick().introduced()
    assert imported(home, short, "--dry-run")["new"] == 2
    assert home.journalled(event="slept") == []
    assert imported(home, short)["new"] == 2
    again = imported(home, short)
    assert (again["new"], again["known"]) == (0, {"known before": 2})
    assert imported(home, long)["new"] == 2
    other = imported(home, table, name="csv.oura")
    assert (other["new"], other["known"]) == (1, {"another sleep is known for that time": 1})
    nights = [(line["from"][:16], line["source"]) for line in home.journalled(event="slept")]
    assert nights == [
        ("2026-03-01T22:00", "apple_health"),
        ("2026-03-02T22:00", "apple_health"),
        ("2026-03-03T22:00", "csv.oura"),
    ]
    assert [line["what"] for line in home.journalled(event="exercised")] == ["running"] * 2
    assert daemon.end() == 0
    assert home.breakd("journal", "verify").returncode == 0


def test_the_report_says_what_was_taken_and_left_and_why(home: Home, tmp_path: Path) -> None:
    """For people in lines, without a bar where there is no terminal; nothing is stored without a daemon."""
    file = tmp_path / "export.xml"
    file.write_text(export(NIGHT, asleep("03-01 22:30", "03-02 07:30", "InBed", "iPhone")))
    lines = said(home, "import", "apple_health", str(file), "--dry-run").splitlines()
    assert lines == [
        f"{file}: 1 x sleep, 2026-03-02 to 2026-03-02",
        "  left out: 1 x time in bed, which is no sleep",
        "nothing was taken over: a dry run",
    ]
    assert "no daemon is running" in said(home, "import", "apple_health", str(file), code=3)
    file.write_text("sleep")
    refused = said(home, "import", "apple_health", str(file), code=1)
    assert refused.startswith(f"breakd: apple_health: {file}: line 1: syntax error")
    assert refused.endswith("nothing was taken over\n")


def test_presence_is_kept_as_a_trace(home: Home, tmp_path: Path) -> None:
    """Not in the journal: it can be simulated and shown, and is there once however often it is told."""
    file = tmp_path / "aw.json"
    file.write_text(watched(bucket(event(0, 50), event(60, 120))))
    assert imported(home, file, "--dry-run", name="activitywatch")["past"]["new_s"] == 110 * 60
    past = imported(home, file, name="activitywatch")["past"]
    trace = Path(past["trace"])
    assert (past["new_s"], past["known_s"]) == (110 * 60, 0)
    assert trace.stat().st_mode & 0o777 == 0o600
    before = trace.read_text()
    assert imported(home, file, name="activitywatch")["past"] == {**past, "new_s": 0, "known_s": 110 * 60}
    assert trace.read_text() == before
    file.write_text(watched(bucket(event(100, 130), event(60 * 24, 60 * 24 + 45))))
    longer = imported(home, file, name="activitywatch")["past"]
    assert (longer["new_s"], longer["known_s"]) == (55 * 60, 20 * 60)
    assert not home.journal.exists()
    summary = json.loads(said(home, "simulate", str(trace), "--json").splitlines()[-1])["summary"]
    assert summary["prompts"]["move"] > 0
    days = json.loads(said(home, "history", "--past", "activitywatch", "--json"))
    assert [(day["day"], day["sitting_s"] // 60, day["rest_s"] // 60) for day in days] == [
        ("2026-03-02", 120, 10),
        ("2026-03-03", 45, 0),
    ]
    assert days[0]["prompts"] == {}


def test_a_past_that_is_not_there_or_damaged(home: Home, tmp_path: Path) -> None:
    """What is damaged is never written over."""
    assert "`breakd import activitywatch FILE` makes it" in said(home, "history", "--past", "activitywatch", code=1)
    trace = home.state / "past" / "activitywatch.jsonl"
    trace.parent.mkdir(parents=True)
    trace.write_text("what?\n")
    file = tmp_path / "aw.json"
    file.write_text(watched(bucket(event(0, 50))))
    assert f"{trace}:1: no JSON" in said(home, "import", "activitywatch", str(file), code=1)
    assert f"{trace}:1: no JSON" in said(home, "history", "--past", "activitywatch", code=1)
    assert trace.read_text() == "what?\n"


def test_a_trace_is_read_as_it_was_written(tmp_path: Path) -> None:
    """In any zone, over daylight saving too; an hour that comes twice is two hours."""
    file = tmp_path / "past" / "x.jsonl"
    change = 1_792_890_000_000  # 2026-10-25 00:20 UTC, 02:20 in Berlin, where 03:00 is 02:00 again
    spans = [(change, change + 30 * MINUTE), (change + HOUR, change + 90 * MINUTE)]
    write(file, spans, "Europe/Berlin")
    with file.open() as lines:
        assert spans_of(lines, "x") == spans
    assert added(file, [(change, change + HOUR)]) == (30 * MINUTE, 30 * MINUTE, [(change, change + 90 * MINUTE)])
    assert added(tmp_path / "none", []) == (0, 0, [])
    file.write_text('{"at": "noon", "event": "active"}\n')
    with pytest.raises(TraceError):
        added(file, spans)


def test_a_jump_of_the_wall_clock_makes_no_second_night() -> None:
    """Reports are about the wall clock; those in the journal are compared by what it shows now."""
    rules = load().rules()
    told: list[tuple[Event, int]] = [(Configured(rules), 0), (Slept(0, HOUR), HOUR), (Felt(pain=3), HOUR)]
    told += [(Clock(5 * MINUTE), 2 * HOUR), (Felt(pain=4), 3 * HOUR)]
    with Journal.in_memory() as journal:
        journal.append_all([Entry(3 * HOUR, at, event) for event, at in told])
        assert list(known_reports(journal, 5 * MINUTE)) == [
            (Slept(-5 * MINUTE, HOUR - 5 * MINUTE), HOUR - 5 * MINUTE),
            (Felt(pain=3), HOUR - 5 * MINUTE),
            (Felt(pain=4), 3 * HOUR),
        ]
