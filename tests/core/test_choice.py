"""Rule 21: which routine is offered, as tables and as properties of any routines, any person and any past."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core.choosing.bearing import beyond
from breakd.core.choosing.choice import Choice, Memory, Moment, choose, moved, remember
from breakd.core.choosing.permission import MeRule, refused
from breakd.core.decisions import Because, BreakStarted, Prompt
from breakd.core.routines import Routine, Step, intensity
from breakd.core.rules import ChoiceRule, Rules
from breakd.core.units import HOUR
from tests.core.driver import ONLY_MOVE, Day, configured, ms

SHIPPED = configured()
MICRO, MOVE = SHIPPED.breaks
LENGTH = ms("00:03")
NOTHING = Memory()


def routine(name: str, kind: str = "stretching", seconds: float = 60, **more: object) -> Routine:
    """A routine of one step."""
    return Routine(id=name, title=name, steps=(Step("Move", seconds),), kind=kind, **more)  # type: ignore[arg-type]


def rules(*routines: Routine, me: MeRule | None = None) -> Rules:
    """The shipped rules with these routines."""
    return replace(SHIPPED, routines=routines, me=me or SHIPPED.me)


def chosen(
    of: Rules, memory: Memory = NOTHING, *, sat: str = "00:00", call: bool = False, now: int = 0, kind: str = "move"
) -> Choice:
    """What is chosen for a break of this kind that lasts 3 min."""
    return choose(of, next(each for each in of.breaks if each.name == kind), Moment(now, LENGTH, ms(sat), call), memory)


def name(found: Choice) -> str | None:
    """The id of what was chosen."""
    return found.routine.id if found.routine else None


def series(of: Rules, prompts: int, sat: str = "00:00") -> list[str | None]:
    """What so many prompts in a row offer, one every 30 min."""
    memory, found = Memory(), []
    for turn in range(prompts):
        choice = chosen(of, memory, sat=sat, now=turn * ms("00:30"))
        memory = remember(memory, choice.routine, len(of.routines))
        found.append(name(choice))
    return found


BACK, NECK = routine("back", regions=("lower back",)), routine("neck", regions=("neck",))
WALK = routine("walk", "walking", met=2.8, regions=("hips",), involves=("standing",))
STAIRS = routine("stairs", "walking", met=4.5, regions=("hips",), needs=("stairs",), involves=("standing",))
BOW = routine("bow", involves=("standing", "bending"))


# -- permission -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("me", "against"),
    [
        (MeRule(), None),
        (MeRule(avoid=("standing",)), ("avoid", "standing")),
        (MeRule(avoid=("hips",)), ("avoid", "hips")),
        (MeRule(avoid=("wall",)), ("avoid", "wall")),
        (MeRule(avoid=("strength",)), ("avoid", "strength")),
        (MeRule(avoid=("floor", "neck")), None),
        (MeRule(equipment=("wall", "chair")), None),
        (MeRule(equipment=("chair",)), ("equipment", "wall")),
        (MeRule(equipment=()), ("equipment", "wall")),
        (MeRule(places=("office", "home")), None),
        (MeRule(places=("office",)), ("places", "home")),
    ],
)
def test_what_is_permitted(me: MeRule, against: tuple[str, str] | None) -> None:
    """Whatever a routine says of itself can be avoided; all it needs has to be at hand, one of its places here."""
    push = routine(
        "push", "strength", regions=("hips",), needs=("wall",), involves=("standing",), places=("home", "outdoors")
    )
    assert refused(push, me) == against


def test_a_routine_for_anywhere_is_for_every_place() -> None:
    """Without places a routine, or a person, may be anywhere."""
    assert refused(BACK, MeRule(places=("office",))) is None


def test_nothing_permitted_says_so() -> None:
    """The prompt then comes without routine, and how many were refused is told; without any there is nothing to say."""
    assert chosen(rules(BOW, STAIRS, me=MeRule(avoid=("bending", "stairs")))) == Choice(
        None, (Because("none_permitted", 0, 2),)
    )
    assert chosen(rules()) == Choice(None, ())


def test_some_refused_are_counted() -> None:
    """How many of those that fit the break may be offered is among the reasons."""
    assert Because("permitted", 1, 2) in chosen(rules(BACK, BOW, me=MeRule(avoid=("bending",)))).because


# -- fit --------------------------------------------------------------------------------------------------------------


def test_fits_the_kind_of_break() -> None:
    """A routine is offered in the kinds of break it names."""
    eyes = routine("eyes", breaks=("micro",))
    assert name(chosen(rules(BACK, eyes))) == "back"
    assert name(chosen(rules(BACK, eyes), kind="micro")) == "eyes"


def test_a_kind_that_no_routine_names_takes_those_of_the_usual_ones() -> None:
    """A break of another name takes the routines of `move` if one leaves the chair in it, else those of `micro`."""
    own = configured("breaks.walk.counts=sitting", "breaks.walk.every=1h", "breaks.walk.for=5m")
    own = replace(own, routines=(BACK, routine("eyes", breaks=("micro",))))
    assert name(chosen(own, kind="walk")) == "back"
    rest = configured("breaks.rest.counts=input", "breaks.rest.every=9m", "breaks.rest.for=20s")
    rest = replace(rest, routines=(BACK, routine("eyes", breaks=("micro",))))
    assert name(chosen(rest, kind="rest")) == "eyes"


def test_fits_the_time() -> None:
    """What takes longer than the break is offered only if nothing shorter is there."""
    long = routine("along", seconds=600)
    assert name(chosen(rules(long, NECK))) == "neck"
    assert name(chosen(rules(long))) == "along"


def test_in_a_call_nobody_is_made_to_stand_up() -> None:
    """While a call is on only what can be done in one's seat, hands down, is offered; else nothing."""
    assert name(chosen(rules(BOW, NECK, WALK), call=True, sat="00:50")) == "neck"
    assert chosen(rules(BOW), call=True).because == (Because("none_in_call", 0, 1),)


def test_walking_comes_before_bending() -> None:
    """After 30 min of sitting nothing bends that does not begin with walking, unless nothing else is there."""
    warm = replace(BOW, id="warm", warm_up=True)
    assert name(chosen(rules(BOW, warm), sat="00:29")) == "bow"
    assert name(chosen(rules(BOW, warm), sat="00:30")) == "warm"
    assert name(chosen(rules(BOW), sat="00:30")) == "bow"


# -- need and variety -------------------------------------------------------------------------------------------------


def test_walking_first_after_sitting() -> None:
    """After 30 min of sitting a walk counts as having waited twice as long, and says so."""
    memory = Memory(5, (("back", 3), ("walk", 1), ("neck", 0)))
    of = rules(BACK, replace(NECK, kind="mobility"), WALK)
    assert name(chosen(of, memory)) == "neck"
    found = chosen(of, memory, sat="00:40")
    assert name(found) == "walk"
    assert Because("walking_first_ms", ms("00:40"), ms("00:30")) in found.because


def test_the_sore_come_first() -> None:
    """A routine for a sore region counts as having waited three times as long: it comes much more often."""
    lively = [routine(f"other{number}", regions=("hands",)) for number in range(4)]
    of = rules(BACK, *lively, me=MeRule(sore=("lower back",)))
    assert chosen(of).because[0] == Because("sore", what="lower back")
    counts = Counter(series(of, 60))
    assert counts["back"] >= 2 * max(counts[each.id] for each in lively) - 1


def test_regions_that_were_not_moved_come_first() -> None:
    """A region counts as moved for 4 h after a break that was done; then it needs it again."""
    memory = moved(moved(Memory(), NECK, ms("09:00")), BACK, ms("10:00"))
    found = chosen(rules(BACK, NECK), memory, now=ms("13:30"))
    assert (name(found), found.because[0]) == ("neck", Because("unmoved_ms", ms("04:30"), 4 * HOUR, "neck"))
    assert chosen(rules(BACK), memory, now=ms("13:30")).because == (Because("waited", 0),)


def test_never_the_same_again_and_kinds_take_turns() -> None:
    """Two in a row differ, in kind where there are several; one that is alone comes each time."""
    assert series(rules(BACK, NECK, WALK, STAIRS), 4) == ["walk", "back", "stairs", "neck"]
    assert series(rules(BACK, NECK), 4) == ["back", "neck", "back", "neck"]
    assert series(rules(BACK), 2) == ["back", "back"]


def test_a_new_routine_comes_soon() -> None:
    """One that was never offered has waited the longest."""
    assert name(chosen(rules(BACK, NECK, routine("zzz")), Memory(9, (("back", 8), ("neck", 7))))) == "zzz"


def test_offered_is_remembered() -> None:
    """The latest comes first, with its turn; no more ids than there are routines."""
    memory = remember(remember(Memory(), BACK, 2), NECK, 2)
    assert memory == Memory(2, (("neck", 1), ("back", 0)))
    assert remember(memory, None, 2) == memory
    assert remember(memory, BACK, 2).offered == (("back", 2), ("neck", 1))
    assert remember(memory, WALK, 2).offered == (("walk", 2), ("neck", 1))


@pytest.mark.parametrize(("met", "word"), [(1, "light"), (2.9, "light"), (3, "moderate"), (6, "vigorous")])
def test_intensity(met: float, word: str) -> None:
    """The bands of the WHO: light below 3 MET, vigorous from 6."""
    assert (intensity(met), routine("x", met=met).intensity) == (word, word)


# -- any routines, any person -----------------------------------------------------------------------------------------

WORDS = ("standing", "bending", "overhead", "wall", "neck", "hips", "walking", "odd")
some = st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple)
places = st.lists(st.sampled_from(("home", "office")), max_size=2, unique=True).map(tuple)
routines = st.lists(
    st.builds(
        lambda number, kind, seconds, **more: routine(f"r{number:03}", kind, seconds, **more),
        st.integers(0, 40),
        st.sampled_from(("walking", "stretching", "eyes")),
        st.sampled_from((20, 60, 300)),
        regions=some,
        involves=some,
        needs=some,
        places=places,
        warm_up=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
).map(tuple)
people = st.builds(MeRule, avoid=some, sore=some, places=places, equipment=st.none() | some)
moments = st.builds(Moment, st.integers(0, 9 * HOUR), st.just(LENGTH), st.integers(0, 2 * HOUR), st.booleans())
memories = st.builds(
    Memory,
    st.integers(41, 99),
    st.lists(st.tuples(st.integers(0, 40).map("r{:03}".format), st.integers(0, 40)), max_size=8).map(tuple),
    st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 9 * HOUR)), max_size=4).map(tuple),
)


@given(routines, people, moments, memories)
def test_nothing_avoided_is_ever_offered(
    every: tuple[Routine, ...], me: MeRule, moment: Moment, memory: Memory
) -> None:
    """Whatever the need: no avoided word, nothing not at hand, no other place, nothing to stand up for in a call.

    And if nothing is offered, nothing was permitted.
    """
    found = choose(rules(*every, me=me), MOVE, moment, memory).routine
    if found is not None:
        assert not beyond(found, moment.bears)
        assert not {*found.involves, *found.regions, *found.needs, found.kind} & set(me.avoid)
        assert me.equipment is None or set(found.needs) <= set(me.equipment)
        assert not (me.places and found.places) or set(me.places) & set(found.places)
        assert not moment.call or not {"standing", "overhead"} & set(found.involves)
    elif not moment.call:
        assert all(refused(each, me) or beyond(each, moment.bears) for each in every)


@given(routines, people, moments, memories, st.randoms(use_true_random=False))
def test_choice_is_deterministic(
    every: tuple[Routine, ...], me: MeRule, moment: Moment, memory: Memory, chance: object
) -> None:
    """The same choice for the same reasons, in whatever order the routines are known."""
    mixed = list(every)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert choose(rules(*every, me=me), MOVE, moment, memory) == choose(rules(*mixed, me=me), MOVE, moment, memory)


@given(routines, people, st.sampled_from(("00:00", "00:45")))
def test_every_fitting_routine_comes(every: tuple[Routine, ...], me: MeRule, sat: str) -> None:
    """Of N that fit, each comes within 4 N (F + 1) prompts, F the product of all factors; never one twice in a row."""
    of = rules(*every, me=me)
    factors = ChoiceRule().sore * ChoiceRule().needed * ChoiceRule().walking
    permitted = of.candidates["move"].permitted
    short = [each for each in permitted if each.length <= LENGTH] or permitted
    fitting = [each for each in short if not each.bends or sat == "00:00"] or short
    ids = {each.routine.id for each in fitting}
    found = series(of, 4 * len(ids) * (factors + 1), sat)
    assert set(found) == ids
    assert len(ids) < 2 or all(one != other for one, other in pairwise(found))


# -- in the life of a prompt ------------------------------------------------------------------------------------------


def asked(day: Day) -> list[Prompt]:
    """The prompts of a day."""
    return [each for each in day.decided if isinstance(each, Prompt)]


def living(*routines_: Routine, me: MeRule | None = None) -> Day:
    """A day by these routines."""
    return Day(rules=replace(configured(ONLY_MOVE), routines=routines_, me=me or MeRule()))


def test_the_prompt_tells_why() -> None:
    """The reasons of the choice follow those of the prompt; the second attempt says that it is the same routine."""
    first, second = asked(living(BACK, WALK).types(until="09:50"))
    assert [each.code for each in first.because][-2:] == ["walking_first_ms", "waited"]
    assert (first.routine, second.routine, second.because[-1]) == (WALK, WALK, Because("kept"))


def test_the_prompt_comes_without_routine_if_none_is_permitted() -> None:
    """It is a reminder all the same, and says that nothing was permitted."""
    first = asked(living(BOW, me=MeRule(avoid=("bending",))).types(until="09:40"))[0]
    assert (first.routine, first.because[-1]) == (None, Because("none_permitted", 0, 1))


def test_a_routine_that_is_avoided_now_is_not_offered_again() -> None:
    """New rules between two attempts: what may no longer be offered is replaced."""
    day = living(BACK, WALK).types(until="09:33")
    day.configures(rules=replace(day.state.rules, me=MeRule(avoid=("walking",)))).types(until="09:50")
    assert [each.routine for each in asked(day)] == [WALK, BACK]


def test_a_done_break_moves_its_regions() -> None:
    """What was offered in a break that was done is remembered with its time; a break without routine moves nothing."""
    day = living(NECK).types(until="09:33").idles(until="09:40")
    started = next(each for each in day.decided if isinstance(each, BreakStarted))
    assert started.routine == NECK
    assert [region for region, _ in day.state.memory.moved] == ["neck"]
    assert living().types(until="09:33").idles(until="09:40").state.memory.moved == ()
