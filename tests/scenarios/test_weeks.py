"""Weeks and months: sleep, pain and exertion through the real core and calendar, with what the rules make of them."""

from __future__ import annotations

from breakd.core.body.state import FULL
from breakd.core.choosing.bearing import is_gentle
from tests.scenarios.weeks import Weeks, days

ONLY_MOVE = "breaks.micro.enabled=false"


def test_a_week_at_the_office() -> None:
    """Rules 17-19: 7.5 h of sleep, breaks taken, a run: nothing tightens, only the long day at the desk is told."""
    one = Weeks(ONLY_MOVE)
    for day in days(one, 7):
        one.slept("-23:00", "06:30", said="08:55")
        if day < 5:
            one.desk("09:00", "17:00").until("12:00")
            assert (one.status["readiness"], one.status["sleep"]["debt_s"]) == (1, 0)
            assert one.status["sleep"]["awake_s"] == 5.5 * 3600
        if day in (2, 5):
            one.exercised("18:00", 30, 3)
    # 384 min of the 480 are near; with 25 of 30 they are there at 16:39, and 2 min later it is told.
    assert one.warned() == [f"{day} 16:41 desk near" for day in ("mon", "tue", "wed", "thu", "fri")]
    assert one.status["limits"]["movement"] == {"value": 60.0, "of": 150.0, "unit": "min", "level": "ok"}
    assert "movement" in one.status["body"]["unknown"]  # known a week after the first report


def test_a_week_of_bad_sleep() -> None:
    """Rule 18: nights of 4.5 h: limits tighten from day to day, and what is offered is light; debt is told once."""
    one = Weeks(ONLY_MOVE)
    readiness, every = [], []
    for _ in days(one, 5):
        one.slept("01:00", "05:30", said="08:55").desk("09:00", "17:00", on=40).until("16:00")
        readiness.append(one.status["readiness"])
        every.append(one.status["limits"]["sitting"]["of"])
        assert all(it.routine and it.routine.met <= 5.99 for it in one.prompts())
        if readiness[-1] < 0.4:
            assert all(it.routine and it.routine.intensity == "light" for it in one.prompts()[-3:])
    assert readiness == [0.7, 0.64, 0.46, 0.28, 0.1]
    assert every == sorted(every, reverse=True)
    assert every[-1] == 46.5
    assert [line for line in one.warned() if "sleep_debt" in line] == ["fri 09:02 sleep_debt near"]
    assert one.status["sleep"]["debt_s"] == 12.5 * 3600


def test_nights_that_nobody_told_of() -> None:
    """At the desk until 2:00, back at 7:00, four nights: at most 5 h each, and that is all that is said."""
    one = Weeks(ONLY_MOVE)
    for _ in days(one, 4):
        one.desk("07:00", "12:00").desk("20:00", "23:59").desk("+00:00", "+02:00").until("11:00")
    assert one.status["sleep"]["last_night_s"] is None
    one.until("11:00")
    assert one.status["sleep"]["debt_s"] == 3 * (7 * 60 - 305) * 60  # gone from 1:55 until 7:00, in three nights


def test_a_weekend_away_is_no_sleep() -> None:
    """A long absence alone never makes sleep: nothing is known on Monday, nothing tightens."""
    one = Weeks(ONLY_MOVE)
    for day in days(one, 8):
        if day in (0, 7):
            one.desk("09:00", "17:00").until("16:00")
    assert (one.status["readiness"], one.status["sleep"]["debt_s"], one.status["sleep"]["last_night_s"]) == (
        1,
        None,
        None,
    )
    assert not [line for line in one.warned() if "awake" in line or "sleep" in line]


def test_a_flare_up() -> None:
    """Rules 18, 22: pain that rose and stayed makes an easy day; 8 leaves easy walking and changes of position."""
    one = Weeks(ONLY_MOVE)
    one.felt("08:55", pain=2).desk("09:00", "17:00", on=40).next()
    one.felt("08:55", pain=2).felt("16:55", pain=5, where="lower back").desk("09:00", "17:00", on=40).until("16:00")
    assert one.status["readiness"] == 1
    one.next().warned()
    one.felt("08:55", pain=5, where="lower back").desk("09:00", "17:00", on=40).until("18:00")
    assert (one.status["readiness"], one.status["body"]["easy_day"]) == (0.5, "pain")
    asked = one.prompts()
    assert asked
    assert all(it.routine and it.routine.intensity == "light" for it in asked)
    assert any("lower back" in it.routine.regions for it in asked if it.routine)
    one.next().warned()
    one.felt("08:55", pain=8, where="lower back").desk("09:00", "17:00", on=40).until("18:00")
    assert (one.status["readiness"], one.status["body"]["severe_pain"]) == (0, True)
    asked = one.prompts()
    assert len(asked) > 10
    assert all(it.routine and is_gentle(it.routine) for it in asked)
    one.next().warned()
    one.felt("08:55", pain=3).desk("09:00", "17:00", on=40).until("18:00")
    assert (one.status["readiness"], one.status["body"]["easy_day"], one.status["body"]["severe_pain"]) == (
        1,
        None,
        False,
    )


def test_a_month_of_overtraining() -> None:
    """Rules 17, 19: what one is used to sets the measure; a week far above it is told, and easy days follow."""
    one, easy = Weeks(ONLY_MOVE), []
    for day in days(one, 35):
        one.desk("09:00", "12:00")
        if day < 28 and day % 7 in (0, 2, 4):
            one.exercised("07:00", 25, 5)
        elif day >= 28:
            one.exercised("07:00", 60, 7)
        one.until("13:00")
        easy.append(one.status["body"]["easy_day"])
    told = one.warned()
    assert easy[:28].count("exertion") == 12  # 125 a session, over the 120 of a day; and each time one easy day
    assert [line.split(" ", 2)[2] for line in told if "exertion_week" in line] == ["exertion_week over"]
    assert "exertion" in easy[29:] or "exertion_week" in easy[29:]


def test_a_beginners_half_year_without_a_false_spike() -> None:
    """Rule 17: from 30 to 150 min a week in 26 weeks: nothing is ever too much, and nobody is told to move more."""
    one = Weeks(ONLY_MOVE, "exertion.beginner=true")
    for day in days(one, 7 * 26):
        if day % 7 < 5:
            one.desk("09:00", "12:00").exercised("08:00", 6 + 24 * (day // 7 + 1) / 26, 3, "brisk walk")
        one.until("13:00")
        assert one.status["body"]["easy_day"] is None
    assert [line for line in one.warned() if "exertion" in line or "movement" in line or "rest" in line] == []
    assert one.status["limits"]["movement"]["of"] > 140


def test_a_week_of_night_shifts() -> None:
    """Rule 17: asleep by day, as told: the shift is one day, 4:00 in it is nothing, nobody is called awake too long."""
    one = Weeks(ONLY_MOVE)
    for day in days(one, 5):
        one.desk("21:30", "23:59").desk("+00:00", "+05:30")
        if day:
            one.slept("08:00", "15:30", said="21:35").until("22:30")
            assert one.status["sleep"]["last_night_s"] == 7.5 * 3600
            assert one.status["limits"]["desk"]["value"] <= 60
        one.until("+04:45")
        if day:
            assert one.status["limits"]["desk"]["value"] > 5 * 60  # not begun anew at 4:00
    assert (one.status["readiness"], one.status["sleep"]["debt_s"]) == (FULL / 100, 0)
    assert not [line for line in one.warned() if "awake" in line or "sleep" in line]


def test_a_flight_over_nine_zones() -> None:
    """From Berlin to Los Angeles: days start at 4:00 there, no night is made up or counted twice, nobody is alarmed."""
    one = Weeks(ONLY_MOVE)
    for _ in days(one, 2):
        one.slept("-23:00", "06:30", said="08:55").desk("09:00", "17:00")
    one.slept("-23:00", "06:30", said="08:55").desk("09:00", "10:00")
    one.flies("11:00", "23:00", "America/Los_Angeles").until("14:30")
    assert one.status["at"].endswith("-08:00")
    one.desk("15:00", "18:00").until("19:00")
    one.next()
    before = one.status["limits"]["desk"]["value"]
    one.slept("-22:00", "05:30", said="08:55").desk("09:00", "17:00").until("12:00")
    assert before == 0
    assert (one.status["readiness"], one.status["sleep"]["debt_s"]) == (1, 0)
    assert one.status["sleep"]["awake_s"] == 6.5 * 3600
    one.next()
    assert not [line for line in one.warned() if "awake" in line or "sleep" in line]
