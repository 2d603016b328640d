"""What advisers say is an event, and the choice reads it: factors multiply, 0 rules out, routines are added."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from breakd.core.choosing.advising import weight
from breakd.core.choosing.choice import Choice, Memory, Moment, choose
from breakd.core.decisions import Because, BreakDone, Prompt
from breakd.core.events import Advice, Gathered
from breakd.core.routines import Routine, Step
from tests.core.driver import ONLY_MOVE, Day, configured, ms

SHIPPED = configured()


def routine(id: str, **more: object) -> Routine:
    """A routine of a minute."""
    return Routine(id=id, title=id, steps=(Step("Move", 60),), **more)  # type: ignore[arg-type]


BACK = routine("mine.back", regions=("lower back",), places=("office",))
NECK = routine("mine.neck", regions=("neck",), needs=("chair",), kind="posture")
NEW = routine("weather.walk", kind="walking")


def chosen(*advice: Advice, routines: tuple[Routine, ...] = (BACK, NECK)) -> Choice:
    """What is chosen on a morning on which nothing was offered yet."""
    rules = replace(SHIPPED, routines=routines)
    return choose(rules, rules.breaks[-1], Moment(0, ms("00:03")), Memory(), advice)


@pytest.mark.parametrize("tag", ["mine.neck", "mine", "posture", "neck", "chair"])
def test_a_tag_names_a_routine_in_many_ways(tag: str) -> None:
    """Its id, its plugin, its kind, a region or a need; a place too."""
    assert weight(NECK, [Advice(tag, 2)]) == 2
    assert weight(BACK, [Advice("office", 3)]) == 3


def test_factors_multiply_up_to_a_bound() -> None:
    """Two advisers of one mind weigh more, but nobody forces a routine; what concerns others is nothing."""
    assert weight(NECK, []) == 1
    assert weight(NECK, [Advice("neck", 1.5), Advice("mine", 2), Advice("wrists", 0)]) == 3
    assert weight(NECK, [Advice("neck", 4), Advice("mine", 4)]) == 4


@pytest.mark.parametrize("tag", ["neck", "lower back"])
def test_the_favoured_is_chosen_and_says_why(tag: str) -> None:
    """Of two that are equal the one in favour comes first, with the adviser's reason."""
    found = chosen(Advice(tag, 2, "it said so"))
    assert found.routine is not None
    assert tag in found.routine.regions
    assert Because("advised", 2, what="it said so") in found.because


def test_zero_rules_out() -> None:
    """A factor of 0 is a veto; with all ruled out the prompt comes without a routine, and says so."""
    assert chosen(Advice("neck", 0)).routine == BACK
    assert chosen(Advice("lower back", 0)).routine == NECK
    assert chosen(Advice("mine", 0)) == Choice(None, (Because("advised_against", 0, 2),))


def test_an_added_routine_is_offered_and_done() -> None:
    """A routine of an adviser is chosen like any other, lasts through its break, and is gone with the next answer."""
    day = Day(rules=replace(configured(ONLY_MOVE), routines=(BACK,))).types(until="09:20")
    day.tells(Gathered((Advice("weather", 4),), (NEW,)))
    day.types(until="09:33").idles(until="09:40")
    prompts = [each for each in day.decided if isinstance(each, Prompt)]
    assert [each.routine for each in prompts] == [NEW]
    assert [type(each) for each in day.decided][-1] is BreakDone
    day.tells(Gathered())
    assert day.state.gathered == Gathered()


@pytest.mark.parametrize(("tag", "factor", "why"), [("", 1, "needs a tag"), ("neck", 5, "expected 0 to 4")])
def test_senseless_advice_is_refused(tag: str, factor: float, why: str) -> None:
    """Advice needs a tag, and a factor from 0 to 4."""
    with pytest.raises(ValueError, match=why):
        Advice(tag, factor)
