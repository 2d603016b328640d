"""What people say of themselves: the commands, what they answer, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from breakd import Active
from breakd.cli.commands import cli
from breakd.cli.limits import lines
from breakd.core.events import Exercised, Felt, Slept
from breakd.core.units import MINUTE
from breakd.daemon.control import said
from breakd.daemon.control.server import Misuse
from breakd.daemon.speech.happenings import event as event_words
from breakd.daemon.speech.status import limits, local, status
from breakd.daemon.store.fields import wall_ms
from tests.shell.daemon_parts import BREAKD, Home, new_home
from tests.shell.loop_parts import HOUR, FakeClock, Life, life
from tests.shell.terminals import terminal


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Somebody at the desk, on Monday 2026-03-02 at 9:00."""
    monkeypatch.setenv("TZ", "UTC")
    with life(tmp_path / "journal.db", FakeClock(), "breaks.micro.enabled=false") as begun:
        begun.tell(Active())
        yield begun


def at(text: str) -> int:
    """A moment of these days, core time."""
    return wall_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


# -- slept ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "date", "since", "until"),
    [
        ("23:30-07:10", None, "2026-03-01T23:30", "2026-03-02T07:10"),
        ("00:30-07:10", None, "2026-03-02T00:30", "2026-03-02T07:10"),
        ("0:30 - 7:10", None, "2026-03-02T00:30", "2026-03-02T07:10"),
        ("23:30-07:10", "yesterday", "2026-02-28T23:30", "2026-03-01T07:10"),
        ("23:30-07:10", "2026-02-20", "2026-02-19T23:30", "2026-02-20T07:10"),
        ("6h30m", None, "2026-03-02T02:30", "2026-03-02T09:00"),
    ],
)
def test_a_night_is_said_in_a_line(one: Life, time: str, date: str | None, since: str, until: str) -> None:
    """From and to by the local clock, on the day of getting up; or how long, up to now."""
    answer = said.slept(one.loop, {"time": time, "date": date})["said"]
    assert answer[0].startswith("noted: asleep from ")
    assert one.entries[-1].event == Slept(at(since), at(until))
    assert one.entries[-1].at == at(until)


def test_how_long_counts_until_one_was_up(one: Life, clock_passes: int = 15 * HOUR) -> None:
    """`slept 5h` said at 11:00 ends when the person came back from the night, as far as that is known."""
    from breakd import Idle
    from breakd.core.body.sleep import debt

    one._clock.passes(clock_passes)  # midnight
    one.loop.wake()
    one.tell(Idle())
    one.runs(7 * HOUR)
    one.tell(Active())
    one.runs(4 * HOUR)
    one.tell(Active())
    said.slept(one.loop, {"time": "5h"})
    assert one.entries[-1].event == Slept(at("2026-03-03T02:00"), at("2026-03-03T07:00"))
    state = one.loop.current()
    assert debt(state.body, state.configured.sleep) == 2 * HOUR
    assert status(state)["sleep"] == {"last_night_s": 18000, "debt_s": 7200, "awake_s": 14400}


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"time": "08:00-10:00"}, "10:00 today is yet to come"),
        ({"time": "22:00-07:00", "date": "2026-03-05"}, "ends in the future"),
        ({"time": "30h"}, "lasts 30 h, expected at most 20 h"),
        ({"time": "08:30-08:00"}, "lasts 23.5 h"),
        ({"time": "soundly"}, "expected from and to such as 23:30-07:10"),
        ({"time": "25:00-07:00"}, "found '25:00'"),
        ({"time": "-1h"}, "expected from and to"),
        ({"time": "0s"}, "expected from and to"),
        ({"time": "6h", "date": "yesterday"}, "of a night of another day"),
        ({"time": "23:00-07:00", "date": "monday"}, "expected the day of getting up"),
        ({"time": "23:00-07:00", "date": "0001-01-01"}, "more than a year ago"),
        ({"time": "999999999999h"}, "expected at most 20 h"),
    ],
)
def test_nights_that_cannot_be(one: Life, request_: dict[str, Any], reason: str) -> None:
    """A clear line, and nothing stored."""
    before = len(one.entries), one.loop.state.body
    with pytest.raises(ValueError, match=reason):
        said.slept(one.loop, request_)
    assert (len(one.entries), one.loop.state.body) == before


def test_overlapping_nights(one: Life) -> None:
    """Refused, with the one that is known; `--instead` puts a mistake right."""
    said.slept(one.loop, {"time": "23:30-05:10"})
    with pytest.raises(ValueError, match=r"from 23:30 to 05:10 is known already.*--instead"):
        said.slept(one.loop, {"time": "23:00-07:10"})
    said.slept(one.loop, {"time": "23:00-07:10", "instead": True})
    assert one.loop.state.body.sleeps == ((at("2026-03-01T23:00"), at("2026-03-02T07:10")),)


def test_nights_by_the_clock_on_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The night in which summer time begins is an hour shorter than its numbers."""
    monkeypatch.setattr("breakd.daemon.loop.local_zone", lambda: "Europe/Berlin")
    clock = FakeClock()
    clock.passes(27 * 24 * HOUR)  # 2026-03-29, 11:00 in Berlin
    with life(tmp_path / "journal.db", clock) as begun:
        said.slept(begun.loop, {"time": "23:00-07:00"})
        (night,) = begun.loop.state.body.sleeps
        assert night.until - night.since == 7 * HOUR
        assert f"{local(begun.loop.state, night.until):%H:%M}" == "07:00"


# -- felt, exercised --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "meant"),
    [("lowerback", "lower back"), ("lower back", ""), ("left ankle", ""), ("ankle", ""), ("tail", ""), ("", "")],
)
def test_a_place_that_was_mistyped_is_asked_about(one: Life, where: str, meant: str) -> None:
    """It is noted as it was said; that no routine is for it is told, with what was probably meant."""
    answer = said.felt(one.loop, {"pain": 4, "where": where})["said"]
    assert [line for line in answer if "did you mean" in line] == (
        [f'no routine is for "{where}": did you mean "{meant}"? Say it again, and that counts'] if meant else []
    )


def test_how_one_feels(one: Life) -> None:
    """What was noted, and what it tightens; the place in small letters."""
    answer = said.felt(one.loop, {"pain": 6, "where": " Lower  Back", "sleepiness": 7})["said"]
    assert one.entries[-1].event == Felt(pain=6, where="lower back", sleepiness=7)
    assert answer == [
        "noted: pain 6 of 10 (lower back), sleepiness 7 of 9",
        "readiness 0.25: limits are tighter today, a move break comes after 22 min",
    ]
    assert said.felt(one.loop, {"pain": 2, "sleepiness": 3})["said"] == ["noted: pain 2 of 10, sleepiness 3 of 9"]


def test_severe_pain_is_answered_with_the_warning_signs(one: Life) -> None:
    """Rule 22: from 7 on, and not for sleepiness later that day; `limits` repeats them."""
    answer = " ".join(said.felt(one.loop, {"pain": 7})["said"])
    for sign in (
        "saddle",
        "bladder",
        "both legs",
        "weakness that grows",
        "fall",
        "fever",
        "cancer",
        "weight",
        "steroids",
    ):
        assert sign in answer
    assert "saddle" not in " ".join(said.felt(one.loop, {"sleepiness": 7})["said"])
    assert any("saddle" in line for line in lines(limits(one.loop.current()), bars=False))
    assert "saddle" not in " ".join(said.felt(one.loop, {"pain": 6})["said"])


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"pain": 11}, "pain is 11, expected 0 to 10"),
        ({"pain": -1}, "pain is -1"),
        ({"pain": "much"}, "expected a whole number"),
        ({"pain": True}, "expected a whole number"),
        ({"sleepiness": 0}, "sleepiness is 0, expected 1 to 9"),
        ({"effort": 11}, "effort is 11"),
        ({"effort": 5}, "no routine was done"),
        ({"where": "neck"}, '"where" goes with "pain"'),
        ({"pain": 3, "where": "x" * 61}, "in at most 60 characters"),
        ({"pain": 3, "where": ["neck"]}, "expected a few words"),
        ({}, "nothing was said"),
    ],
)
def test_feelings_that_cannot_be(one: Life, request_: dict[str, Any], reason: str) -> None:
    """A clear line, and nothing stored."""
    before = len(one.entries)
    with pytest.raises(ValueError, match=reason):
        said.felt(one.loop, request_)
    assert len(one.entries) == before


def test_exercise(one: Life) -> None:
    """What was noted, and what it comes to; it may have ended earlier."""
    answer = said.exercised(one.loop, {"for": "30m", "rpe": 5, "what": "run"})["said"]
    assert one.entries[-1].event == Exercised(30, 5, "run")
    assert answer == [
        "noted: run for 30 min at 5 of 10",
        "today: a load of 150, enough is 120; "
        "in 7 days: 60 min of movement (vigorous minutes count twice), strength on 0 days",
    ]
    earlier = said.exercised(one.loop, {"for": "20m", "rpe": 2.5, "at": "2026-03-01T18:30:00+00:00"})["said"]
    assert earlier[0] == "noted: exercise for 20 min at 2.5 of 10, until 2026-03-01 18:30"
    assert one.entries[-1].at == at("2026-03-01T18:30")
    assert status(one.loop.current())["limits"]["exertion"]["value"] == 150
    said.felt(one.loop, {"pain": 7})
    one.runs(HOUR)
    assert "enough is 60;" in said.exercised(one.loop, {"for": "10m", "rpe": 2})["said"][1]


def test_no_minute_of_exercise_counts_twice(one: Life) -> None:
    """Said again, as when one is not sure whether it was noted: refused, with what is known and what to do."""
    said.exercised(one.loop, {"for": "30m", "rpe": 5, "what": "run"})
    one.runs(5 * MINUTE)
    before = len(one.entries)
    with pytest.raises(ValueError, match="would count that time twice") as caught:
        said.exercised(one.loop, {"for": "30m", "rpe": 6})
    assert not isinstance(caught.value, Misuse)
    assert str(caught.value).startswith("run for 30 min at 5 of 10 is known from 08:30 to 09:00, and this")
    assert '`breakd forget "2026-03-02 08:30" "2026-03-02 09:01"`, with the daemon stopped' in str(caught.value)
    assert len(one.entries) == before
    said.exercised(one.loop, {"for": "30m", "rpe": 6, "at": "2026-03-02T08:40:00+00:00"})
    assert len(one.entries) == before + 1


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"for": "30m", "rpe": "hard"}, "\"rpe\" is 'hard', expected a number"),
        ({"for": "30m", "rpe": 11}, "rpe is 11"),
        ({"for": "30h", "rpe": 3}, "at most 12h"),
        ({"for": "0m", "rpe": 3}, "expected a duration|more than nothing"),
        ({"for": "long", "rpe": 3}, "expected a duration .*, found 'long'"),
        ({"for": "30m", "rpe": 3, "at": "2026-03-03T00:00:00+00:00"}, "in the future"),
        ({"for": "30m", "rpe": 3, "at": "0001-01-01T00:00:00+00:00"}, "more than a year ago"),
        ({"for": "30m", "rpe": 3, "at": "noon"}, "\"at\" is 'noon', expected a moment"),
        ({"for": "30m", "rpe": 3, "what": "x" * 61}, "in at most 60 characters"),
    ],
)
def test_exercise_that_cannot_be(one: Life, request_: dict[str, Any], reason: str) -> None:
    """A clear line, and nothing stored."""
    before = len(one.entries)
    with pytest.raises(ValueError, match=reason):
        said.exercised(one.loop, request_)
    assert len(one.entries) == before


def test_a_restart_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of the next life is that of the last: by its snapshot, and by replay."""
    monkeypatch.setenv("TZ", "UTC")
    clock = FakeClock()
    for stop in (True, False):
        path = tmp_path / f"{stop}.db"
        with life(path, clock) as begun:
            said.slept(begun.loop, {"time": "01:00-06:00"})
            said.felt(begun.loop, {"pain": 5})
            before = begun.loop.state
            if stop:
                begun.loop.stop()
        with life(path, clock) as again:
            assert (again.taken_up.body, again.taken_up.rules) == (before.body, before.rules)
            assert again.taken_up.rules != again.taken_up.configured
            assert "configured" not in again.names  # the rules of the settings are those in force, tightened


# -- limits -----------------------------------------------------------------------------------------------------------


def test_limits_tell_what_is_not_known(one: Life) -> None:
    """Nobody who says nothing gets a number of sleep."""
    told = lines(limits(one.loop.current()), bars=False)
    assert [line.split("  ")[0].strip() for line in (line.strip() for line in told[:9])] == [
        "sitting", "standing", "desk", "awake", "sleep debt", "exertion", "exertion week", "movement", "rest",
    ]  # fmt: skip
    unknown = [line.split()[0] for line in told if "not known" in line]
    assert unknown == ["awake", "sleep", "exertion", "movement", "rest"]
    assert told[-1] == "readiness 1.00"


def test_limits_tell_what_tightens_them(one: Life) -> None:
    """Each with its reasons, drawn in a terminal."""
    said.slept(one.loop, {"time": "02:00-07:00"})
    said.felt(one.loop, {"pain": 5})
    told = lines(limits(one.loop.current()), bars=True)
    assert "tightened: readiness 0.50; pain 5 of 10" in told[0]
    assert "░" in told[0]
    assert "2 h 00 min of 14 h 00 min" in told[4]
    assert told[10:] == [
        "readiness 0.50: pain 5 of 10, a night of 5 h 00 min, 2 h 00 min of sleep missed in 14 nights",
        "last night 5 h 00 min, as you said",
    ]


def test_the_log_tells_reports() -> None:
    """As people read them."""
    moment = "2026-03-02T07:10:00+00:00"
    assert event_words("slept", {"from": moment, "to": moment}).startswith("asleep ")
    assert event_words("felt", {"pain": 3, "effort": 4}) == "pain 3 of 10, the last routine was 4 of 10 hard"
    assert event_words("exercised", {"minutes": 30, "rpe": 5}) == "exercise for 30 min at 5 of 10"


# -- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def home() -> Iterator[Home]:
    """A home of its own."""
    with new_home() as found:
        yield found


def test_the_real_commands(home: Home) -> None:
    """Through the socket, into the journal, and back."""
    home.run()
    assert home.breakd("slept", "6h30m").stdout.startswith("noted: asleep from ")
    assert "pain 7" in home.breakd("felt", "--pain", "7", "--where", "lower back").stdout
    assert home.breakd("exercised", "20m", "--rpe", "4", "--at", "1m", "brisk", "walk").returncode == 0
    found = json.loads(home.breakd("limits", "--json").stdout)
    assert (found["readiness"], found["limits"]["sitting"]["of"], found["limits"]["desk"]["of"]) == (0, 45, 360)
    assert found["sleep"]["last_night_s"] == 23400
    assert [line["event"] for line in home.journalled() if line.get("source") == "command"] == [
        "slept", "felt", "exercised",
    ]  # fmt: skip
    refused = home.breakd("slept", "30h")
    assert (refused.returncode, refused.stderr.startswith("breakd: the sleep lasts 30 h")) == (2, True)
    assert "rule 18, readiness.pain_to" in home.breakd("why", "sitting").stdout


def test_asked_in_a_terminal(home: Home) -> None:
    """`breakd felt` alone asks; a mistake is asked again; Enter leaves a question out."""
    daemon = home.run()
    with terminal([str(BREAKD), "felt"], {**home.env, "TERM": "dumb"}) as screen:
        screen.until("Pain now")
        screen.type("11\n")
        screen.until("not in the range")
        screen.type("6\n")
        screen.until("Where")
        screen.type("neck\n")
        screen.until("Sleepiness")
        screen.type("\n")
        screen.until("noted: pain 6 of 10 (neck)")
    assert daemon.status["readiness"] == 0.25


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["felt"], "expected --pain"),
        (["felt", "--where", "neck"], "goes with --pain"),
        (["felt", "--pain", "11"], "0<=x<=10"),
        (["felt", "--sleepiness", "0"], "1<=x<=9"),
        (["exercised", "30m"], "--rpe"),
        (["exercised", "30m", "--rpe", "hard"], "3 moderate, 5 hard"),
        (["exercised", "30m", "--rpe", "11"], "0 to 10"),
        (["slept"], "FROM-TO"),
    ],
)
def test_wrong_use(words: list[str], reason: str) -> None:
    """Exit code 2, and nobody is asked."""
    done = CliRunner().invoke(cli, words)
    assert (done.exit_code, reason in done.output) == (2, True), done.output


def test_without_a_daemon(home: Home) -> None:
    """Exit code 3: what is said has nowhere to go."""
    assert home.breakd("felt", "--pain", "3").returncode == 3


def test_the_status_tells_of_tighter_limits(one: Life) -> None:
    """A line, only where limits are tighter; limits of the body only where they are near or over."""
    from breakd.cli.status import lines as status_lines

    facts = {"settings": {"state": "ok", "unwatched": None}, "plugins": {}}
    calm = status_lines({**status(one.loop.current()), **facts})
    assert not [line for line in calm if "readiness" in line or "exertion" in line]
    said.felt(one.loop, {"pain": 7})
    said.exercised(one.loop, {"for": "30m", "rpe": 5})
    told = status_lines({**status(one.loop.current()), **facts})
    assert "readiness 0.00: limits are tighter, see `breakd limits`" in told
    assert next(line for line in told if line.startswith(" exertion")).endswith("150 of 60 load, over")
