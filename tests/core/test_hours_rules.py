"""Quiet hours (rule 25) and breaks at fixed times (rule 26), as the calendar tells them."""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core.decisions import Prompt
from breakd.core.routines import Routine, Step
from tests.core.driver import ONLY_MOVE, Day, configured

LUNCH = "schedule.lunch={at='12:30', routine='a.stairs'}"
WALK = "schedule.walk={at='12:40', late='10m'}"
EYES = "schedule.eyes={at='12:30', break='micro'}"


def noon(*sets: str) -> Day:
    """Typing since 12:10, with lunch at 12:30; the move bar would be full at 12:40."""
    return Day(ONLY_MOVE, LUNCH, *sets, start="12:10").types(until="12:30")


# -- quiet hours ----------------------------------------------------------------------------------------------------


def test_nothing_is_shown_in_quiet_hours_and_bars_go_on() -> None:
    """Rule 25: no prompt; what is due is asked for as soon as they end."""
    day = Day(ONLY_MOVE).quiet("09:20", "11:00").types(until="10:59:59")
    assert day.said == []
    assert day.bar() == 2
    assert day.gauge("sitting")[1] == "over"
    day.at("11:02")
    assert day.said == ["11:02:00 prompt move 1 gentle 360s"]


def test_warnings_wait_for_the_end_of_quiet_hours() -> None:
    """Rule 25: a limit that is reached is told afterwards, at its moment."""
    day = Day(ONLY_MOVE, "breaks.move.every=20h").quiet("09:30", "10:30").types(until="10:33")
    assert day.said == ["10:32:00 warn sitting over 92min"]


def test_an_open_prompt_is_withdrawn_when_quiet_hours_begin() -> None:
    """Rule 25: at that very moment, and it starts gently again afterwards."""
    day = Day(ONLY_MOVE).quiet("09:40", "09:50").types(until="09:52")
    assert day.said == [
        "09:32:00 prompt move 1 gentle 192s",
        "09:40:00 withdraw move",
        "09:52:00 prompt move 1 gentle 312s",
    ]


def test_a_break_that_is_on_goes_on_into_quiet_hours() -> None:
    """Rule 25: who rests already is told when the break is done."""
    day = Day(ONLY_MOVE).quiet("09:33", "10:00").types(until="09:32").idles(until="09:36")
    assert day.taken()[-1] == "09:35:12 break_done move 192s"


def test_start_always_works() -> None:
    """Rule 25: quiet hours do not keep anybody from a break."""
    day = Day(ONLY_MOVE).quiet("09:00", "12:00").types(until="09:10").says("start")
    assert day.said == ["09:10:00 break_started move 0s"]


def test_quiet_hours_can_be_taken_back() -> None:
    """The calendar tells anew what holds after a jump of the clock, or when the settings change."""
    day = Day(ONLY_MOVE).quiet("09:00", "12:00").types(until="09:40").rings("quiet").at("09:42")
    assert day.said == ["09:42:00 prompt move 1 gentle 252s"]


def test_nobody_is_woken_at_night() -> None:
    """While the person is away neither beginning nor end of quiet hours is a moment to look at."""
    day = Day(ONLY_MOVE).quiet("1+00:00", "1+07:00").types(until="09:05").locks().at("12:00")
    assert day.state.wake is None


# -- breaks at fixed times ------------------------------------------------------------------------------------------


def test_a_scheduled_break_is_asked_for_whatever_its_bar() -> None:
    """Rule 26: at the next lull, within two minutes."""
    day = noon().calls("lunch").at("12:31").idles(until="12:31:10")
    assert day.said == ["12:31:05 prompt move 1 gentle 180s"]
    assert isinstance(day.decided[0], Prompt)
    assert day.decided[0].schedule == "lunch"
    assert [because.code for because in day.decided[0].because] == ["bar_sitting", "sitting_ms", "scheduled"]


def test_doing_it_empties_the_bar() -> None:
    """Rule 26: it takes the place of the break that would be due ten minutes later."""
    day = noon().calls("lunch").at("12:31").idles(until="12:35").types(until="12:50")
    assert day.said == [
        "12:31:05 prompt move 1 gentle 180s",
        "12:32:00 break_started move 60s",
        "12:34:00 break_done move 180s",
    ]
    assert day.state.call is None


def test_it_lasts_as_long_as_its_routine() -> None:
    """Rule 26: a routine of five minutes is a break of five, one of a minute a break of `for`."""
    stairs = Routine(id="a.stairs", title="Stairs", steps=(Step("Walk", 300),))
    other = Routine(id="a.other", title="Other", steps=(Step("Walk", 60),))
    rules = configured(ONLY_MOVE, LUNCH, WALK)
    day = Day(rules=replace(rules, routines=(stairs, other)), start="12:10")
    day.types(until="12:30").calls("lunch").at("12:32")
    assert day.taken() == ["12:32:00 prompt move 1 gentle 300s"]
    assert day.state.slot.routine == "a.stairs"
    day.says("start").at("12:37:59").idles(until="12:44")
    assert day.taken() == ["12:32:00 break_started move 0s", "12:37:00 break_abandoned move 0s"]


def test_two_attempts_then_silence() -> None:
    """Rules 12, 26: attempts as for any other prompt; once missed it does not come back."""
    day = noon("schedule.lunch.late=5m").calls("lunch").at("12:59")
    assert day.said == [
        "12:32:00 prompt move 1 gentle 180s",
        "12:44:00 prompt move 2 firm 204s",
        "12:54:00 missed move",
    ]
    assert day.state.call is None


def test_skipped_it_is_over() -> None:
    """Rules 14, 26: Skip is for the scheduled break too."""
    day = noon().calls("lunch").at("12:33").says("skip").at("12:59")
    assert day.said == ["12:32:00 prompt move 1 gentle 180s", "12:33:00 skipped move"]
    assert day.state.call is None


def test_snoozed_it_comes_back() -> None:
    """Rules 14, 26: a snooze puts off how long it is worth asking for, too."""
    day = noon("schedule.lunch.late=5m").calls("lunch").at("12:33").says("snooze").at("12:46")
    assert day.said[1:] == ["12:33:00 snoozed move 1", "12:45:00 prompt move 1 gentle 210s"]
    assert [it.schedule for it in day.decided if isinstance(it, Prompt)] == ["lunch", "lunch"]


def test_abandoned_it_is_over() -> None:
    """Rules 13, 26: who breaks it off has answered."""
    day = noon().calls("lunch").at("12:33").says("start").says("stop").at("12:39")
    assert day.said[-1] == "12:33:00 break_abandoned move 0s"
    assert day.state.call is None


def test_in_a_call_it_is_held() -> None:
    """Rules 11, 26: held by a call, asked for after it, gently."""
    day = noon().busy("call").calls("lunch").at("12:50").free("call").at("12:53")
    assert day.said == ["12:31:00 held move call", "12:52:00 prompt move 1 gentle 252s"]


def test_what_is_held_for_too_long_lapses() -> None:
    """Rule 26: half an hour late it is no longer worth asking for; the bar's own break still waits."""
    day = noon().busy("call").calls("lunch").at("13:10").free("call").at("13:12")
    assert day.said == [
        "12:31:00 held move call",
        "13:00:00 lapsed move lunch",
        "13:12:00 prompt move 1 gentle 360s",
    ]


def test_what_lapses_before_its_bar_is_full_is_withdrawn() -> None:
    """Rule 26: without a full bar nothing waits any longer."""
    day = noon("schedule.lunch.late=5m").busy("call").calls("lunch").at("12:36").free("call").at("12:39")
    assert day.said == ["12:31:00 held move call", "12:35:00 lapsed move lunch"]
    assert day.state.slot.phase == "calm"


def test_paused_it_waits_and_lapses() -> None:
    """Rules 15, 26: a pause withdraws it; if that ends in time it comes, else it lapses."""
    short = noon().calls("lunch").at("12:33").says("pause", "00:10").at("12:46")
    assert short.said[1:] == ["12:33:00 withdraw move", "12:45:00 prompt move 1 gentle 180s"]
    long = noon().says("pause").calls("lunch").at("13:31")
    assert long.said == ["13:00:00 lapsed move lunch"]


def test_away_it_waits_for_the_person() -> None:
    """Rules 8, 26: it comes ten minutes after an absence that was long enough, within its time."""
    day = Day(ONLY_MOVE, LUNCH, start="12:10").types(until="12:20").locks().at("12:30").calls("lunch").at("12:40")
    day.unlocks().types(until="12:53")
    assert day.said == ["12:52:00 prompt move 1 gentle 180s"]


def test_away_for_too_long_it_lapses() -> None:
    """Rule 26: told at the moment it lapses, with nobody there."""
    day = Day(ONLY_MOVE, LUNCH, start="12:10").types(until="12:20").locks().at("12:30").calls("lunch").at("13:20")
    day.unlocks().types(until="13:40")
    assert day.said == ["13:00:00 lapsed move lunch"]


def test_learned_late_it_counts_from_its_time() -> None:
    """Rule 26: the machine slept over it. What is still in time is asked for; what is not lapses at once."""
    intime = Day(ONLY_MOVE, LUNCH, start="12:10").types(until="12:25").sleeps(until="12:45").calls("lunch", at="12:30")
    assert intime.types(until="12:58").said == ["12:57:00 prompt move 1 gentle 180s"]
    late = Day(ONLY_MOVE, LUNCH, start="12:10").types(until="12:25").sleeps(until="13:45").calls("lunch", at="12:30")
    assert late.said == ["13:45:00 lapsed move lunch"]


def test_in_quiet_hours_it_waits() -> None:
    """Rules 25, 26: quiet hours hold it back like a pause."""
    day = noon().quiet("12:00", "12:45").calls("lunch").at("12:48")
    assert day.said == ["12:47:00 prompt move 1 gentle 222s"]


def test_outside_working_hours_it_comes() -> None:
    """Rules 25, 26: what the person wanted at that time is asked for in a gap of working hours, and nothing else is."""
    day = noon().off("12:00", "13:00").calls("lunch").at("12:48")
    assert day.said == ["12:32:00 prompt move 1 gentle 180s", "12:44:00 prompt move 2 firm 204s"]
    day = noon("schedule.lunch.late=5m").off("12:00", "13:00").busy("call").calls("lunch").at("12:36").free("call")
    assert day.at("12:59").taken() == ["12:31:00 held move call", "12:35:00 lapsed move lunch"]
    assert day.at("13:02").said == ["13:02:00 prompt move 1 gentle 312s"]


def test_of_several_only_the_latest_counts() -> None:
    """Rule 26: an earlier one that still waits lapses; one that comes out of order is none."""
    day = noon(WALK).busy("call").calls("lunch").at("12:40").calls("walk").calls("lunch", at="12:35").at("12:45")
    assert day.said == ["12:31:00 held move call", "12:40:00 lapsed move lunch"]
    day.free("call").at("12:48")
    assert [it.schedule for it in day.decided if isinstance(it, Prompt)] == ["walk"]


def test_it_takes_the_place_of_the_prompt_that_waits() -> None:
    """Rules 10, 26: a move break that is due anyway is asked for with the scheduled routine, once."""
    day = Day(ONLY_MOVE, LUNCH, start="11:59:30").types(until="12:30").calls("lunch").at("12:32")
    assert day.said == ["12:31:30 prompt move 1 gentle 192s"]
    assert [it.schedule for it in day.decided if isinstance(it, Prompt)] == ["lunch"]


def test_it_takes_the_place_of_a_shorter_break() -> None:
    """Rules 10, 26: a micro-break that stands is withdrawn, none comes while a longer one is called for."""
    day = Day(LUNCH, "breaks.micro.every=15m", "prompt.absorb=1m", start="12:13").types(until="12:30:10")
    day.calls("lunch").at("12:32:10")
    assert day.said == [
        "12:30:00 prompt micro 1 quiet 34s",
        "12:30:10 withdraw micro",
        "12:32:10 prompt move 1 gentle 180s",
    ]


def test_a_shorter_one_gives_way() -> None:
    """Rules 10, 26: a scheduled micro-break is dropped while a longer break is due, or nearly."""
    day = (
        Day(EYES, "breaks.micro.every=1h", "schedule.eyes.late=15m", start="12:04")
        .types(until="12:30")
        .calls("eyes")
        .at("12:46")
    )
    assert day.said == ["12:36:00 prompt move 1 gentle 192s", "12:45:00 lapsed micro eyes"]


def test_a_fleeting_one_does_not_insist() -> None:
    """Rules 12, 26: a scheduled micro-break is shown for half a minute, once."""
    day = Day(EYES, start="12:29").types(until="12:30").calls("eyes").at("12:40")
    assert day.said == ["12:32:00 prompt micro 1 quiet 30s", "12:32:30 withdraw micro"]
    assert day.state.call is None


def test_a_break_that_is_done_stands_for_it() -> None:
    """Rule 26: a break of its kind that was on when it came due is the scheduled one; a shorter is not."""
    day = noon().says("start").idles(until="12:31").calls("lunch").at("12:34").types(until="12:44")
    assert day.said == ["12:30:00 break_started move 0s", "12:33:00 break_done move 180s"]
    micro = Day(LUNCH, "breaks.micro.every=19m", start="12:10").types(until="12:31:10").idles(until="12:31:30")
    assert micro.calls("lunch").state.call is not None
    assert micro.at("12:32").state.call is not None


def test_one_nobody_knows_is_none() -> None:
    """An alarm of other settings changes nothing."""
    day = noon().calls("dinner").at("12:35")
    assert day.said == []


def test_new_settings_forget_what_they_do_not_know() -> None:
    """A scheduled break that is gone from the settings asks no more; one that stays goes on."""
    day = noon().calls("lunch").at("12:33").configures(ONLY_MOVE, LUNCH, WALK).at("12:34")
    assert (day.taken(), day.state.slot.call) == (["12:32:00 prompt move 1 gentle 180s"], "lunch")
    day.configures(ONLY_MOVE, WALK).at("12:35")
    assert (day.taken(), day.state.call) == (["12:34:00 withdraw move"], None)
