"""Exertion and movement (rule 17): loads, caps, spikes, a beginner's progression, too much rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core.body.exertion import load_of, rpe_of, strength_days
from breakd.core.events import Exercised, Felt, Slept
from breakd.core.limits import GAUGES, grounds
from breakd.core.routines import Routine, Step
from breakd.core.units import MINUTE
from tests.core.driver import ONLY_MOVE, Day, configured, ms


def routine(met: float, kind: str = "strength", seconds: float = 180) -> Routine:
    """A routine of one step."""
    return Routine(id=f"{kind}.one", title="One", steps=(Step("Move", seconds),), met=met, kind=kind)


def weeks(*minutes: float, rpe: float = 4, sets: tuple[str, ...] = (), days: tuple[int, ...] = (0, 2, 4)) -> Day:
    """Weeks of so many minutes a session, on these days of each; the day after the last week."""
    day, number = Day(*sets, start="09:00"), 0
    for length in minutes:
        for place in range(7):
            if place in days and length:
                day.tells(Exercised(length, rpe, "run"))
            number += 1
            day.at(f"{number}+04:00").day_starts().at(f"{number}+09:00")
    return day


@pytest.mark.parametrize(("met", "rpe"), [(1, 0), (2.3, 1.95), (3, 3), (4.5, 4), (6, 5), (8.8, 8), (12, 10)])
def test_mets_as_perceived_exertion(met: float, rpe: float) -> None:
    """Garber 2011: moderate, 3 MET, is CR10 3; vigorous, 6 MET, is 5; near the most, 8.8, is 8."""
    assert rpe_of(met) == pytest.approx(rpe)


def test_easy_walking_and_changes_of_position_are_free() -> None:
    """The model: easy walking is exempt, a brisk one is not, nor is strength."""
    assert load_of(routine(2.8, "walking")) == load_of(routine(1.5, "posture")) == 0
    assert load_of(routine(4.8, "walking")) > 0
    assert load_of(routine(6)) == 5 * 3 * MINUTE


def test_exercise_is_load() -> None:
    """Foster 2001: half an hour at 5 is 150; an easy walk is none, but neither is it moderate movement."""
    day = Day().tells(Exercised(30, 5, "run")).tells(Exercised(60, 2, "a walk"))
    assert day.gauge("exertion") == (150, "over")
    assert day.gauge("movement")[0] == 60  # vigorous counts twice


def test_a_routine_that_was_done_counts_as_long_as_it_was_done() -> None:
    """A break that is done adds its routine; how hard it was, once that is said, goes before what it was taken for."""
    rules = configured(ONLY_MOVE)

    day = Day(rules=replace(rules, routines=(routine(6, seconds=120),))).types(until="09:32")
    day.idles(until="09:40")
    assert day.gauge("exertion")[0] == 5 * 2
    assert day.tells(Felt(effort=8)).gauge("exertion")[0] == 8 * 2
    assert strength_days(day.state.body) == 1
    assert Day().tells(Felt(effort=8)).gauge("exertion")[0] == 0  # nothing was done


def test_the_cap_of_a_day() -> None:
    """max(120, 2 x the mean of 28 days), half of it at readiness 0."""
    assert Day().state.body.gauges[2].limit == 120 * MINUTE
    assert Day().tells(Felt(pain=7)).state.body.gauges[2].limit == 60 * MINUTE
    used = weeks(60, 60, 60, 60, rpe=7)  # 3 x 420 a week
    assert used.state.body.gauges[2].limit == round(2 * 4 * 3 * 420 / 28 * MINUTE)


def test_a_spike_is_one_only_above_what_one_is_used_to() -> None:
    """Over 1.3 x the mean of four weeks, where that is 300 or more; below it a beginner may grow."""
    used = weeks(40, 40, 40, 40, 40)  # 3 x 160 = 480 a week, of 624; on the last day two of the three are in it
    assert used.gauge("exertion_week") == (320, "ok")
    assert used.state.body.gauges[3].limit == 624 * MINUTE
    assert used.tells(Exercised(80, 4, "run")).gauge("exertion_week") == (640, "over")
    little = weeks(10, 10, 10, 10, 10).tells(Exercised(80, 4, "run"))  # 120 a week before
    assert (little.gauge("exertion_week")[1], little.state.body.gauges[3].known) == ("ok", False)


def test_a_beginners_progression_is_no_spike() -> None:
    """From 30 to 150 min a week in 26 weeks, 6 sessions a week: no day and no week is too much, none too little."""
    steps = [5 + (25 - 5) * week / 25 for week in range(27)]
    day = Day("exertion.beginner=true", start="09:00")
    number = 0
    for minutes in steps:
        for place in range(7):
            if place < 6:
                day.tells(Exercised(minutes, 3, "brisk walk"))
            number += 1
            assert day.gauge("exertion_week")[1] != "over"
            assert day.gauge("exertion")[1] != "over"
            day.at(f"{number}+04:00").day_starts().at(f"{number}+09:00")
            assert day.gauge("movement")[1] == "ok"
    assert day.gauge("movement")[0] == pytest.approx(154.8)
    assert day.state.body.gauges[4].limit == 150 * MINUTE


def test_one_easy_day_after_too_much() -> None:
    """A cap exceeded: the next day is easy, and only that one."""
    day = Day().tells(Exercised(60, 6, "run")).at("1+04:00").day_starts()
    assert (day.state.body.easy, day.state.body.easy_because) == (day.state.body.day, "exertion")
    day.at("2+04:00").day_starts()
    assert day.state.body.easy != day.state.body.day


def test_one_easy_day_after_a_spike() -> None:
    """A spike lasts as long as it is in the week, the easy day does not."""
    easy = []
    day = weeks(40, 40, 40, 40)
    for number in range(29, 36):
        day.tells(Exercised(30, 4, "run")).at(f"{number}+04:00").day_starts().at(f"{number}+09:00")
        easy.append(day.state.body.easy == day.state.body.day)
    assert sum(easy) == 1


@pytest.mark.parametrize(("before", "peak", "morning", "easy"), [(2, 4, 4, True), (2, 3, 3, False), (2, 5, 3, False)])
def test_one_easy_day_after_pain_that_stayed(before: int, peak: int, morning: int, easy: bool) -> None:
    """Pain up by 2, and not settled next morning."""
    day = Day().tells(Felt(pain=before)).at("12:00").tells(Felt(pain=peak)).at("1+04:00").day_starts()
    assert day.state.body.easy != day.state.body.day
    body = day.at("1+09:00").tells(Felt(pain=morning)).state.body
    assert (body.easy == body.day) == easy
    assert (day.at("2+04:00").day_starts().state.body.easy == day.state.body.day) is False


def test_movement_is_known_a_week_after_a_report() -> None:
    """Nobody who says nothing is told to move more, and nobody after their first run."""
    assert Day().state.body.gauges[4].known is False
    assert weeks(30).gauge("movement") == (90, "near")
    first = Day().tells(Exercised(30, 4, "run"))
    assert first.gauge("movement") == (30, "ok")


def test_too_much_rest() -> None:
    """Under 75 min a week for two weeks, from what is known: 14 days in a row; not after a month of silence."""
    day = weeks(40, 40, 5, 0, 5)
    assert day.gauge("rest")[1] == "over"
    assert weeks(40, 40, 40).gauge("rest") == (0, "ok")
    assert weeks(40, 0, 0, 0, 0, 0).gauge("rest") == (0, "ok")


def test_long_nights_are_rest_too() -> None:
    """Three reported nights over 9 h without debt are near."""
    from breakd.core.events import Slept
    from tests.core.driver import ms

    day = Day(start="12:00")
    for number in range(1, 4):
        day.at(f"{number}+04:00").day_starts().at(f"{number}+11:00")
        day.tells(Slept(ms(f"{number - 1}+23:00"), ms(f"{number}+09:00")))
    assert day.gauge("rest")[1] == "near"


@given(st.lists(st.tuples(st.integers(-50, 0), st.floats(1, 300), st.integers(0, 10)), max_size=40))
def test_old_exercise_does_not_pile_up(told: list[tuple[int, float, int]]) -> None:
    """Importers tell years: what is too old for any sum is left out, and sums are those of the days."""
    day = Day(start="60+09:00")
    for ago, minutes, rpe in told:
        day.tells(Exercised(minutes, rpe, "run"), at=f"{60 + ago}+09:00")
    body = day.state.body
    assert len(body.exerted) <= 36
    assert [each.day for each in body.exerted] == sorted({each.day for each in body.exerted})
    today = sum(round(rpe * round(minutes * MINUTE)) for ago, minutes, rpe in told if ago == 0)
    assert today == body.gauges[2].value


def test_grounds_of_limits() -> None:
    """What there is to know of a limit beside its numbers: what tightens it, and what it is counted from."""
    day = Day("exertion.beginner=true").tells(Felt(pain=5)).tells(Slept(ms("01:00"), ms("08:30")))
    codes = {name: [each.code for each in grounds(day.state, name)] for name in GAUGES}
    assert codes == {
        "sitting": ["readiness", "pain"],
        "standing": [],
        "desk": ["readiness", "pain"],
        "awake": [],
        "sleep_debt": ["nights"],
        "exertion": ["readiness", "pain"],
        "exertion_week": ["not_known"],
        "movement": ["strength_days", "beginner", "not_known"],
        "rest": ["not_known"],
    }


def test_a_beginner_is_not_told_of_much_rest() -> None:
    """30 min a week are little, and all that the first weeks ask for."""
    day = weeks(10, 11, 12, sets=("exertion.beginner=true",))
    assert day.gauge("rest") == (0, "ok")
    assert weeks(10, 11, 12).gauge("rest")[1] == "over"


def test_more_than_any_met() -> None:
    """Routines have 12 MET at most; beyond that nothing is harder than the hardest."""
    assert rpe_of(20) == 10
