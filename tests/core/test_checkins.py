"""Check-ins (rule 22): asked at times, answered by a tap or a command, rarer when nobody answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.body.checkins import TAPS, answered, told
from breakd.core.decisions import CheckIn, CheckInOver
from breakd.core.events import Exercised, Felt, Slept
from breakd.core.routines import Routine, Step
from breakd.core.units import HOUR, MINUTE
from tests.core.driver import Day, clock, configured, ms

FINE = {"sleep": "sleep-enough", "back": "back-fine", "energy": "energy-fair"}
ASKED = "checkin.at=['08:30', '15:00', '20:00']"
QUIET = ("breaks.move.every=40h", "breaks.micro.every=40h", "limits.sitting=40h", "limits.desk=40h")


def day(*sets: str, start: str = "08:00") -> Day:
    """Somebody who wants check-ins and types."""
    return Day(ASKED, *QUIET, *sets, start=start).types()


def asked(of: Day) -> list[str]:
    """When which question was asked, and when a round was over."""
    found = []
    for it in of.decided:
        if isinstance(it, CheckIn):
            found.append(f"{clock(it.at)} {it.question}")
        elif isinstance(it, CheckInOver):
            found.append(f"{clock(it.at)} {'answered' if it.answered else 'unanswered'}")
    of.decided.clear()
    return found


def tap(of: Day, name: str) -> Day:
    """The person chooses a button."""
    found = told(of.state, name, of.state.now)
    assert found is not None, f"{name} answers nothing"
    return of.tells(found.event, at=clock(found.at))


def test_three_taps() -> None:
    """A round: sleep, back, energy, each as soon as the one before is answered; at a lull, or after 2 min."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:33")
    assert asked(one) == ["08:32:00 sleep"]
    tap(one, "sleep-fair")
    tap(one.at("08:34"), "back-sore")
    tap(one.at("08:35"), "energy-tired")
    assert asked(one) == ["08:33:00 back", "08:34:00 energy", "08:35:00 answered"]
    body = one.state.body
    assert (body.sleeps[0].until - body.sleeps[0].since, body.pains[0].value, body.sleepy) == (6.5 * HOUR, 3, (0, 7))


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_never_alarms(name: str) -> None:
    """One tap says at most pain 6 and sleepiness 7."""
    meant = TAPS[name]
    if isinstance(meant, Felt):
        assert (meant.pain or 0) <= 6
        assert (meant.sleepiness or 0) <= 7


def test_a_tap_of_another_question_is_nothing() -> None:
    """A note that was left over says nothing any more."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:33")
    assert told(one.state, "back-fine", one.state.now) is None
    assert told(one.state, "start", one.state.now) is None
    assert told(Day().state, "back-fine", 0) is None


def test_a_command_answers_too() -> None:
    """For notifiers without buttons; what answers another question, or none, leaves it open."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:33").tells(Felt(sleepiness=4))
    one.tells(Exercised(10, 3)).tells(Slept(ms("00:00"), ms("07:00"))).tells(Felt(pain=2, sleepiness=2))
    assert asked(one) == ["08:32:00 sleep", "08:33:00 back", "08:33:00 energy"]


def test_a_night_that_is_known_is_not_asked_for() -> None:
    """Who said it, or imported it, is asked for the rest."""
    one = day().tells(Slept(ms("00:00"), ms("07:00"))).at("08:30").rings(engine.CHECK_IN).at("08:33")
    assert asked(one) == ["08:32:00 back"]


def test_at_most_two_a_day() -> None:
    """The third round of a day is passed over; the next day has two again."""
    one = day()
    for time in ("08:30", "15:00", "20:00"):
        one.at(time).rings(engine.CHECK_IN).at(f"{time[:2]}:50")
        if one.state.checkins.open:
            for _ in range(3):
                if one.state.checkins.open:
                    tap(
                        one,
                        {"sleep": "sleep-enough", "back": "back-fine", "energy": "energy-fair"}[
                            one.state.checkins.open
                        ],
                    )
    assert [line.split()[0][:2] for line in asked(one) if line.endswith(("sleep", "back"))] == ["08", "08", "15"]
    one.at("1+04:00").day_starts().at("1+08:30").rings(engine.CHECK_IN).at("1+08:40")
    assert len(asked(one)) == 1


def test_unanswered_rounds_come_more_rarely() -> None:
    """After the second in a row that nobody answered a round is passed over, then 3, then 7; an answer ends that."""
    one, came = day("checkin.most=1"), []
    for number in range(1, 22):
        one.at(f"{number}+04:00").day_starts().at(f"{number}+08:30").rings(engine.CHECK_IN).at(f"{number}+10:00")
        if asked(one):
            came.append(number)
    assert came == [1, 2, 4, 8, 16]
    assert one.state.checkins.skip == 2
    one.at("24+04:00")
    for number in range(24, 28):
        one.at(f"{number}+04:00").day_starts().at(f"{number}+08:30").rings(engine.CHECK_IN).at(f"{number}+08:40")
        if one.state.checkins.open:
            tap(one, "sleep-fair" if one.state.checkins.open == "sleep" else "back-fine")
    assert (one.state.checkins.unanswered, one.state.checkins.skip) == (0, 0)


def test_a_question_stands_half_an_hour() -> None:
    """Then it is taken away, whoever is there."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:40").locks().at("10:00")
    assert asked(one) == ["08:32:00 sleep", "09:02:00 unanswered"]


def test_who_comes_late_is_asked_then() -> None:
    """Up to 2 h; in a call, paused, in quiet hours or with a prompt open nobody is asked."""
    one = day().locks().at("08:30").rings(engine.CHECK_IN).at("09:15").unlocks().at("09:20")
    assert asked(one) == ["09:15:00 sleep"]
    late = day().locks().at("08:30").rings(engine.CHECK_IN).at("10:45").unlocks().at("11:00")
    assert asked(late) == []
    call = day().busy("call").at("08:30").rings(engine.CHECK_IN).at("09:00").free("call").at("09:05")
    assert asked(call) == ["09:00:00 sleep"]
    quiet = day().quiet("08:00", "09:00").at("08:30").rings(engine.CHECK_IN).at("09:05")
    assert asked(quiet) == ["09:00:00 sleep"]


def test_nobody_is_asked_who_does_not_want_it() -> None:
    """Opt-in: without times there is none; when they are taken out an open question goes."""
    one = Day(*QUIET).types(until="09:30").rings(engine.CHECK_IN).at("11:00")
    assert asked(one) == []
    taken = day().at("08:30").rings(engine.CHECK_IN).at("08:40").configures(*QUIET)
    assert asked(taken) == ["08:32:00 sleep", "08:40:00 unanswered"]
    waiting = day().busy("call").at("08:30").rings(engine.CHECK_IN).at("08:40").configures(*QUIET)
    assert (asked(waiting), waiting.state.checkins.left) == ([], ())


def test_a_round_is_not_begun_twice() -> None:
    """A second alarm while a question is open is nothing."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:40").rings(engine.CHECK_IN).at("08:50")
    assert asked(one) == ["08:32:00 sleep"]


def test_how_hard_it_was_is_asked_after_a_strenuous_routine() -> None:
    """Session-RPE, of whoever has check-ins; its answer goes before what the METs say; at most two a day."""
    routine = Routine(id="stairs", title="Stairs", steps=(Step("Climb", 180),), met=5, kind="strength")
    rules = replace(configured(ASKED, "breaks.micro.enabled=false"), routines=(routine,))
    one = Day(rules=rules, start="09:00")
    found = []
    for start in ("09", "10", "11"):
        one.types(until=f"{start}:33").idles(until=f"{start}:40").types(until=f"{start}:45")
        if one.state.checkins.open:
            tap(one, "effort-hard")
        found += asked(one)
    assert [line.split()[1] for line in found] == ["effort", "answered", "effort", "answered"]
    assert one.state.body.gauges[2].value == round((7 + 7 + 13 / 3) * 3 * MINUTE)
    light = replace(rules, routines=(replace(routine, met=2.3),))
    assert asked(Day(rules=light).types(until="09:33").idles(until="09:40").types(until="09:50")) == []


def test_what_answers_nothing() -> None:
    """Exercise answers no question."""
    one = day().at("08:30").rings(engine.CHECK_IN).at("08:33")
    assert answered(one.state, Exercised(10, 3), []) is one.state


def test_a_question_goes_when_it_gets_quiet() -> None:
    """Rules 15, 25: in a pause and in quiet hours nothing stands on the screen; nobody is said not to have answered."""
    paused = day().at("08:30").rings(engine.CHECK_IN).at("08:40").says("pause").at("09:30")
    assert asked(paused) == ["08:32:00 sleep", "08:40:00 unanswered"]
    quiet = day().quiet("08:45", "10:00").at("08:30").rings(engine.CHECK_IN).at("09:30")
    assert asked(quiet) == ["08:32:00 sleep", "08:45:00 unanswered"]
    assert (paused.state.checkins.unanswered, quiet.state.checkins.unanswered) == (0, 0)
