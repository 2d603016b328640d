"""What a life of the daemon takes over from the last one, and what is over with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakd import Active, Idle, Resumed, Suspended
from breakd.core.events import Alarm
from breakd.core.units import MINUTE
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, life

DAY_STARTS = MORNING + 19 * HOUR  # 04:00 UTC


def test_input_that_no_source_tells_of_any_more_is_over(path: Path, clock: FakeClock) -> None:
    """The source of the last life is not there in this one: the person is not taken to type for ever."""
    with life(path, clock) as one:
        one.tell(Active(), source="x11")
        one.runs(MINUTE)
    clock.passes(MINUTE)
    with life(path, clock) as two:
        two.tell(Idle(), source="tty")
        assert two.loop.current().presence.doing == "input"
        two.loop.forget_last_life()
        two.runs(HOUR)
        assert two.loop.current().presence.away
        assert two.sitting == 2 * MINUTE


def test_input_that_is_told_again_goes_on(path: Path, clock: FakeClock) -> None:
    """A restart in the middle of work changes nothing."""
    with life(path, clock) as one:
        one.tell(Active(), source="x11")
        one.runs(MINUTE)
    with life(path, clock) as two:
        two.tell(Active(), source="x11")
        two.loop.forget_last_life()
        two.runs(10 * MINUTE)
        assert two.sitting == 11 * MINUTE


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_traveller_gets_a_new_day(path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """The day started while the lid was closed, and it opens in another zone: the desk gauge begins anew."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(HOUR)
        one.tell(Suspended(), source="logind")
        clock.sleeps(DAY)
        monkeypatch.setenv("TZ", zone)
        one.tell(Resumed(), source="logind")
        assert [entry.at for entry in one.entries if isinstance(entry.event, Alarm)] == [DAY_STARTS]
        assert one.loop.current().tally.desk_ms == 0


def test_a_new_day_is_not_lost_to_a_jump_of_the_clock(path: Path, clock: FakeClock) -> None:
    """The machine wakes in the morning and its clock is put right at the same time."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(HOUR)
        clock.sleeps(DAY)
        clock.jumps(3000)
        one.tell(Active())
        assert [entry.at for entry in one.entries if isinstance(entry.event, Alarm)] == [DAY_STARTS]
        assert one.loop.current().tally.desk_ms == 0


def test_a_new_day_is_not_lost_between_two_lives(path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the evening, started the next morning in another zone."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(HOUR)
    clock.passes(DAY)
    monkeypatch.setenv("TZ", "America/New_York")
    with life(path, clock) as two:
        assert [entry.at for entry in two.entries if isinstance(entry.event, Alarm)] == [DAY_STARTS]
        assert two.loop.current().tally.desk_ms == 0
