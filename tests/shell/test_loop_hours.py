"""Quiet hours and breaks at fixed times in the loop: woken rarely, told before anything else, the same after a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakd import Active, Idle, Locked, Resumed, Suspended, Unlocked
from breakd.cli.status import lines
from breakd.core import engine
from breakd.core.decisions import Prompt
from breakd.core.events import Alarm, Entry
from breakd.core.state import Quiet
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.control.looks import look
from breakd.daemon.fold import replay
from breakd.daemon.speech.outlook import outlook
from breakd.daemon.speech.status import status
from breakd.daemon.store.journal import Journal
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.settings.load import load
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life

ONLY_MOVE = "breaks.micro.enabled=false"
QUIET = "hours.quiet='09:40-10:30'"
LUNCH = "schedule.lunch.at='09:30'"  # the day of these tests begins at 09:00
TEA = "schedule.tea.at='09:40'"


def alarms(one: Life) -> list[Entry]:
    """What the calendar rang, without the start of the day."""
    return [each for each in one.entries if isinstance(each.event, Alarm) and each.event.what != engine.DAY_STARTS]


def prompts(one: Life) -> list[int]:
    """When was asked for a break, in minutes after 09:00."""
    return [(each.at - MORNING) // MINUTE for each in one.decided if isinstance(each, Prompt)]


def test_the_hours_are_told_at_the_start_once(path: Path, clock: FakeClock) -> None:
    """The first life tells them; a restart before they are over has nothing new to tell."""
    with life(path, clock, ONLY_MOVE, QUIET) as one:
        assert [entry.event for entry in alarms(one)] == [
            Alarm(what, "", MORNING + 40 * MINUTE, MORNING + 90 * MINUTE) for what in (engine.QUIET, engine.SILENCE)
        ]
    clock.passes(MINUTE)
    with life(path, clock, ONLY_MOVE, QUIET) as two:
        assert alarms(two) == []


def test_nothing_is_told_without_hours(path: Path, clock: FakeClock) -> None:
    """The shipped settings write no alarm but the start of the day."""
    with life(path, clock) as one:
        one.runs(3 * DAY)
        assert alarms(one) == []


def test_quiet_hours_in_a_life(path: Path, clock: FakeClock) -> None:
    """Withdrawn as they begin, asked for when they end; then the next are told."""
    with life(path, clock, ONLY_MOVE, QUIET) as one:
        one.tell(Active())
        one.runs(2 * HOUR)
        assert prompts(one)[:2] == [32, 92]
        assert one.did[:3] == ["prompt", "withdraw", "prompt"]
        assert one.loop.state.quiet == Quiet(MORNING + DAY + 40 * MINUTE, MORNING + DAY + 90 * MINUTE)


def test_the_status_tells_hours_and_calls(path: Path, clock: FakeClock) -> None:
    """Until when it is quiet, what is due by its time, and that no break is due before quiet hours end."""
    with life(path, clock, ONLY_MOVE, "hours.quiet='09:20-10:30'", "schedule.lunch={at='09:30', late='2h'}") as one:
        one.tell(Active())
        one.runs(10 * MINUTE)
        told = status(one.loop.current())
        assert (told["quiet_until"], told["scheduled"]) == (None, None)
        assert told["breaks"]["move"]["due_at"] == "2026-03-02T10:30:00+00:00"
        one.runs(25 * MINUTE)
        told = status(one.loop.current())
        assert told["quiet_until"] == "2026-03-02T10:30:00+00:00"
        call = {"name": "lunch", "due_at": "2026-03-02T09:30:00+00:00", "until": "2026-03-02T11:30:00+00:00"}
        assert told["scheduled"] == call
        assert lines({**told, "plugins": {}, "settings": {"state": "ok", "unwatched": None}})[1:3] == [
            "quiet until 10:30",
            "lunch is due since 09:30",
        ]
        assert (look(one.loop.current())[:2], outlook(one.loop.current())) == (
            ("quiet until 10:30", "quiet"),
            "quiet until 10:30",
        )
        one.loop.command("start", None, "cli")
        assert (look(one.loop.current()).kind, outlook(one.loop.current())) == (
            "break",
            "a move break is on, halted by input",
        )


@pytest.mark.parametrize("killed", [10, 31, 35, 40, 41, 60, 89, 90, 91])
def test_a_kill_changes_nothing(tmp_path: Path, clock: FakeClock, killed: int) -> None:
    """Whenever it is killed and back at once, the same is decided, and the replay is the live state (rule 24)."""
    sets = (ONLY_MOVE, QUIET, LUNCH)
    with life(tmp_path / "whole.db", FakeClock(), *sets) as whole:
        whole.tell(Active())
        whole.runs(2 * HOUR)
    path = tmp_path / "cut.db"
    with life(path, clock, *sets) as one:
        one.tell(Active())
        one.runs(killed * MINUTE)
    with life(path, clock, *sets) as two:
        two.tell(Active())
        two.runs(2 * HOUR - killed * MINUTE)
        live = two.loop.current()
    assert one.decided + two.decided == whole.decided
    assert live == whole.loop.current()
    with Journal.open(path) as journal:
        found = replay(journal)
    assert found is not None
    assert engine.advance(found.state, live.now)[0] == live


def test_hours_hold_though_nobody_was_woken(path: Path, clock: FakeClock) -> None:
    """The timer is late, a source is not: what it tells comes after what the calendar has to say."""
    with life(path, clock, ONLY_MOVE, "hours.quiet='09:31-10:00'") as one:
        one.tell(Active())
        one.runs(30 * MINUTE + SECOND)  # due; the prompt waits for a lull
        clock.passes(70 * SECOND)
        one.tell(Idle(), ago=6)
        one.runs(5 * SECOND)
        assert one.did == []


def test_a_break_that_is_missed_while_dead_is_asked_for_in_time(path: Path, clock: FakeClock) -> None:
    """Dead from 09:20 to 09:45: due since 09:30, worth asking for until 10:00, asked for once input is believed."""
    with life(path, clock, ONLY_MOVE, LUNCH) as one:
        one.tell(Active())
        one.runs(20 * MINUTE)
    clock.passes(25 * MINUTE)
    with life(path, clock, ONLY_MOVE, LUNCH) as two:
        (rang,) = alarms(two)
        assert (rang.at - MORNING, rang.event) == (30 * MINUTE, Alarm(engine.BREAK, "lunch"))
        two.tell(Active())
        two.runs(13 * MINUTE)
        assert prompts(two) == [57]  # 10 min after the return, and 2 min without a lull


def test_a_break_that_is_missed_for_too_long_has_lapsed(path: Path, clock: FakeClock) -> None:
    """Dead from 09:20 to 10:20: told in the log, nothing is asked."""
    with life(path, clock, ONLY_MOVE, LUNCH) as one:
        one.tell(Active())
        one.runs(20 * MINUTE)
    clock.passes(HOUR)
    with life(path, clock, ONLY_MOVE, LUNCH) as two:
        two.tell(Active())
        two.runs(12 * MINUTE)
        assert (two.did, two.loop.state.call) == (["lapsed"], None)


def test_of_what_was_slept_over_the_latest_counts(path: Path, clock: FakeClock) -> None:
    """The machine slept over two breaks: the later one is asked for."""
    with life(path, clock, ONLY_MOVE, LUNCH, TEA) as one:
        one.tell(Active())
        one.runs(20 * MINUTE)
        one.tell(Suspended(), source="logind")
        clock.sleeps(25 * MINUTE)
        one.tell(Resumed(), source="logind")
        one.tell(Active())
        assert [entry.event for entry in alarms(one)] == [Alarm(engine.BREAK, "tea")]
        one.runs(13 * MINUTE)
        assert [each.schedule for each in one.decided if isinstance(each, Prompt)] == ["tea"]


def test_a_year_in_a_drawer_is_four_alarms(path: Path, clock: FakeClock) -> None:
    """Dead for a year: the last start of a day, the last break, both sorts of hours; not a thousand of them."""
    sets = (ONLY_MOVE, LUNCH, TEA, "hours.quiet='22:00-07:00'")
    with life(path, clock, *sets) as one:
        one.runs(MINUTE)
    clock.passes(365 * DAY)
    with life(path, clock, *sets) as two:
        rang = [entry for entry in two.entries if isinstance(entry.event, Alarm)]
        assert len(rang) == 4
        assert all(entry.at > clock.wall() - DAY for entry in rang)


def test_a_night_away_wakes_twice(path: Path, clock: FakeClock) -> None:
    """From 18:00 to 08:00 with nobody there: the day starts, and the quiet hours are over."""
    with life(path, clock, "hours.quiet='22:00-07:00'", "hours.work='mon-fri 06:00-23:00'") as one:
        one.tell(Active())
        one.runs(9 * HOUR)
        one.tell(Locked())
        one.runs(10 * MINUTE)
        before = one.woken
        one.runs(13 * HOUR)
        assert one.woken - before == 2


def test_other_settings_change_the_calendar(path: Path, clock: FakeClock) -> None:
    """New hours and times hold at once, and so does that there are none any more."""
    with life(path, clock, ONLY_MOVE) as one:
        one.tell(Active())
        one.runs(20 * MINUTE)
        settings = load(None, [ONLY_MOVE, "hours.quiet='09:10-09:50'", TEA])
        one.loop.configure(settings.rules(), lambda name: Calendar.of(settings, zone(name)))
        one.runs(25 * MINUTE)
        assert one.did == []
        assert [each.name for each in (one.loop.state.call,) if each] == ["tea"]
        plain = load(None, [ONLY_MOVE])
        one.loop.configure(plain.rules(), lambda name: Calendar.of(plain, zone(name)))
        one.runs(2 * MINUTE)
        assert (prompts(one), one.loop.state.call) == ([47], None)
        assert one.loop.state.quiet == Quiet()


def test_another_zone_has_other_hours(path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hours of the new zone hold from the moment it is noticed."""
    with life(path, clock, ONLY_MOVE, "hours.quiet='09:00-17:00'") as one:
        one.tell(Active())
        one.runs(40 * MINUTE)
        monkeypatch.setenv("TZ", "Asia/Tokyo")  # where it is 18:40
        one.tell(Unlocked(), source="logind")
        one.runs(2 * MINUTE)
        assert prompts(one) == [42]


def test_a_clock_that_is_put_right_has_other_hours(path: Path, clock: FakeClock) -> None:
    """At 09:20 it turns out to be 12:20: quiet hours that end at noon are over."""
    with life(path, clock, ONLY_MOVE, "hours.quiet='09:00-12:00'") as one:
        one.tell(Active())
        one.runs(40 * MINUTE)
        clock.jumps(3 * HOUR)
        one.tell(Active(), source="tty")
        one.runs(2 * MINUTE)
        assert prompts(one) == [42]
