"""`breakd log` and `breakd why`: what happened and why, as people read it, and as it comes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from breakd.cli.log import told
from breakd.cli.moments import moment
from breakd.cli.why import RULES, lines
from breakd.core.decisions import Because
from breakd.core.events import Active, Command, Idle
from breakd.core.units import MINUTE
from breakd.daemon.hindsight.explain import coming
from breakd.daemon.speech import happenings, words
from breakd.daemon.store.fields import EVENTS
from tests.shell.daemon_parts import BREAKD, Home, new_home, wait_for
from tests.shell.loop_parts import FakeClock, Life, life

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", "2026-03-02T07:30:00+01:00"),
        ("today", "2026-03-02T00:00:00+01:00"),
        ("yesterday", "2026-03-01T00:00:00+01:00"),
        ("09:00", "2026-03-02T09:00:00+01:00"),
        ("14:00", "2026-03-01T14:00:00+01:00"),  # the last time it was so late
        ("yesterday 15:10", "2026-03-01T15:10:00+01:00"),
        ("today 09:05", "2026-03-02T09:05:00+01:00"),
        ("Sun 23:59", "2026-03-01T23:59:00+01:00"),
        ("monday", "2026-03-02T00:00:00+01:00"),
        ("tuesday 08:00", "2026-02-24T08:00:00+01:00"),
        ("2026-02-28", "2026-02-28T00:00:00+01:00"),
        ("2026-02-28 08:00", "2026-02-28T08:00:00+01:00"),
        ("2026-02-28T08:00:00+00:00", "2026-02-28T08:00:00+00:00"),
    ],
)
def test_moments_as_people_say_them(text: str, expected: str) -> None:
    """A length is ago, a time of day is the last one."""
    assert moment(text, NOW).isoformat() == expected


def test_a_moment_of_another_season_is_by_the_clock_of_then() -> None:
    """Daylight saving began in between; a length of time is no time of day."""
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment("yesterday 15:10", now).isoformat() == "2026-03-28T15:10:00+01:00"
    assert moment("2026-07-01 15:10", now).isoformat() == "2026-07-01T15:10:00+02:00"
    assert moment("24h", now).isoformat() == "2026-03-28T11:00:00+01:00"


@pytest.mark.parametrize(
    "text", ["yesterday soon", "mon 25:00", "", "soon", "25:00", "2026-13-01", "999999999999d", "-"]
)
def test_no_moment(text: str) -> None:
    """It says what is expected."""
    with pytest.raises(ValueError, match=r"expected a moment such as 2h \(ago\), today"):
        moment(text, NOW)


def line(**facts: object) -> str:
    """A line of an export as it is told, without its time."""
    return told({"at": "2026-03-02T09:00:00.000+01:00", **facts})[21:]


def test_lines_as_people_read_them() -> None:
    """When it was learned, what it was, who told it, and when it happened if that is another moment."""
    idle = {"at": "2026-03-02T09:00:00.000+01:00", "seen": "2026-03-02T09:00:20.000+01:00", "event": "idle"}
    assert told({**idle, "source": "x11"}) == "2026-03-02 09:00:20  no input any more (x11), since 09:00:00"
    assert line(event="busy", reason="call", source="pulse") == "busy: a call is on (pulse)"
    assert line(event="command", name="snooze", **{"for": "10m"}, source="command") == "snooze 10m (command)"
    assert line(event="command", name="pause", **{"for": "12h2m42.739s"}) == "pause 12h3m"
    assert line(event="command", name="start", routine="walking.stairs") == "start walking.stairs"
    assert line(did="missed", **{"break": "move"}, rested_s=0) == "missed: move went unanswered, quiet for a while"
    assert line(did="grown", size=3, because=[]) == "grown: size 3"  # of a later version


def test_every_event_has_words() -> None:
    """None is told by its name and numbers alone, but those whose name says it."""
    plain = {name for name in EVENTS if name not in happenings._EVENTS}
    assert plain <= {"alarm", "slept", "felt", "exercised"}


# -- why --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Somebody who types."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock()) as begun:
        begun.tell(Active())
        yield begun


def codes(one: Life) -> list[str]:
    """Why what comes next does."""
    return [each.code for each in coming(one.loop.current()).because]


def test_each_phase_says_what_it_is_about(one: Life) -> None:
    """Filling, waiting for a pause, asked for, on, done, paused, away."""
    one.runs(10 * MINUTE)
    assert codes(one) == ["bar_input", "full_ms"]
    one.tell(Command("pause"))
    assert codes(one) == ["paused_ms"]
    one.tell(Command("resume"))
    one.runs(10 * MINUTE)
    assert codes(one)[-1] == "lull_ms"
    one.runs(2 * MINUTE)
    assert codes(one)[-1] == "attempt"
    one.tell(Command("start"))
    assert codes(one)[0] == "rested_ms"
    one.tell(Command("stop"))
    one.tell(Idle())
    one.runs(30 * MINUTE)
    assert codes(one) == ["away_ms"]


def test_numbers_rule_and_source_stand_in_each_line() -> None:
    """As of the first prompt of a day with the shipped settings."""
    because = [
        {"code": "bar_sitting", "value": 1.0667, "of": 1},
        {"code": "sitting_ms", "value": 1920000, "of": 3600000},
    ]
    last = {"at": "2026-03-02T09:32:00+00:00", "break": "move", "attempt": 1, "for_s": 192, "routine": None}
    coming = {"phase": "calm", "break": "move", "at": "2026-03-02T10:00:00+00:00", "because": []}
    found = {"at": "2026-03-02T09:40:00+00:00", "next": coming, "last": {**last, "because": because}, "routine": None}
    assert lines(found)[:-2] == [
        "Next: a move break at 10:00, if you keep on as now",
        "",
        "Last: 09:32 prompt move: 3 min",
        "  bar at 107%     rule 6, breaks.move.every, default: Duran 2023; Dunstan 2012",
        "  32 min sitting  rule 17, limits.sitting, default: occupational guidance: 5-10 min each hour",
    ]


def test_every_reason_has_words_and_a_rule() -> None:
    """A code of the core that nobody can read would be no reason."""
    source = "".join(path.read_text() for path in (Path("breakd") / "core").glob("*.py"))
    source += Path("breakd/daemon/hindsight/explain.py").read_text()
    used = set(re.findall(r'Because\("([a-z_]+)"', source)) | {f"bar_{each}" for each in ("sitting", "input", "screen")}
    assert used <= RULES.keys()
    assert [code for code in used if not words.reason(Because(code, 120_000, 120_000, "neck"))] == []


# -- with a daemon ----------------------------------------------------------------------------------------------------


@pytest.fixture
def home() -> Iterator[Home]:
    """A home of its own."""
    with new_home() as one:
        yield one


def test_the_log_is_told_as_it_comes(home: Home) -> None:
    """What was before, then what happens, nothing twice and nothing missed; it ends with the daemon."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    with subprocess.Popen([BREAKD, "log", "-f"], env=home.env, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        said = [follower.stdout.readline() for _ in range(4)]  # settings, start, input, prompt: it follows now
        daemon.tell("idle")
        daemon.until(None)
        wait_for(lambda: "the end of the break", lambda: home.journalled(did="break_done"))
        assert daemon.end() == 0
        said += follower.stdout.readlines()
    assert follower.returncode == 1
    assert said == [f"{line}\n" for line in home.breakd("log").stdout.splitlines()]
    assert "prompt move: 1 s, " in said[3] and "break move: done" in said[-1]


def test_the_last_lines_and_those_since(home: Home) -> None:
    """As many as asked for, from when asked for; as JSON what an export has."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    assert len(home.breakd("log", "-n", "2").stdout.splitlines()) == 2
    assert home.breakd("log", "--since", "1h").stdout == home.breakd("log").stdout
    assert home.breakd("log", "--since", (datetime.now(UTC) + timedelta(days=1)).isoformat()).stdout == ""
    assert "input" not in home.breakd("log", "--brief").stdout
    told = [json.loads(line) for line in home.breakd("log", "--json", "-n", "1").stdout.splitlines()]
    assert told == home.journalled()[-1:]
    wrong = home.breakd("log", "--since", "soon")
    assert (wrong.returncode, "expected a moment" in wrong.stderr) == (2, True)


def test_why_asks_the_daemon(home: Home) -> None:
    """The prompt that is open, with its routine."""
    daemon = home.quick()
    daemon.tell("active")
    daemon.until("shown")
    said = home.breakd("why").stdout.splitlines()
    assert said[0] == "Next: a move break, which is asked for"
    assert any(line.startswith("Last: ") and "prompt move" in line for line in said)
    assert any(line.startswith("Routine: ") for line in said)
    assert json.loads(home.breakd("why", "--json").stdout)["last"]["break"] == "move"
    assert daemon.end() == 0
    assert home.breakd("why").returncode == 3
