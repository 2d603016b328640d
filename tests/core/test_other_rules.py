"""Other rules in mid-flight, restarts, the routine of a break, and events that make no sense."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from breakd.core.decisions import BreakStarted, Prompt
from breakd.core.engine import advance, begin, next_deadline, step
from breakd.core.events import Busy, Command, Entry, Event, Exercised, Felt, Free, Posture, Slept, chosen
from breakd.core.routines import Routine, Step
from breakd.core.units import HOUR
from tests.core.driver import ONLY_MICRO, ONLY_MOVE, Day, configured, ms

# -- other rules ------------------------------------------------------------------------------------------------------


def test_same_rules_are_nothing() -> None:
    """Configured with what is in force: nothing changes."""
    day = Day().types(until="09:10")
    before = day.state
    assert day.configures().state == before


def test_bar_keeps_its_share() -> None:
    """With another `every` a bar of two thirds is one of two thirds; a new kind begins empty."""
    day = Day(ONLY_MOVE).types(until="09:20").configures("breaks.move.every=60m")
    assert day.bar("move") == pytest.approx(2 / 3)
    assert day.bar("micro") == 0


def test_bar_keeps_to_its_new_bound() -> None:
    """Rule 6: with a smaller `longest` an overdue bar falls to what it can be."""
    day = Day(ONLY_MOVE).types(until="10:10").configures(ONLY_MOVE, "breaks.move.longest=3m")
    assert day.bar() == 1


def test_open_prompt_goes_with_its_kind() -> None:
    """A prompt for a kind that is gone is withdrawn; one for a kind that stays goes on, wherever it now stands."""
    day = Day(ONLY_MOVE).types(until="09:33")
    day.taken()
    assert day.configures(ONLY_MICRO).taken() == ["09:33:00 withdraw move"]
    day = (
        Day(ONLY_MOVE)
        .types(until="09:33")
        .configures("breaks.eyes.counts=input", "breaks.eyes.every=8h", "breaks.eyes.for=9m")
    )
    assert day.at("09:54").taken()[1:] == ["09:44:00 prompt move 2 firm 264s", "09:54:00 missed move"]


def test_break_that_is_on_goes_with_its_kind() -> None:
    """A break of a kind that is gone is given up, one that stays is done."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35")
    assert day.configures(ONLY_MICRO).said[-1] == "09:35:00 break_abandoned move 120s"
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35").configures()
    assert day.at("09:37").said[-1] == "09:36:18 break_done move 198s"


def test_what_was_rested_stays_rested() -> None:
    """Rule 13: with other things counted from now on, the break that is on goes on from where it was."""
    day = Day(ONLY_MOVE).types(until="09:33").idles(until="09:35").configures(ONLY_MOVE, "breaks.move.counts=input")
    assert day.at("09:37").said[-1] == "09:36:18 break_done move 198s"


def test_quiet_is_kept() -> None:
    """Other rules do not end a silence that the person asked for."""
    day = Day(ONLY_MOVE).types(until="09:33").says("skip").configures(ONLY_MOVE, "breaks.move.every=20m").at("10:06")
    assert day.prompts() == ["09:32:00", "10:05:00"]


# -- time and restarts ------------------------------------------------------------------------------------------------


def test_nobody_there_needs_no_waking() -> None:
    """Before the first word of a source nothing happens, whatever the time."""
    state = begin(configured(), ms("09:00"))
    assert next_deadline(state) is None
    state, decisions = advance(state, ms("5+09:00"))
    assert (state.tally.rest_ms, decisions, next_deadline(state)) == (ms("5+00:00"), (), None)


def test_time_does_not_go_back() -> None:
    """An event that was learned at an earlier time than the last is folded in now."""
    state = Day().types(until="09:30").state
    assert advance(state, ms("09:10")) == (state, ())
    later, _ = step(state, Entry(ms("09:10"), ms("09:10"), Busy("call")))
    assert (later.now, later.presence.claims[0].since) == (ms("09:30"), ms("09:30"))


def test_restart_with_an_open_prompt() -> None:
    """Rule 24: killed at 09:33 with a prompt open and back 10 s later, it goes on as it would have."""
    day = Day(ONLY_MOVE).types(until="09:33").restarts(at="09:33:10").at("09:55")
    assert day.said == Day(ONLY_MOVE).types(until="09:55").said


def test_dead_for_a_break() -> None:
    """Rules 5, 13: killed with a prompt open and back after 5 min: the person was away, and the break is done."""
    day = Day(ONLY_MOVE).types(until="09:33").restarts(at="09:38")
    assert day.said[1:] == ["09:34:00 break_started move 60s", "09:36:18 break_done move 198s"]


@pytest.mark.parametrize("event", [Felt(pain=3), Slept(0, 7 * HOUR), Exercised(30, 2, "walk")])
def test_reports_of_nothing_bad_change_the_body_alone(event: Felt | Slept | Exercised) -> None:
    """Mild pain, a whole night, an easy walk: bars, gauges of the desk and rules are as before."""
    day = Day().types(until="09:10")
    before = day.state
    after = day.tells(event).state
    assert replace(after, body=before.body, wake=before.wake) == before


def test_what_the_core_does_not_know_changes_nothing() -> None:
    """An event of no known sort lets time pass, no more; a tap of a check-in is no command."""
    day = Day().types(until="09:10")
    assert day.tells(Event()).state == day.state
    assert chosen("back-sore") is None
    with pytest.raises(ValueError, match="effort is 11, expected 0 to 10"):
        Felt(effort=11)


# -- rule 21: routines ------------------------------------------------------------------------------------------------


def routine(name: str) -> Routine:
    """A routine of one step."""
    return Routine(id=name, title=name, steps=(Step("Move", 60),))


NECK, BACK = routine("neck"), routine("back")


def test_break_is_done_with_the_routine_of_its_prompt() -> None:
    """Rule 21: both attempts and the break itself offer one routine; the next break another."""
    rules = configured(ONLY_MOVE)
    rules = type(rules)(
        breaks=rules.breaks, presence=rules.presence, prompt=rules.prompt, limits=rules.limits, routines=(NECK, BACK)
    )
    day = Day(rules=rules).types(until="09:45").idles(until="09:55").types(until="10:35")
    offered = [it.routine for it in day.decided if isinstance(it, Prompt | BreakStarted)]
    assert offered == [BACK, BACK, BACK, NECK]


# -- what makes no sense ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Busy("lunch"), "reason is 'lunch', expected one of: call, fullscreen, do-not-disturb, sharing"),  # type: ignore[arg-type]
        (lambda: Free("lunch"), "reason is 'lunch', expected one of: call, fullscreen, do-not-disturb, sharing"),  # type: ignore[arg-type]
        (lambda: Posture("lying"), "value is 'lying', expected one of: sitting, standing, walking"),  # type: ignore[arg-type]
        (lambda: Command("sleep"), "name is 'sleep', expected one of: start, stop, snooze, skip, pause, resume"),  # type: ignore[arg-type]
        (lambda: Command("pause", 0), "for is 0 ms, expected more than 0"),
        (lambda: Slept(5, 5), "the sleep ends before it begins"),
        (lambda: Felt(pain=11), "pain is 11, expected 0 to 10"),
        (lambda: Felt(sleepiness=0), "sleepiness is 0, expected 1 to 9"),
        (lambda: Exercised(0, 5), "minutes is 0, expected more than 0"),
        (lambda: Exercised(30, 11), "rpe is 11, expected 0 to 10"),
        (lambda: Step(" ", 5), "a step without text"),
        (lambda: Step("Reach up", 0), "step 'Reach up': seconds is 0, expected more than 0, at most 3600"),
        (lambda: Routine(id="", title="x", steps=(Step("Go", 5),)), "a routine needs an id and a title"),
        (lambda: Routine(id="x", title="x", steps=()), "routine x: it has no steps"),
        (lambda: Routine(id="x", title="x", steps=(Step("Go", 5),), met=13), "routine x: met is 13, expected 1 to 12"),
    ],
)
def test_nonsense_is_refused(make: object, message: str) -> None:
    """What cannot be is refused where it is said, with what was expected."""
    assert callable(make)
    with pytest.raises(ValueError) as refused:
        make()
    assert str(refused.value) == message


def test_reports_may_be_partial() -> None:
    """Pain, sleepiness, or both."""
    assert (Felt(pain=0).sleepiness, Felt(sleepiness=9).pain) == (None, None)
