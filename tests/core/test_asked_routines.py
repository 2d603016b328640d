"""Rule 14: `start ROUTINE` does what was asked for, in the break it is for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from breakd.core.choosing.permission import MeRule
from breakd.core.decisions import BreakStarted
from breakd.core.events import Command
from breakd.core.routines import Routine, Step
from tests.core.driver import Day, configured


def routine(name: str, *breaks: str) -> Routine:
    """A routine of one step."""
    return Routine(id=name, title=name, steps=(Step("Move", 30),), kind="stretching", breaks=breaks)


ROUTINES = (routine("a", "move"), routine("b", "move"), routine("blink", "micro"), routine("odd", "tea"))
RULES = replace(configured(), routines=ROUTINES)


def started(day: Day) -> tuple[str, str | None]:
    """(kind, routine) of the last break that was started."""
    last = [it for it in day.decided if isinstance(it, BreakStarted)][-1]
    return last.kind, last.routine.id if last.routine else None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("b", ("move", "b")),
        ("blink", ("micro", "blink")),  # a break it is for, not the longest there is
        ("odd", ("move", "odd")),  # for no break there is: in the longest
        ("gone", ("move", "a")),  # not known: as chosen
        ("", ("move", "a")),
    ],
)
def test_it_is_done_in_a_break_that_it_is_for(asked: str, expected: tuple[str, str]) -> None:
    """With nothing due."""
    assert started(Day(rules=RULES).types(until="09:05").says("start", routine=asked)) == expected


def test_it_takes_the_place_of_what_was_offered() -> None:
    """The prompt offered another one; the break stays the one that is due."""
    day = Day(rules=RULES).types(until="09:22")
    assert day.says("start", routine="b") and started(day) == ("micro", "b")


def test_it_is_done_though_the_person_avoids_its_like() -> None:
    """`[me]` says what is offered; what is asked for by name is wanted."""
    rules = replace(RULES, me=MeRule(avoid=("stretching",)))
    assert started(Day(rules=rules).types(until="09:05").says("start", routine="b")) == ("move", "b")


def test_the_break_lasts_as_long_as_it() -> None:
    """Nobody asks for a routine to see its end cut off: 30 s of rest would be due, the routine takes 5 min."""
    long = Routine(id="long", title="Long", steps=(Step("Move", 300),), kind="walking", breaks=("micro",))
    day = Day(rules=replace(RULES, routines=(long,))).types(until="09:05").says("start", routine="long")
    assert day.idles(until="09:15").said[-1] == "09:10:00 break_done micro 300s"


def test_it_is_remembered_as_offered() -> None:
    """What was just done is not offered next."""
    day = Day(rules=RULES).types(until="09:05").says("start", routine="a").idles(until="09:15")
    assert started(day.types(until="09:20").says("start")) == ("move", "b")


def test_a_break_that_is_on_stays_what_it_is() -> None:
    """A second start changes nothing, the routine neither."""
    day = Day(rules=RULES).types(until="09:05").says("start", routine="a").says("start", routine="b")
    assert (started(day), day.state.slot.routine) == (("move", "a"), "a")


def test_only_start_takes_a_routine() -> None:
    """Anything else with one is a mistake, said where it is made."""
    with pytest.raises(ValueError, match="routine is 'a' with stop, expected it with start alone"):
        Command("stop", None, "a")
