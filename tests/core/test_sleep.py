"""Sleep (rule 17): debt, bounds, hours awake. Tables of papers are tests of direction and order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core.body.sleep import LONGEST, NIGHTS, debt, nights, overlapping, senseless, slept, up_since
from breakd.core.body.state import Body
from breakd.core.decisions import Warn
from breakd.core.events import Slept
from breakd.core.rules import SleepRule
from breakd.core.units import DAY, HOUR, MINUTE, Ms
from tests.core.driver import Day, configured, ms

RULE = SleepRule()


def lived(*hours: float, need: float = 7) -> float:
    """Debt (h) after nights of so many hours, one each day, the last one last night."""
    body = Body(day=len(hours), began=len(hours) * DAY)
    for day, length in enumerate(hours, 1):
        end = day * DAY + 3 * HOUR
        body = slept(body, end - round(length * HOUR), end, len(hours) * DAY + 9 * HOUR, instead=False)
    return debt(body, replace(RULE, need=Ms(round(need * HOUR)))) / HOUR


# -- the tables -------------------------------------------------------------------------------------------------------


def test_van_dongen() -> None:
    """Van Dongen 2003: fourteen nights of 4, 6 and 8 h at a need of 8.16 h."""
    assert [round(lived(*[hours] * 14, need=8.16), 1) for hours in (4, 6, 8)] == [58.2, 30.2, 2.2]


def test_belenky() -> None:
    """Belenky 2003: three nights of 8 h leave at least 70 % of the debt of a week of 5 h."""
    assert (lived(*[5] * 7), lived(*[5] * 7, *[8] * 3)) == (14, 11)


def test_only_fourteen_nights_count() -> None:
    """Debt is sleep missed in 14 nights, less extra sleep, not below 0."""
    assert lived(*[5] * 20) == 28
    assert lived(9, 9, 9) == 0
    assert lived(5, 9) == 0
    assert lived(5, 8) == 1


@given(st.lists(st.floats(4, 20), max_size=20), st.floats(4, 12))
def test_debt_is_within_bounds(hours: list[float], need: float) -> None:
    """Never below 0, never more than fourteen whole nights; an hour less never makes less of it."""
    found = lived(*hours, need=need)
    assert 0 <= found <= NIGHTS * need
    assert lived(*[length * 0.9 for length in hours], need=need) >= found - 1e-3


# -- what was said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        (10, 9, "before it begins"),
        (10, 10, "before it begins"),
        (0, 21, "in the future"),
        (-20, 10, "lasts 30 h, expected at most 20 h"),
        (0, 20, ""),
    ],
)
def test_what_makes_no_sense(since: int, until: int, why: str) -> None:
    """A sleep that ends in the future, or of 30 h, is told apart, and the fold leaves it out."""
    now = 20 * HOUR
    assert why in (found := senseless(since * HOUR, until * HOUR, now)) and bool(why) == bool(found)
    after = slept(Body(), since * HOUR, until * HOUR, now, instead=False)
    assert bool(after.sleeps) == (not why)


def test_overlapping_sleeps_are_one() -> None:
    """What two sources tell of one night never counts twice; `instead` puts a mistake right."""
    body = slept(Body(began=0), 0, 6 * HOUR, 9 * HOUR, instead=False)
    assert overlapping(body, 5 * HOUR, 7 * HOUR) == (0, 6 * HOUR)
    assert overlapping(body, 6 * HOUR, 7 * HOUR) is None
    assert slept(body, 5 * HOUR, 7 * HOUR, 9 * HOUR, instead=False).sleeps == ((0, 7 * HOUR),)
    assert slept(body, 5 * HOUR, 7 * HOUR, 9 * HOUR, instead=True).sleeps == ((5 * HOUR, 7 * HOUR),)


def test_naps_add_to_their_day() -> None:
    """A nap counts on its day, if the night is known; alone it is no night."""
    body = slept(Body(began=0), 13 * HOUR, 14 * HOUR, 15 * HOUR, instead=False)
    assert nights(body, RULE) == {}
    body = slept(body, -3 * HOUR, 3 * HOUR, 15 * HOUR, instead=False)
    assert (nights(body, RULE), debt(body, RULE)) == ({0: 7 * HOUR}, 0)


def test_old_sleeps_are_forgotten() -> None:
    """The state does not grow with the years."""
    body = Body()
    for day in range(100):
        body = slept(body, day * DAY, day * DAY + HOUR, day * DAY + 2 * HOUR, instead=False)
    assert len(body.sleeps) <= NIGHTS + 3


# -- bounds -----------------------------------------------------------------------------------------------------------


def overnight(left: str, back: str) -> Day:
    """At the desk until `left`, back at `back`, and once more gone for a little; it is day 1, 11:00."""
    day = Day("breaks.micro.enabled=false", start="18:00").types(until=min(left, "1+04:00", key=ms))
    if ms(left) < ms("1+04:00"):
        day.locks().at("1+04:00").day_starts()
    else:
        day.at("1+04:00").day_starts().at(left).locks()
    return day.at(back).unlocks().at("1+10:40").locks().at("1+10:50").unlocks().at("1+11:00")


def test_a_long_absence_alone_never_makes_sleep() -> None:
    """Away from 18:00 until 9:00 is nobody's 15 h of sleep, nor any: nothing is known of the night."""
    body = overnight("22:30", "1+07:30").state.body
    assert (nights(body, RULE), debt(body, RULE), body.readiness) == ({}, 0, 100)
    assert body.bounds[0].at_most == 9 * HOUR
    assert [gauge.known for gauge in body.gauges[1:2]] == [False]


def test_a_short_absence_is_an_upper_bound() -> None:
    """Gone from 2:00 until 7:00: at most 5 h, 2 h of debt, and readiness of a short night."""
    body = overnight("1+02:00", "1+07:00").state.body
    assert (nights(body, RULE), debt(body, RULE)) == ({1: 5 * HOUR}, 2 * HOUR)
    assert (body.readiness, body.woke) == (70, ms("1+07:00"))
    assert body.worst[0][0] == "short_night_ms"


def test_who_comes_back_late_may_have_slept_on() -> None:
    """The window ends at 10:00, the absence at 10:30: it counts whole."""
    body = overnight("1+05:00", "1+10:30").state.body
    assert body.bounds == ((1, 5 * HOUR + 30 * MINUTE, ms("1+10:30")),)


def test_a_night_is_judged_when_its_window_is_over() -> None:
    """Up for an hour at 5:00: before 10:00 nobody is told of a night of 2 h, but the hours awake count anew."""
    day = Day(start="18:00").types(until="1+03:00").locks().at("1+04:00").day_starts().at("1+06:30").unlocks()
    assert (day.state.body.bounds, day.state.body.woke) == ((), ms("1+06:30"))
    day.at("1+07:00").locks().at("1+12:00").unlocks()
    assert nights(day.state.body, RULE) == {1: 5 * HOUR}


def test_a_night_at_the_desk_says_nothing_by_itself() -> None:
    """Without any absence: somebody may have left a call open. The hours awake told of it in the night."""
    day = Day(start="18:00").types(until="1+04:00").day_starts().at("1+11:00").locks().at("1+11:10").unlocks()
    assert (day.state.body.bounds, day.state.body.woke) == ((), None)


def test_a_night_without_an_absence_after_it_is_judged_by_the_next_day() -> None:
    """At the desk until the next morning: then at the latest."""
    day = Day(start="18:00").types(until="1+02:00").locks().at("1+04:00").day_starts().at("1+07:00").unlocks()
    assert [bound.at_most for bound in day.at("2+04:00").day_starts().state.body.bounds] == [5 * HOUR]


def test_what_was_said_goes_before_the_bound() -> None:
    """6.5 h said of a night that was bounded by 9, or by 5."""
    for left in ("22:00", "1+02:00"):
        day = overnight(left, "1+07:00").tells(Slept(ms("23:30"), ms("1+06:00")))
        assert (nights(day.state.body, RULE), day.state.body.woke) == ({1: 6 * HOUR + 30 * MINUTE}, ms("1+06:00"))


@pytest.mark.parametrize(
    ("window", "since", "until"),
    [("21:00-10:00", "21:00", "1+10:00"), ("07:00-18:00", "1+07:00", "1+18:00"), ("00:30-04:00", "2+00:30", "2+04:00")],
)
def test_the_window_lies_around_the_start_of_the_day_or_after_it(window: str, since: str, until: str) -> None:
    """Rule 17: the first window that ends after the calendar's day starts; before the first day there is none."""
    day = Day(f"sleep.window={window}")
    assert day.state.body.night == (0, 0)
    assert day.at("1+04:00").day_starts().state.body.night == (ms(since), ms(until))


def test_who_works_at_night_sleeps_by_day() -> None:
    """`window = "07:00-18:00"`: gone from 8:00 to 12:30 is a night of 4.5 h at most."""
    day = Day("sleep.window=07:00-18:00", start="22:00").types(until="1+04:00").day_starts().at("1+08:00").locks()
    day.at("1+12:30").unlocks().at("1+18:00").locks().at("1+18:10").unlocks()
    assert (nights(day.state.body, RULE), day.state.body.woke) == ({1: 270 * MINUTE}, ms("1+12:30"))


# -- awake ------------------------------------------------------------------------------------------------------------


def test_awake_alert() -> None:
    """Near at 16 h, over at 17, each once, at a lull or after 2 min; bed is the one thing to do."""
    quiet = ("breaks.move.every=40h", "breaks.micro.every=40h", "limits.sitting=40h", "limits.desk=40h")
    day = Day(*quiet, start="07:00").tells(Slept(ms("00:00"), ms("07:00"))).types(until="1+01:00")
    told = [(it.limit, it.level, it.value_ms) for it in day.decided if isinstance(it, Warn)]
    assert told == [
        ("awake", "near", 16 * HOUR + 2 * MINUTE),
        ("awake", "over", 17 * HOUR + 4 * MINUTE),  # an hour after the first, and 2 min without a lull
    ]
    assert day.gauge("awake") == (18 * 60, "over")


def test_awake_counts_from_last_night_alone() -> None:
    """A night that was bounded counts as soon as one is back from it; after a long absence by day nothing is known."""
    day = overnight("22:00", "1+07:00")
    assert day.gauge("awake") == (4 * 60, "ok")
    day.at("1+12:00").locks().at("1+16:00").unlocks()
    assert day.state.body.woke is None
    assert day.gauge("awake") == (0, "ok")
    assert day.tells(Slept(ms("1+12:30"), ms("1+15:55"))).gauge("awake") == (5, "ok")


# -- the day ----------------------------------------------------------------------------------------------------------


def test_the_day_of_who_works_at_night() -> None:
    """Rule 17: it starts at the end of a reported sleep in the daytime, and 4:00 in the shift is nothing to it."""
    day = Day("breaks.micro.enabled=false", start="17:00").tells(Slept(ms("09:00"), ms("16:00")))
    first = day.state.body.day
    day.types(until="1+04:00").day_starts().at("1+06:00").locks()
    assert day.state.body.day == first
    assert day.gauge("desk")[0] == 13 * 60
    day.at("1+16:20").unlocks().at("1+16:30").tells(Slept(ms("1+09:00"), ms("1+16:00")))
    assert day.state.body.day == first + 1
    assert day.gauge("desk")[0] == 10  # since they came back
    other = Day(start="01:00").types(until="04:30").at("05:00").tells(Slept(ms("02:00"), ms("04:50")))
    assert other.gauge("desk")[0] == 240  # it was no night


def test_days_nobody_lived_through_are_counted() -> None:
    """After a week without the daemon it is seven days later, and last week's debt has grown old."""
    day = Day().tells(Slept(ms("00:00"), ms("04:00"))).locks().at("7+04:00").day_starts()
    assert day.state.body.day == 7
    assert debt(day.state.body, RULE) == 3 * HOUR
    assert debt(day.at("14+04:00").day_starts().state.body, RULE) == 0


def test_need_is_the_persons_own() -> None:
    """`[sleep] need` decides what is missed."""
    day = Day(rules=configured("sleep.need=8h")).tells(Slept(ms("00:00"), ms("07:00")))
    assert debt(day.state.body, day.state.rules.sleep) == HOUR


@given(st.lists(st.tuples(st.integers(0, 20 * DAY), st.integers(1, 30 * HOUR), st.booleans()), max_size=30))
def test_sleeps_stay_apart_and_sensible(told: list[tuple[int, int, bool]]) -> None:
    """Whatever is reported in whatever order: in order, apart, none in the future, none without end."""
    body, now = Body(day=20, began=20 * DAY), 20 * DAY + 9 * HOUR
    for since, length, instead in told:
        body = slept(body, since, since + length, now, instead)
    assert all(one.until < other.since for one, other in zip(body.sleeps, body.sleeps[1:], strict=False))
    assert all(each.until - each.since > 0 and each.until <= now for each in body.sleeps)
    assert max([each.until - each.since for each in body.sleeps], default=0) <= LONGEST * len(told)


def test_a_sleep_of_years_ago_changes_nothing() -> None:
    """Importers tell years; a sleep that cannot be changes nothing either."""
    day = Day(start="40+09:00")
    before = day.state
    assert day.tells(Slept(ms("1+00:00"), ms("1+07:00"))).state.body == before.body
    assert day.tells(Slept(ms("40+00:00"), ms("41+07:00"))).state.body == before.body


def test_how_long_one_is_up() -> None:
    """Since one came back from the night that is on or was, else no time at all."""
    day = Day(start="18:00").types(until="1+01:00").locks().at("1+04:00").day_starts().at("1+07:00").unlocks()
    assert up_since(day.state.body, RULE, ms("1+08:00")) == ms("1+07:00")
    day.at("1+12:00").locks().at("1+12:10").unlocks()
    assert up_since(day.state.body, RULE, ms("1+13:00")) == ms("1+07:00")
    assert up_since(Day().state.body, RULE, ms("09:00")) == ms("09:00")


def test_a_day_that_starts_twice_is_one() -> None:
    """The clock on the wall is set back over 4:00: the calendar rings again, and it is the same day."""
    day = Day().at("1+04:00").day_starts().types(until="1+05:00").day_starts()
    assert (day.state.body.day, day.gauge("desk")[0]) == (1, 60)
