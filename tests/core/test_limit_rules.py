"""Rules 17 and 19: limits as gauges, and the warnings they give."""

from __future__ import annotations

import pytest

from breakd.core import engine
from breakd.core.bars import Stance
from breakd.core.decisions import Because, Warn
from breakd.core.units import HOUR, MINUTE
from tests.core.driver import ONLY_MOVE, Day

QUIET = ("breaks.move.every=12h", "breaks.micro.every=12h")  # no prompt comes between
LONG = ("limits.standing=12h", "limits.desk=12h")


# -- rule 17: gauges --------------------------------------------------------------------------------------------------


def test_levels() -> None:
    """Rule 17: near from 80 %, over from the limit on, each in the very moment."""
    day = Day(*QUIET).types(until="09:47:59.999")
    assert day.gauge("sitting")[1] == "ok"
    assert day.at("09:48").gauge("sitting") == (48, "near")
    assert day.at("09:59:59.999").gauge("sitting")[1] == "near"
    assert day.at("10:00").gauge("sitting") == (60, "over")


@pytest.mark.parametrize("rest", ["locked", "standing", "walking"])
def test_bout_ends_after_three_minutes_off_the_chair(rest: str) -> None:
    """Rule 17: 2:59.999 min of rest, standing or walking leave the sedentary bout, 3 min end it."""
    day = Day(*QUIET).types(until="09:10")
    if rest == "locked":
        day.locks()
    else:
        day.stance("standing" if rest == "standing" else "walking")
    assert day.at("09:12:59.999").gauge("sitting")[0] == 10
    assert day.at("09:13").gauge("sitting")[0] == 0


def test_short_rests_do_not_add_up() -> None:
    """Rule 17: two minutes off the chair, twice, do not end a bout; the longest one is remembered."""
    day = Day(*QUIET).types(until="09:10").stance("standing").at("09:12").stance("sitting").at("09:20")
    day.stance("standing").at("09:22").stance("sitting").at("09:30")
    assert day.gauge("sitting")[0] == 26
    day.stance("walking").at("09:34").stance("sitting").at("09:35")
    assert (day.gauge("sitting")[0], day.state.tally.longest_ms) == (1, 26 * MINUTE)


def test_standing_bout() -> None:
    """Rule 17: the standing bout counts standing at the desk, in a row."""
    day = Day(*QUIET).types().stance("standing").at("09:32")
    assert day.gauge("standing") == (32, "near")
    assert day.at("09:40").gauge("standing") == (40, "over")
    assert day.stance("sitting").at("09:41").gauge("standing") == (0, "ok")


def test_desk_counts_the_day() -> None:
    """Rule 17: sitting and standing at the desk count, absence and walking do not; the day starts with its alarm."""
    day = Day(*QUIET).types(until="09:10").stance("standing").at("09:20").stance("walking").at("09:30")
    day.stance("sitting").at("09:35").locks().at("10:00").unlocks().at("10:05")
    assert day.gauge("desk")[0] == 30
    assert day.day_starts().gauge("desk")[0] == 0
    assert day.at("10:10").gauge("desk")[0] == 5


def test_other_alarms_are_nothing_to_the_desk() -> None:
    """Rule 17: only the start of the day empties the gauge of the day."""
    assert Day(*QUIET).types(until="09:10").rings("lunch").gauge("desk")[0] == 10


def test_gauges_go_on_in_a_pause() -> None:
    """Rule 15: a pause stops bars, not gauges; no warning comes of them until it is over."""
    day = Day(*QUIET, *LONG).types().says("pause", "02:00").at("10:59:59")
    assert (day.gauge("sitting")[1], day.said) == ("over", [])
    assert day.at("11:02").said == ["11:02:00 warn sitting over 122min"]


# -- rule 19: warnings ------------------------------------------------------------------------------------------------


def test_warning_once_a_level() -> None:
    """Rule 19: near is told once; over an hour after it at the earliest; both at a lull or after 2 min."""
    day = Day(*QUIET, *LONG).types(until="14:00")
    assert day.said == ["09:50:00 warn sitting near 50min", "10:52:00 warn sitting over 112min"]
    assert [it.because for it in day.decided if isinstance(it, Warn)] == [
        (Because("sitting_ms", 50 * MINUTE, HOUR),),
        (Because("sitting_ms", 112 * MINUTE, HOUR),),
    ]


def test_warning_waits_for_a_lull() -> None:
    """Rules 1, 11, 19: 5 s without input are a lull for a warning too, and worth telling."""
    day = Day(*QUIET, *LONG).types(until="09:48:30").idles(until="09:49")
    assert day.said == ["09:48:35 warn sitting near 48.5833min"]


def test_warning_again_in_the_next_bout() -> None:
    """Rule 19: a limit that fell back is warned of again, at most once an hour."""
    day = Day(*QUIET, *LONG, "limits.sitting=15m").types(until="09:14:30").locks().at("09:20").unlocks().at("10:30")
    assert day.said == ["09:14:00 warn sitting near 14min", "10:16:00 warn sitting over 56min"]


def test_warning_under_rule_11() -> None:
    """Rules 11, 16, 19: nothing in a call, nothing while locked."""
    day = Day(*QUIET, *LONG).types(until="09:40").busy("call").at("11:00")
    assert day.said == []
    assert day.free("call").said == ["11:00:00 warn sitting over 120min"]
    locked = Day(*QUIET, *LONG).types(until="09:49:30").locks().at("09:50:29").unlocks()
    assert locked.said == ["09:50:29 warn sitting near 50.4833min"]


def test_bare_full_screen_holds_a_warning_for_twenty_minutes() -> None:
    """Rules 11, 19: full screen without an inhibitor puts a warning off by 20 min, not for ever."""
    day = Day(*QUIET, *LONG).types(until="09:40").busy("fullscreen").at("12:00")
    assert day.said[0] == "10:08:00 warn sitting over 68min"


def test_warning_that_no_longer_holds_is_not_given() -> None:
    """Rule 19: what waited for the end of a call and fell back in the meantime is forgotten."""
    day = Day(*QUIET, *LONG).types(until="09:40").busy("call").at("10:00").locks().at("10:04").unlocks().free("call")
    assert day.at("10:30").said == []


def test_sitting_warning_rides_in_the_move_prompt() -> None:
    """Rule 19: prompts at 48 min and 60 min say what the warnings would, so that none follows them."""
    day = Day(ONLY_MOVE, *LONG, "breaks.move.every=46m").types(until="10:39")
    assert day.said == [
        "09:48:00 prompt move 1 gentle 187.827s",
        "10:00:00 prompt move 2 firm 234.783s",
        "10:10:00 missed move",
    ]


def test_sitting_warning_alone_after_a_quarter_of_an_hour() -> None:
    """Rule 19: 15 min after the last prompt, with none open, the warning comes by itself."""
    day = Day(ONLY_MOVE, *LONG).types(until="09:40").says("skip").at("10:00")
    assert day.said == [
        "09:32:00 prompt move 1 gentle 192s",
        "09:40:00 skipped move",
        "09:50:00 warn sitting near 50min",
    ]
    later = Day(ONLY_MOVE, *LONG, "limits.sitting=55m").types(until="09:40").says("skip").at("10:00")
    assert later.said[-1] == "09:49:00 warn sitting near 49min"


def test_no_warning_beside_a_prompt() -> None:
    """Rules 16, 19: while a prompt waits or stands, a warning waits, and then for a lull of its own."""
    day = Day(ONLY_MOVE, *LONG, "limits.desk=50m").types(until="09:59")
    assert day.said[2:] == ["09:54:00 missed move", "09:56:00 warn desk over 56min"]


@pytest.mark.parametrize(
    ("sets", "stance"),
    [(("limits.standing=1s",), "sitting"), (("limits.sitting=1s", "limits.bout_ends=1s", *LONG), "standing")],
)
def test_a_gauge_that_stands_still_wakes_nobody(sets: tuple[str, ...], stance: Stance) -> None:
    """Rule 17: sitting does not wait for the limit of standing, nor standing for that of sitting, however low."""
    day = Day(*QUIET, *sets).types().stance(stance).at("09:00:05")
    wake = engine.next_deadline(day.state)
    assert wake is not None
    assert wake - day.state.now > MINUTE
