"""Rules 1-5: who counts as away, since when, and what disturbs nobody."""

from __future__ import annotations

import pytest

from breakd.core import engine
from breakd.core.events import Idle, Suspended
from tests.core.driver import ONLY_MOVE, Day, clock, ms


def doing(day: Day) -> tuple[str, str]:
    """What is recognised, and since when."""
    return day.state.presence.doing, clock(day.state.presence.since)


# -- rules 1 and 2: notices and absence -----------------------------------------------------------------------------


def test_idleness_under_the_notice_is_work() -> None:
    """Rule 1: 19.999 s without input are input; 20 s are idleness since the last input."""
    day = Day().types(until="09:10").idles(until="09:10:19.999")
    assert doing(day) == ("input", "09:00:00")
    assert doing(day.at("09:10:20")) == ("reading", "09:10:00")


def test_told_early_is_recognised_in_time() -> None:
    """Rule 1: an idleness of 5 s that a source tells decides nothing before it is 20 s."""
    day = Day().types(until="09:10:05").tells(Idle(), at="09:10")
    assert doing(day.at("09:10:19.999")) == ("input", "09:00:00")
    assert doing(day.at("09:10:20")) == ("reading", "09:10:00")


def test_patience_of_sources() -> None:
    """Rule 1: sources tell 20 s of idleness, and 5 s while a prompt waits for a lull."""
    day = Day(ONLY_MOVE).types(until="09:29")
    assert engine.patience(day.state) == 20_000
    assert engine.patience(day.at("09:30").state) == 5_000
    assert engine.patience(day.at("09:32").state) == 20_000


def test_away_since_the_last_input() -> None:
    """Rule 2: 2:59.999 min without input is sitting; 3 min are absence, since the last input."""
    day = Day().types(until="09:10").idles(until="09:12:59.999")
    assert doing(day) == ("reading", "09:10:00")
    assert doing(day.at("09:13")) == ("away", "09:10:00")
    assert (day.state.tally.sitting_ms, day.state.tally.rest_ms) == (ms("00:10"), ms("00:03"))


def test_away_after_a_move_prompt() -> None:
    """Rule 2: a minute without input after a move prompt is absence."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:33:59.999")
    assert doing(day) == ("reading", "09:33:00")
    assert doing(day.at("09:34")) == ("away", "09:33:00")


def test_away_after_start() -> None:
    """Rule 2: 20 s without input after Start are absence, and so again after input in the break."""
    day = Day(ONLY_MOVE).types(until="09:33").says("start").at("09:33:10").idles(until="09:33:29.999")
    assert doing(day) == ("input", "09:00:00")
    assert doing(day.at("09:33:30")) == ("away", "09:33:10")
    day.types(until="09:34").idles(until="09:34:20")
    assert doing(day) == ("away", "09:34:00")


def test_nothing_is_absence_before_it_is_idleness() -> None:
    """Rule 1: whatever the settings say, no decision is made upon less idleness than a source tells."""
    day = Day(ONLY_MOVE, "presence.away_resting=5s").types(until="09:33").says("start").tells(Idle()).at("09:33:19.999")
    assert doing(day) == ("input", "09:00:00")
    assert doing(day.at("09:33:20")) == ("away", "09:33:00")


def test_input_while_idle_is_one_input() -> None:
    """Rule 2: `active` and `idle` at one moment are a sign of life: absence counts from there."""
    day = Day().types(until="09:10").idles(until="09:12").types().idles(until="09:15")
    assert doing(day) == ("away", "09:12:00")


def test_any_source_speaks_for_presence() -> None:
    """Nobody is idle while one of several sources sees input; idle since the latest of their inputs."""
    day = Day().types(source="keys").types(source="mouse", until="09:10").idles(source="keys", until="09:20")
    assert doing(day) == ("input", "09:00:00")
    day.idles(source="mouse", until="09:25")
    assert doing(day) == ("away", "09:20:00")
    assert doing(day.types(source="keys")) == ("input", "09:25:00")


def test_late_word_of_another_source_is_the_last_input() -> None:
    """A source that tells of a later input than the others moves the beginning of the absence."""
    day = Day().types(source="keys", until="09:10").idles(source="keys", until="09:11")
    day.tells(Idle(), at="09:10:50", source="mouse").at("09:14")
    assert doing(day) == ("away", "09:10:50")


def test_absence_is_not_dated_before_what_is_certain() -> None:
    """A source that was silent about earlier idleness does not unmake a day start that lies between."""
    day = Day().types(until="09:10").day_starts().at("09:11").tells(Idle(), at="09:05").at("09:12")
    assert doing(day) == ("away", "09:10:00")


# -- rule 3: the slow reader ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap", "prompts"), [(170, 13), (302, 13), (400, 12), (590, 9)])
def test_slow_reader_gets_breaks(gap: int, prompts: int) -> None:
    """Rule 3: one input every so many seconds for 8 h is a day at the desk, and is prompted for."""
    day = Day(ONLY_MOVE)
    for second in range(0, 8 * 3600, gap):
        day.at(clock(ms("09:00") + second * 1000)).types().idles()
    assert len(day.at("17:00").prompts()) == prompts


def test_work_and_pause_in_turn_gets_none() -> None:
    """Rule 3: 5 min of work and 5 min away, for 8 h: the pauses are believed and pay back all."""
    day = Day(ONLY_MOVE)
    for minute in range(0, 480, 10):
        start = ms("09:00") + minute * 60_000
        day.at(clock(start)).types(until=clock(start + 300_000)).idles()
    assert day.at("17:00").said == []


def test_cat_gets_none() -> None:
    """Rule 3: an input an hour is no presence."""
    day = Day(ONLY_MOVE)
    for hour in range(9, 17):
        day.at(f"{hour:02d}:00").types().idles()
    assert day.at("17:00").said == []


def test_reader_is_away_after_ten_minutes() -> None:
    """Rule 3: after an unexplained gap, 3 min of input make 3 min of silence believable again; less does not."""
    day = Day().types(until="09:10").idles(until="09:20").types(until="09:22:59.999").idles(until="09:32:59.998")
    assert doing(day) == ("reading", "09:22:59.999")
    assert doing(day.at("09:32:59.999")) == ("away", "09:22:59.999")

    day = Day().types(until="09:10").idles(until="09:20").types(until="09:23").idles(until="09:26")
    assert doing(day) == ("away", "09:23:00")


def test_short_gap_is_no_gap() -> None:
    """Rule 3: a silence of under 3 min does not make the next one doubtful."""
    day = Day().types(until="09:10").idles(until="09:12:59.999").types(until="09:13").idles(until="09:16")
    assert doing(day) == ("away", "09:13:00")
    day = Day().types(until="09:10").idles(until="09:13").types(until="09:14").idles(until="09:23:59.999")
    assert doing(day) == ("reading", "09:14:00")


def test_prompted_rest_is_proven() -> None:
    """Rule 3: rest that was asked for leaves the next silence believable."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:40").types(until="09:41").idles(until="09:44")
    assert doing(day) == ("away", "09:41:00")


@pytest.mark.parametrize(("locked", "away"), [("09:15", True), ("09:19:30", False)])
def test_locked_rest_is_proven(locked: str, away: bool) -> None:
    """Rules 3, 5: a lock of a minute or more in it explains a gap, a shorter one does not."""
    day = Day().types(until="09:10").idles(until=locked).locks().at("09:20").unlocks().types(until="09:21")
    assert (doing(day.idles(until="09:24"))[0] == "away") == away


def test_call_explains_a_gap() -> None:
    """Rules 3, 4: who listens to a call for 20 min is not a slow reader after it."""
    day = Day().types(until="09:10").busy("call").idles(until="09:30").types(until="09:31").free("call")
    assert doing(day.idles(until="09:34")) == ("away", "09:31:00")


# -- rule 4: calls and films ------------------------------------------------------------------------------------------


def test_call_is_sitting() -> None:
    """Rule 4: no silence in a call is absence; after it the silence counts from its end."""
    day = Day(ONLY_MOVE).types(until="09:05").busy("call").idles(until="13:00")
    assert doing(day) == ("reading", "09:05:00")
    assert day.state.tally.sitting_ms == ms("04:00")
    day.free("call").at("13:02:59.999")
    assert doing(day) == ("reading", "09:05:00")
    assert doing(day.at("13:03")) == ("away", "13:00:00")


def test_a_shared_screen_is_no_sign_of_anybody() -> None:
    """Rule 4: a screen is shared with nobody in front of it, too; silence is absence as ever, and its end no sign."""
    day = Day(ONLY_MOVE).types(until="09:05").busy("sharing").idles(until="09:07").free("sharing").at("09:08")
    assert doing(day) == ("away", "09:05:00")


def test_one_of_two_calls_goes_on() -> None:
    """Rule 4: a call is over when the last source says so; a source says it once."""
    day = Day().types(until="09:05").busy("call", "microphone").busy("call", "camera").busy("call", "camera")
    day.idles(until="09:30").free("call", "camera").at("09:59")
    assert doing(day) == ("reading", "09:05:00")
    day.free("call", "microphone").free("call", "microphone").at("10:02")
    assert doing(day) == ("away", "09:59:00")


def test_call_that_ends_in_a_film() -> None:
    """Rules 2, 4: the end of a call is a sign of the person, even while a film goes on."""
    day = Day(ONLY_MOVE, "presence.film=10m").types(until="09:05").film().busy("call").idles(until="09:30")
    day.free("call").film_ends().at("09:33")
    assert doing(day) == ("away", "09:30:00")


def test_film_is_sitting_for_three_hours() -> None:
    """Rule 4: a film is presence at most 3 h after the last input; then the silence counts from there."""
    day = Day(ONLY_MOVE, "prompt.silence=10h").types(until="09:05").film().idles(until="12:07:59.999")
    assert doing(day) == ("reading", "09:05:00")
    assert doing(day.at("12:08")) == ("away", "12:05:00")
    assert day.state.tally.rest_ms == ms("00:03")


def test_end_of_a_film_is_a_sign() -> None:
    """Rules 2, 4: after a film the silence counts from its end, but no later than it was presence."""
    assert doing(Day(ONLY_MOVE).types(until="09:05").film().idles(until="09:20").film_ends().at("09:23")) == (
        "away",
        "09:20:00",
    )
    day = Day(ONLY_MOVE, "presence.film=10m", "presence.away=20m", "presence.away_reader=20m")
    day.types(until="09:05").film().idles(until="09:30").film_ends().at("09:35")
    assert doing(day) == ("away", "09:15:00")


def test_film_that_ends_under_the_keys_is_nothing() -> None:
    """Rule 4: the end of a film while somebody types only says that they type."""
    day = Day().film().types(until="09:10").film_ends().at("09:10:10").tells(Idle(), at="09:09").at("09:13")
    assert doing(day) == ("away", "09:10:00")


def test_film_prompts_once_a_silence() -> None:
    """Rule 4: one gentle prompt a silence, no escalation, nothing missed."""
    day = Day(ONLY_MOVE, "limits.sitting=10h").types(until="09:20").film().idles(until="10:25")
    assert day.said == [
        "09:30:00 prompt move 1 gentle 180s",
        "09:40:00 withdraw move",
        "10:10:00 prompt move 1 gentle 360s",
        "10:20:00 withdraw move",
    ]


def test_inhibitor_of_somebody_who_types_is_no_film() -> None:
    """Rules 4, 11: with music on, who types is prompted as ever: at a lull, twice, and then missed."""
    day = Day(ONLY_MOVE).film().types(until="09:55")
    assert day.said == [
        "09:32:00 prompt move 1 gentle 192s",
        "09:44:00 prompt move 2 firm 264s",
        "09:54:00 missed move",
    ]


# -- rule 5: lock, suspend, death, clock ------------------------------------------------------------------------------


def test_lock_is_absence_from_that_moment() -> None:
    """Rule 5: a lock of a minute is absence since it began, whatever the keys do."""
    day = Day().types(until="09:10").locks().at("09:10:59.999")
    assert doing(day) == ("input", "09:00:00")
    assert doing(day.at("09:11")) == ("away", "09:10:00")
    assert doing(day.types(until="09:12")) == ("away", "09:10:00")


def test_lock_counts_once() -> None:
    """Rule 5: a second `locked`, or an `unlocked` of what is open, changes nothing."""
    day = Day().types(until="09:10").locks().at("09:10:30").locks().at("09:11")
    assert doing(day) == ("away", "09:10:00")
    day.unlocks().at("09:15").unlocks()
    assert doing(day) == ("input", "09:11:00")


def test_unlock_is_input() -> None:
    """Rule 5: after a minute or more `unlocked` is input, until a source tells."""
    day = Day().types(until="09:10").idles().locks().at("09:30").unlocks()
    assert doing(day) == ("input", "09:30:00")
    assert doing(day.tells(Idle(), at="09:30").at("09:40")) == ("away", "09:30:00")


def test_unlock_without_idle_notice_is_input() -> None:
    """Rule 5: a source that told no idleness while the screen was locked still has its person back."""
    day = Day().types(until="09:10").locks().at("09:30").unlocks()
    assert doing(day) == ("input", "09:30:00")


def test_short_lock_changes_nothing() -> None:
    """Rule 5: who was idle before a lock of 59.999 s is idle after it, and who typed types."""
    idle = Day().types(until="09:10").idles(until="09:11").locks().at("09:11:59.999").unlocks().at("09:13")
    assert doing(idle) == ("away", "09:10:00")
    typing = Day().types(until="09:10").locks().at("09:10:59.999").unlocks().at("09:20")
    assert doing(typing) == ("input", "09:00:00")


def test_input_under_a_short_lock_counts_after_it() -> None:
    """Rule 5: input told while the screen was locked for a moment is believed when it opens."""
    day = Day().types(until="09:10").idles(until="09:11").locks().at("09:11:20").types(until="09:11:40").unlocks()
    assert doing(day) == ("input", "09:11:40")


def test_suspend_is_absence_and_then_unknown() -> None:
    """Rule 5: after a suspend of a minute or more nobody is there until a source tells."""
    day = Day().types(until="09:10").sleeps(until="09:30").at("09:40")
    assert doing(day) == ("away", "09:10:00")
    assert doing(day.types()) == ("input", "09:40:00")


def test_short_suspend_changes_nothing() -> None:
    """Rule 5: a suspend of 59.999 s leaves who typed typing."""
    assert doing(Day().types(until="09:10").sleeps(until="09:10:59.999").at("09:20")) == ("input", "09:00:00")


def test_suspend_learned_late() -> None:
    """Rule 5: a suspend that is told on waking counts from when it happened; nothing is decided in between."""
    day = Day(ONLY_MOVE).types(until="09:20")
    day.learns(Suspended(), at="09:20", seen="11:00")
    assert (day.said, doing(day)) == ([], ("away", "09:20:00"))
    assert doing(day.types()) == ("input", "11:00:00")


def test_suspend_is_told_once() -> None:
    """Rule 5: a second word for the same suspend moves nothing; input ends it before the system's own word."""
    day = Day().types(until="09:10")
    day.tells(Suspended()).at("09:12").tells(Suspended())
    assert doing(day.at("09:20")) == ("away", "09:10:00")
    assert doing(day.types()) == ("input", "09:20:00")
    assert day.state.presence.suspended is None


def test_unlock_voice_does_not_outlive_a_suspend() -> None:
    """Rule 5: that the screen was unlocked before the suspend says nothing of the time after it."""
    day = Day().types(until="09:05").locks().at("09:10").unlocks().at("09:12").sleeps(until="09:30").at("09:35")
    assert doing(day) == ("away", "09:12:00")
    assert doing(day.tells(Idle(), at="09:10").at("09:40")) == ("away", "09:12:00")


def test_death_counts_as_suspend() -> None:
    """Rule 5: a process killed at 09:10 and back at 09:30 was suspended; a minute less and nothing was."""
    assert doing(Day().types(until="09:10").restarts(at="09:30").at("09:31")) == ("away", "09:10:00")
    assert doing(Day().types(until="09:10").restarts(at="09:10:59.999").at("09:31")) == ("input", "09:00:00")


def test_clock_jump_is_neither_sitting_nor_rest() -> None:
    """Rule 5: wall clock and zone move only what is displayed."""
    still, jumped = (
        Day().types(until="09:20"),
        Day().types(until="09:10").jumps(-ms("01:00")).travels("Asia/Tokyo").at("09:20"),
    )
    assert jumped.state.tally == still.state.tally
    assert (jumped.state.offset, jumped.state.zone) == (-ms("01:00"), "Asia/Tokyo")
