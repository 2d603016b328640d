"""The loop between events, core and timer: what is odd with time, and what one life takes over from the last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd import Active, Answer, Busy, Idle, Locked, Resumed, Suspended, Unlocked, Watching
from breakd.core.events import Alarm, Clock, Zone
from breakd.core.units import MINUTE, SECOND
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life


@pytest.fixture
def one(path: Path, clock: FakeClock) -> Iterator[Life]:
    """A first life, with somebody who types."""
    with life(path, clock) as begun:
        begun.tell(Active())
        yield begun


def prompted(one: Life) -> None:
    """Let time pass until a break is asked for."""
    for _ in range(60):
        one.runs(MINUTE)
        if "prompt" in one.did:
            return
    raise AssertionError(f"no prompt within an hour: {one.did}")


def test_nobody_is_told_of_what_is_not_written_down(one: Life, clock: FakeClock) -> None:
    """Whoever asks for the state when something is due, but the timer has not rung yet, makes it decided on."""
    one.runs(31 * MINUTE + 50 * SECOND)
    before = one.did.count("prompt")
    clock.passes(10 * SECOND)  # half an hour of sitting, and two minutes without a pause
    assert one.loop.current().slot.phase == "shown"
    assert one.did.count("prompt") == before + 1


# -- time that is odd -----------------------------------------------------------------------------------------------


def test_a_frozen_process_was_suspended(one: Life, clock: FakeClock) -> None:
    """A timer that rings half a minute late or more: nobody ran since the last sign of life."""
    one.runs(90 * SECOND)
    alive = one.loop.state.now
    clock.passes(20 * MINUTE)
    one.loop.wake()
    assert [(entry.event, entry.at) for entry in one.entries[-2:]] == [
        (Suspended(), alive),
        (Resumed(), one.loop.now()),
    ]
    assert one.sitting == alive - one.entries[-3].at


def test_a_timer_that_is_a_little_late_is_nothing(one: Life, clock: FakeClock) -> None:
    """A busy machine is not asleep: 29 s late changes nothing."""
    count = len(one.entries)
    clock.passes(one.armed - clock.boot() + 29 * SECOND)
    one.loop.wake()
    assert len(one.entries) == count
    assert one.sitting == one.loop.now() - one.entries[-1].at


@pytest.mark.parametrize("speaks", [True, False], ids=["a source speaks first", "the timer rings first"])
def test_a_sleep_of_the_machine_is_noticed(one: Life, clock: FakeClock, speaks: bool) -> None:
    """Boot time went on while the other clock stood still: suspended for just so long, whoever comes first."""
    one.runs(MINUTE)
    before = one.sitting
    clock.sleeps(HOUR)
    if speaks:
        one.tell(Active())
    else:
        one.loop.wake()
    at = {entry.event.name: entry.at for entry in one.entries}
    assert (at["suspended"], at["resumed"]) == (one.loop.now() - HOUR, one.loop.now())
    assert one.names.count("suspended") == 1
    assert one.sitting == before


def test_a_sleep_that_the_system_told_of_is_not_told_twice(one: Life, clock: FakeClock) -> None:
    """Between `suspended` and `resumed` of a source the clocks have nothing to add."""
    one.tell(Suspended(), source="logind")
    clock.sleeps(HOUR)
    one.tell(Resumed(), source="logind")
    one.tell(Active())
    assert one.names[-3:] == ["suspended", "resumed", "active"]


def test_after_a_sleep_the_sources_are_asked_again(one: Life, clock: FakeClock) -> None:
    """Whether there is input is unknown until they speak: the same number comes once more."""
    asked = list(one.asked)
    clock.sleeps(HOUR)
    one.loop.wake()
    assert one.asked == [*asked, asked[-1]]
    one.tell(Suspended(), source="logind")
    one.tell(Resumed(), source="logind")
    assert one.asked == [*asked, asked[-1], asked[-1]]


@pytest.mark.parametrize("shift", [HOUR, -HOUR, 400 * DAY, -400 * DAY], ids=["+1h", "-1h", "+400d", "-400d"])
def test_a_jump_of_the_wall_clock_is_neither_sitting_nor_rest(one: Life, clock: FakeClock, shift: int) -> None:
    """It is told once, by how much; elapsed time and the next deadline stay as they were."""
    one.runs(10 * MINUTE)
    before, armed = one.loop.current(), one.armed
    clock.jumps(shift)
    one.tell(Active())
    assert [entry.event for entry in one.entries if isinstance(entry.event, Clock)] == [Clock(shift)]
    after = one.loop.current()
    assert (after.tally, after.now, one.armed) == (before.tally, before.now, armed)
    assert after.now + after.offset == clock.wall()
    one.runs(5 * MINUTE)
    assert one.sitting == before.tally.sitting_ms + 5 * MINUTE


def test_drift_is_no_jump(one: Life, clock: FakeClock) -> None:
    """Less than two seconds is what clocks do."""
    clock.jumps(1999)
    one.loop.wake()
    assert "clock" not in one.names
    clock.jumps(1)
    one.loop.wake()
    assert one.entries[-1].event == Clock(2000)


def test_a_new_zone_is_noticed_when_somebody_comes_back(
    one: Life, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traveller's lid opens elsewhere: the zone is told, and the day starts by it."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    one.tell(Suspended(), source="logind")
    clock.sleeps(8 * HOUR)
    one.tell(Resumed(), source="logind")
    assert [entry.event for entry in one.entries if isinstance(entry.event, Zone)] == [Zone("Asia/Tokyo")]
    one.tell(Idle())
    one.runs(DAY)
    (rang,) = [entry for entry in one.entries if isinstance(entry.event, Alarm)]
    assert rang.at == MORNING + 10 * HOUR  # 04:00 in Tokyo is 19:00 UTC


# -- the timer ------------------------------------------------------------------------------------------------------


def test_nobody_there_needs_no_timer_before_the_day_starts(path: Path, clock: FakeClock) -> None:
    """While nobody is there nothing is watched and no sign of life is due: the one alarm is the start of the day."""
    with life(path, clock) as one:
        assert one.armed - clock.boot() == 19 * HOUR


def test_a_prompt_that_waits_asks_for_shorter_silences(one: Life) -> None:
    """The lull is asked for while a prompt waits for it, and the usual notice again once it is shown."""
    assert one.asked == [20.0]
    prompted(one)
    assert one.asked[:3] == [20.0, 5.0, 20.0]


def test_an_answer_to_what_is_not_open_is_stale(one: Life) -> None:
    """An answer is a command while its prompt is open, and nothing before and after."""
    one.tell(Answer("prompt", "snooze"), source="desktop.answers")
    assert "command" not in one.names
    prompted(one)
    for _ in range(2):
        one.tell(Answer("prompt", "snooze"), source="desktop.answers")
    assert (one.names.count("command"), one.did.count("snoozed")) == (1, 1)


# -- from life to life ----------------------------------------------------------------------------------------------


def test_a_restart_in_mid_life_counts_as_lived(path: Path, clock: FakeClock) -> None:
    """A start that comes before the next sign of life was due: the time between went on as it was."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(10 * MINUTE)
    clock.passes(90 * SECOND)
    with life(path, clock) as two:
        assert two.sitting == 11 * MINUTE + 30 * SECOND


def test_a_daemon_that_was_dead_counts_as_suspended(path: Path, clock: FakeClock) -> None:
    """It was killed and comes back hours later: sitting ends with the last sign of life, at most two minutes off."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(10 * MINUTE)
        beaten = one.loop.state.now
    clock.passes(3 * HOUR)
    with life(path, clock) as two:
        (started,) = [entry for entry in two.entries if entry.event.name == "started"]
        assert started.at == beaten
        assert 8 * MINUTE <= two.sitting <= 10 * MINUTE
        assert two.loop.current().presence.away
        two.tell(Active())
        two.runs(MINUTE)
        assert two.did == []


def test_across_a_reboot_the_wall_clock_tells_how_long(path: Path, clock: FakeClock) -> None:
    """Boot time begins anew; the time off is rest, and core time goes on."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(25 * MINUTE)
        before, rested = one.loop.now(), one.loop.current().tally.rest_ms
    clock.reboots(HOUR)
    with life(path, clock) as two:
        assert two.loop.now() == before + HOUR
        assert "clock" not in two.names
        assert HOUR <= two.loop.current().tally.rest_ms - rested <= HOUR + 2 * MINUTE


def test_time_never_goes_back_over_a_reboot(path: Path, clock: FakeClock) -> None:
    """A clock that lost its battery: core time goes on from where it was, and the jump is told."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(25 * MINUTE)
        last = one.loop.state.now
    clock.reboots(-300 * DAY)
    with life(path, clock) as two:
        assert two.loop.now() >= last
        (jump,) = [entry.event for entry in two.entries if isinstance(entry.event, Clock)]
        assert -300 * DAY <= jump.shift_ms <= -300 * DAY + 2 * MINUTE


def test_a_clean_end_is_taken_up_just_there(path: Path, clock: FakeClock) -> None:
    """What a stop leaves behind is the state that the next life begins with."""
    with life(path, clock) as one:
        one.tell(Active())
        prompted(one)
        one.loop.stop()
        left = one.loop.state
    with life(path, clock) as two:
        assert two.taken_up == left
        assert two.did == []
        assert two.loop.state.slot == left.slot


def test_what_the_last_life_claimed_must_be_claimed_again(path: Path, clock: FakeClock) -> None:
    """A call, a film and a lock that no source repeats in time are over; what is repeated stays."""
    with life(path, clock) as one:
        for event in (Busy("call"), Busy("do-not-disturb"), Watching(), Locked()):
            one.tell(event, source="desktop")
    with life(path, clock) as two:
        two.tell(Busy("do-not-disturb"), source="desktop")
        assert {claim.reason for claim in two.loop.state.presence.claims} == {"call", "do-not-disturb", "film"}
        asked = len(two.asked)
        two.loop.forget_last_life()
        presence = two.loop.state.presence
        assert ([claim.reason for claim in presence.claims], presence.locked) == (["do-not-disturb"], None)
        assert len(two.asked) == asked + 1, "whether there is input is only known when the sources speak"


def test_a_lock_that_is_repeated_stays(path: Path, clock: FakeClock) -> None:
    """The screen is still locked: then the lock of the last life goes on, from when it began."""
    with life(path, clock) as one:
        one.tell(Locked(), source="logind")
        locked = one.loop.state.presence.locked
    clock.passes(MINUTE)
    with life(path, clock) as two:
        two.tell(Locked(), source="logind")
        two.loop.forget_last_life()
        assert two.loop.state.presence.locked == locked


def test_a_source_that_unlocked_needs_no_forgetting(path: Path, clock: FakeClock) -> None:
    """What a source itself took back is not taken back again."""
    with life(path, clock) as one:
        one.tell(Locked(), source="logind")
    with life(path, clock) as two:
        two.tell(Unlocked(), source="logind")
        two.loop.forget_last_life()
        assert two.names.count("unlocked") == 1


def test_days_that_nobody_lived_through_ring_once(path: Path, clock: FakeClock) -> None:
    """After a long weekend only the last day starts, at its own time; then each day does."""
    with life(path, clock) as one:
        one.tell(Active())
        one.runs(MINUTE)
        one.tell(Idle())
        one.loop.stop()
    clock.passes(3 * DAY)
    with life(path, clock) as two:
        assert [entry.at for entry in two.entries if isinstance(entry.event, Alarm)] == [MORNING + 2 * DAY + 19 * HOUR]
        assert two.loop.current().tally.desk_ms == 0
        two.runs(2 * DAY)
        rang = [entry.at for entry in two.entries if isinstance(entry.event, Alarm)]
        assert rang == [MORNING + days * DAY + 19 * HOUR for days in (2, 3, 4)]
