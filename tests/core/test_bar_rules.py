"""Rules 6-9: how bars fill and drain, and the papers they reproduce (docs/evidence.md)."""

from __future__ import annotations

import pytest

from breakd.core.bars import BreakRule, Counts, Manner, Stance
from breakd.core.units import MINUTE
from tests.core.driver import ONLY_MOVE, Day, clock, configured, ms


def kind(counts: Counts, every: int = 30, duration: int = 3, longest: int = 6) -> BreakRule:
    """A kind of break, in minutes."""
    return BreakRule(
        name="it",
        every=every * MINUTE,
        duration=duration * MINUTE,
        longest=longest * MINUTE,
        counts=counts,
        attempts=2,
        stays=MINUTE,
        transient=False,
    )


def minutes_to_empty(rule: BreakRule, manner: Manner) -> float:
    """How long a full bar takes to drain when time is lived so; negative: to fill."""
    return -rule.full / rule.speed(manner) / MINUTE


# -- rule 6 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "manner", "minutes"),
    [
        ("sitting", Manner("input"), -30),
        ("sitting", Manner("reading"), -30),
        ("sitting", Manner("away"), 3),
        ("sitting", Manner("input", "walking"), 3),
        ("sitting", Manner("reading", "walking"), 3),
        ("sitting", Manner("input", "standing"), 9),
        ("sitting", Manner("reading", "standing"), 9),
        ("sitting", Manner("away", "standing"), 3),
        ("sitting", Manner("input", "standing", worn_out=True), -30),
        ("input", Manner("input"), -30),
        ("input", Manner("reading"), 3),
        ("input", Manner("away"), 3),
        ("input", Manner("input", "standing"), -30),
        ("input", Manner("input", "walking"), -30),
        ("screen", Manner("input"), -30),
        ("screen", Manner("reading"), -30),
        ("screen", Manner("input", "walking"), -30),
        ("screen", Manner("away"), 3),
    ],
)
def test_what_fills_and_what_rests(counts: Counts, manner: Manner, minutes: float) -> None:
    """Rules 6, 9: `every` fills the bar, `for` of rest empties it, standing at a third of that; per what it counts."""
    assert minutes_to_empty(kind(counts), manner) == minutes


@pytest.mark.parametrize("stance", ["sitting", "standing", "walking"])
def test_pause_stops_filling_not_draining(stance: Stance) -> None:
    """Rule 15: paused bars never fill, and drain as ever."""
    for counts in ("sitting", "input", "screen"):
        rule = kind(counts)
        for doing in ("input", "reading", "away"):
            lived, paused = (rule.speed(Manner(doing, stance, paused)) for paused in (False, True))
            assert paused == min(lived, 0)


@pytest.mark.parametrize(("longest", "bound"), [(3, 1.0), (4, 4 / 3), (6, 2.0), (9, 2.0)])
def test_bound(longest: int, bound: float) -> None:
    """Rule 6: a bar never exceeds `longest / for`, nor 2."""
    rule = kind("sitting", longest=longest)
    assert rule.bound / rule.full == pytest.approx(bound)
    day = Day(ONLY_MOVE, f"breaks.move.longest={longest}m").types(until="14:00")
    assert day.bar() == pytest.approx(bound)


@pytest.mark.parametrize(("most", "bound"), [(1, 1.0), (3, 3.0), (9, 4.0)])
def test_the_bound_is_a_setting(most: int, bound: float) -> None:
    """Rule 6: `bars.most` is how full an overdue bar may get, where `longest` allows it."""
    day = Day(ONLY_MOVE, "breaks.move.longest=12m", f"bars.most={most}").types(until="18:00")
    assert day.bar() == pytest.approx(bound)


@pytest.mark.parametrize("standing", [1, 2, 3, 7])
def test_what_standing_is_worth_is_a_setting(standing: int) -> None:
    """Rule 9: standing rests one part of `bars.standing` of what leaving does; nothing else moves differently."""
    rules = [rule for rule in configured(ONLY_MOVE, f"bars.standing={standing}").breaks if rule.name == "move"]
    assert [minutes_to_empty(rule, Manner("input", "standing")) for rule in rules] == [3 * standing]
    assert [minutes_to_empty(rule, Manner("away")) for rule in rules] == [3]
    assert [minutes_to_empty(rule, Manner("input")) for rule in rules] == [-30]


def test_rest_pays_in_proportion() -> None:
    """Rule 6: a minute away pays back ten of sitting, once it is known to have been absence."""
    day = Day(ONLY_MOVE).types(until="09:15").locks().at("09:16").unlocks()
    assert day.bar() == pytest.approx(15 / 30 - 1 / 3)


def test_rest_under_the_notice_pays_nothing() -> None:
    """Rule 6: idleness is credited when it is recognised, then from its first moment."""
    day = Day().types(until="09:10").idles(until="09:10:19.999")
    assert day.bar("micro") == pytest.approx(0.5 + 19.999 / 1200)
    assert day.at("09:10:20").bar("micro") == 0
    day = Day().types(until="09:19").idles(until="09:19:20")
    assert day.bar("micro") == pytest.approx(0.95 - 20 / 30)


def test_absence_rewrites_what_was_counted() -> None:
    """Rules 2, 6: three minutes that looked like sitting turn out to be rest."""
    day = Day(ONLY_MOVE).types(until="09:20").idles(until="09:22:59.999")
    assert day.bar() == pytest.approx(23 / 30, abs=1e-6)
    assert day.at("09:23").bar() == 0


def test_rewriting_keeps_what_was_certain() -> None:
    """Rules 2, 6: what was lived before the last sign stays; a posture told after it does not make an absence less."""
    day = Day(ONLY_MOVE, "breaks.move.for=30m", "breaks.move.longest=30m").types(until="09:15").says("pause")
    assert day.at("09:20").idles(until="09:23").bar() == pytest.approx(15 / 30 - 3 / 30)
    day = Day(ONLY_MOVE).types(until="09:20").idles(until="09:21").stance("standing").at("09:22").stance("sitting")
    assert day.at("09:23").bar() == 0
    assert (day.state.tally.rest_ms, day.state.tally.stood_ms) == (ms("00:03"), 0)


@pytest.mark.parametrize(("length", "bar"), [("30s", 0), ("1m", 20.5 / 240)])
def test_screen_time_is_paid_by_a_break_that_is_long_enough(length: str, bar: float) -> None:
    """Rule 6: reading fills a bar of screen time; a done break empties it if it is as long as the eyes need."""
    eyes = ("breaks.eyes.counts=screen", "breaks.eyes.every=4h", f"breaks.eyes.for={length}")
    day = Day(*eyes, "breaks.move.every=4h").types(until="09:20").idles(until="09:20:30.125")
    assert day.said[-1] == "09:20:30 break_done micro 30s"
    assert day.bar("eyes") == pytest.approx(bar, abs=1e-4)


# -- rules 7 and 8 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bar", "minutes"), [(0.2, 3), (1.0, 3), (1.1, 3.3), (1.5, 4.5), (2.0, 6)])
def test_overdue_break_is_longer(bar: float, minutes: float) -> None:
    """Rule 7: a break lasts `for` x bar, at least `for`, at most `longest`."""
    rule = kind("sitting")
    assert rule.length(round(bar * rule.full)) / MINUTE == pytest.approx(minutes)


def test_break_of_its_length_empties_the_bar() -> None:
    """Rules 7, 8: resting for the length that was asked leaves the bar empty, not before."""
    day = Day(ONLY_MOVE).types(until="09:40").idles(until="09:43:59.999")
    assert day.bar() > 0
    assert day.at("09:44").bar() == 0
    assert day.said[-1] == "09:44:00 break_done move 240s"


@pytest.mark.parametrize(("back", "prompt"), [("10:02:59", "10:05:00"), ("10:03", "10:15:00")])
def test_nobody_is_prompted_soon_after_an_absence(back: str, prompt: str) -> None:
    """Rule 8: back after 3 min with the bar still at 1, it is quiet for 10 min; after 2:59 min it is not."""
    day = Day(ONLY_MOVE).types(until="09:33").says("skip").at("10:00").locks().at(back).unlocks()
    assert day.bar() >= 1
    assert day.at("10:20").prompts()[1] == prompt


def test_micro_break_is_part_of_the_absence_it_becomes() -> None:
    """Rules 2, 6, 8: who stays away after a micro-break was away since its first moment."""
    day = Day().types(until="09:21").idles(until="09:23:59.999")
    assert day.said[-1].split(" ", 1)[1].startswith("break_done micro")
    assert day.bar() == pytest.approx(24 / 30, abs=1e-4)
    day.at("09:24").types()
    assert (day.bar(), day.state.tally.rest_ms) == (0, ms("00:03"))


# -- rule 9 -----------------------------------------------------------------------------------------------------------


def test_standing_eases_for_one_bout() -> None:
    """Rule 9: standing drains the move bar at a third of full rest for 40 min, then fills it; micro it never drains."""
    day = Day("breaks.micro.every=8h").types(until="09:15").stance("standing").at("09:18")
    assert day.bar() == pytest.approx(15 / 30 - 3 / 9)
    assert day.at("09:55").bar() == 0
    assert day.at("10:04").bar() == pytest.approx(9 / 30)
    assert day.bar("micro") == pytest.approx(64 / 480)


def test_worn_out_standing_is_told_late() -> None:
    """Rules 2, 9: a bar comes out the same when the last 50 min of standing are summed again at an idle notice."""
    day = Day(ONLY_MOVE).types(until="09:15").stance("standing").at("10:05").idles(until="10:05:19")
    before = day.bar()
    assert before == pytest.approx((10 + 19 / 60) / 30)
    assert day.at("10:05:20").bar() == pytest.approx(before + 1 / 1800)


def test_sitting_down_begins_a_new_standing_bout() -> None:
    """Rule 9: after sitting, or being away, standing eases anew."""
    day = Day(ONLY_MOVE).types(until="09:05").stance("standing").at("09:45").stance("sitting").at("09:50")
    assert day.bar() == pytest.approx(5 / 30)
    assert day.stance("standing").at("10:10").bar() == 0


# -- the papers -------------------------------------------------------------------------------------------------------


def highest(walk: int, every: int, rest: str, *sets: str) -> float:
    """The highest bar in 8 h of sitting with so many minutes of walking in every so many minutes."""
    day, top = Day(ONLY_MOVE, *sets).types(), 0.0
    for minute in range(0, 480, every):
        end = ms("09:00") + (minute + every) * MINUTE
        top = max(top, day.at(clock(end - walk * MINUTE)).bar())
        if rest == "locked":
            day.locks().at(clock(end)).unlocks()
        else:
            day.stance("walking").at(clock(end)).stance("sitting")
    return top


@pytest.mark.parametrize("rest", ["locked", "walking"])
@pytest.mark.parametrize(("walk", "every", "enough"), [(1, 30, False), (1, 60, False), (5, 30, True), (5, 60, False)])
def test_duran_2023(walk: int, every: int, enough: bool, rest: str) -> None:
    """Of four doses of walking only 5 min in 30 keeps the bar at or below 1, as it alone cut glucose."""
    assert (highest(walk, every, rest) <= 1) == enough


@pytest.mark.parametrize("rest", ["locked", "walking"])
def test_dunstan_2012(rest: str) -> None:
    """2 min in 20 keep the bar at or below 1 with a `for` of 3 min; with Duran's 5 min they would pay back only 12."""
    assert highest(2, 20, rest) <= 1
    assert highest(2, 20, rest, "breaks.move.for=5m") > 1


def test_own_dose_is_enough() -> None:
    """What the defaults ask for, 3 min after every 30, is just what keeps the bar at or below 1."""
    assert highest(3, 33, "walking") == 1
    assert highest(3, 34, "walking") > 1
