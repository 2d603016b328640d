"""Rules 21 and 22: readiness, exertion, pain, bedtime and habit in the choice of a routine."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from breakd.core.body.exertion import load_of
from breakd.core.body.readiness import most_met
from breakd.core.choosing import habit
from breakd.core.choosing.bearing import ANYTHING, Bearing, bearing, beyond, is_gentle
from breakd.core.choosing.choice import Choice, Memory, Moment, answered, choose, remember
from breakd.core.decisions import Because, BreakStarted, Prompt
from breakd.core.events import Exercised, Felt
from breakd.core.routines import Routine, Step
from breakd.core.rules import Rules
from breakd.core.units import HOUR, MINUTE, Met
from tests.core.driver import ONLY_MOVE, Day, configured, ms

SHIPPED = configured(ONLY_MOVE)
LENGTH = 3 * MINUTE


def routine(name: str, kind: str, met: float, **more: object) -> Routine:
    """A routine of one step of 2 min."""
    return Routine(id=name, title=name, steps=(Step("Move", 120),), kind=kind, met=met, **more)  # type: ignore[arg-type]


WALK = routine("walk", "walking", 2.8)
SHIFT = routine("shift", "posture", 1.5, regions=("lower back",))
STRETCH = routine("stretch", "stretching", 2.3, regions=("neck",))
BOW = routine("bow", "posture", 1.5, involves=("bending",))
BRISK = routine("brisk", "walking", 4.8)
SQUATS = routine("squats", "strength", 5)
JACKS = routine("jacks", "strength", 8)
ALL = (WALK, SHIFT, STRETCH, BOW, BRISK, SQUATS, JACKS)
RULES = replace(SHIPPED, routines=ALL)


def chosen(bears: Bearing = ANYTHING, memory: Memory = Memory(), rules: Rules = RULES) -> Choice:  # noqa: B008
    """What is chosen for a move break of a body that bears so much."""
    return choose(rules, rules.breaks[-1], Moment(0, LENGTH, 0, False, bears), memory)


def offered(bears: Bearing, rules: Rules = RULES, turns: int = 40) -> Counter[str]:
    """What so many prompts in a row offer, and how often."""
    memory, found = Memory(), Counter[str]()
    for _ in range(turns):
        choice = chosen(bears, memory, rules)
        found[choice.routine.id if choice.routine else "none"] += 1
        memory = remember(memory, choice.routine, len(rules.routines))
    return found


# -- permission -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bears", "left"),
    [
        (ANYTHING, {"walk", "shift", "stretch", "bow", "brisk", "squats", "jacks"}),
        (Bearing(most=5.99), {"walk", "shift", "stretch", "bow", "brisk", "squats"}),
        (Bearing(most=2.99), {"walk", "shift", "stretch", "bow"}),
        (Bearing(left=0), {"walk", "shift", "bow"}),
        (Bearing(left=9 * MINUTE), {"walk", "shift", "stretch", "bow", "brisk", "squats"}),
        (Bearing(winding=True), {"walk", "shift", "stretch", "bow", "brisk", "squats"}),
        (Bearing(gentle=True), {"walk", "shift"}),
    ],
)
def test_what_the_body_bears(bears: Bearing, left: set[str]) -> None:
    """Rules 21, 22: intensity by readiness, load by what is left, bedtime, severe pain; all else comes in turn."""
    assert {each.id for each in ALL if not beyond(each, bears)} == left
    assert set(offered(bears)) == left


def test_nothing_left_says_so() -> None:
    """The prompt comes without a routine, and tells why."""
    found = chosen(Bearing(gentle=True), rules=replace(SHIPPED, routines=(SQUATS, JACKS)))
    assert found == Choice(None, (Because("none_bearable", 0, 2, "severe pain"),))


bodies = st.builds(
    lambda reports: reports,
    st.lists(
        st.builds(Felt, st.integers(0, 10), st.sampled_from(("", "neck")), st.integers(1, 9))
        | st.builds(Exercised, st.floats(1, 200), st.integers(0, 10), st.just("run")),
        max_size=6,
    ),
)


@given(bodies)
def test_nothing_is_suggested_over_the_cap(reports: list[Felt | Exercised]) -> None:
    """Whatever was reported: load and the routine's stay under the cap, the intensity under what readiness permits."""
    day = Day(rules=RULES)
    for event in reports:
        day.tells(event)
    state = day.state
    found = chosen(bearing(state.configured, state.body, state.now)).routine
    if found is None:
        return
    gauge = state.body.gauges[2]
    assert load_of(found) == 0 or gauge.value + load_of(found) <= gauge.limit
    assert found.met <= most_met(RULES.readiness, state.body.readiness, False)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 90))
def test_less_readiness_never_raises_an_intensity(one: int, other: int, minutes: int) -> None:
    """Rule 18: what is left with more pain is left with less, whatever was exerted."""
    less_pain, more_pain = sorted((one, other))
    found = []
    for pain in (less_pain, more_pain):
        day = Day(rules=RULES).tells(Felt(pain=pain)).tells(Exercised(1 + minutes, 2, "row"))
        found.append(bearing(day.state.configured, day.state.body, day.state.now))
    more, less = found
    assert less.most <= more.most
    assert less.left <= more.left
    assert {each.id for each in ALL if not beyond(each, less)} <= {each.id for each in ALL if not beyond(each, more)}


def test_severe_pain_through_the_engine() -> None:
    """Rule 22: pain of 7 said as a number: easy walking and changes of position alone, whatever was offered before."""
    day = Day(rules=RULES).types(until="09:33").tells(Felt(pain=7)).at("12:00")
    found = [it.routine for it in day.decided if isinstance(it, Prompt)][1:]
    assert len(found) > 2
    assert all(each is not None and is_gentle(each) for each in found)


def test_what_was_offered_is_offered_again_only_if_it_still_may() -> None:
    """A prompt that is repeated keeps its routine, but not through a report that speaks against it."""
    rules = replace(SHIPPED, routines=(JACKS, WALK))
    rules = replace(rules, choice=replace(rules.choice, met=Met(8)))
    day = Day(rules=rules).types(until="09:33")
    first = [it.routine for it in day.decided if isinstance(it, Prompt)][-1]
    day.tells(Felt(pain=8)).says("start")
    started = [it.routine for it in day.decided if isinstance(it, BreakStarted)][-1]
    assert (started, first in (JACKS, WALK)) == (WALK, True)


def test_an_easy_day_has_walking() -> None:
    """After too much: nothing lively, but easy walking."""
    day = Day(rules=RULES).tells(Exercised(60, 6, "run")).at("1+04:00").day_starts()
    bears = bearing(day.state.configured, day.state.body, day.state.now)
    assert (bears.most, beyond(WALK, bears), beyond(SQUATS, bears)) == (2.99, "", "intensity")


def test_wind_down() -> None:
    """An hour before bedtime, and after it, nothing vigorous."""
    day = Day("sleep.bedtime='23:00'", start="12:00").at("1+04:00").day_starts()
    assert day.state.body.bedtime == (ms("1+22:00"), ms("2+03:00"))
    at = {
        clock: bearing(day.state.configured, day.state.body, ms(f"1+{clock}")).winding for clock in ("21:59", "22:00")
    }
    assert at == {"21:59": False, "22:00": True}
    assert Day().at("1+04:00").day_starts().state.body.bedtime == (0, 0)
    day.at("1+21:00").types(until="1+22:40")
    said = [Because("wind_down") in it.because for it in day.decided if isinstance(it, Prompt) and it.kind == "move"]
    assert said == [False, False, True, True]  # 21:32, 21:44; half an hour of silence from 21:54; 22:26, 22:38


# -- need, rest -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["lower back", "back", "in the lower back, left"])
def test_where_it_hurts_comes_first(where: str) -> None:
    """Rule 21: a region in pain today is a sore one."""
    found = chosen(Bearing(hurts=where))
    assert found.routine == SHIFT
    assert found.because[0] == Because("sore", what="lower back")


def test_after_much_rest_a_walk() -> None:
    """Too much rest: an easy walk comes more often, and says why."""
    assert Because("much_rest") in chosen(Bearing(rested=True)).because
    assert offered(Bearing(rested=True))["walk"] > offered(ANYTHING)["walk"]


# -- habit ------------------------------------------------------------------------------------------------------------


def liking(habits: habit.Habits, routine: str, part: int) -> float:
    """A half, if nothing is known."""
    return habit.liking(habits.get(routine, habit.NOTHING)[part])


def test_habit_is_a_beta_posterior() -> None:
    """(1 + done) / (2 + done + skipped), by routine and part of the day; old answers fade."""
    habits: habit.Habits = {}
    assert liking(habits, "walk", 0) == 0.5
    for done in (True, True, False):
        habits = habit.answered(habits, "walk", 0, done, known=3)
    assert liking(habits, "walk", 0) == 3 / 5
    assert liking(habits, "walk", 1) == liking(habits, "stretch", 0) == 0.5
    assert [habit.times_done(habits, name) for name in ("walk", "stretch")] == [2, 0]
    for _ in range(30):
        habits = habit.answered(habits, "walk", 0, False, known=3)
    assert liking(habits, "walk", 0) < 0.1
    assert sum(habits["walk"][0]) <= habit.MEMORY


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), max_size=80))
def test_liking_is_within_bounds(told: list[tuple[str, habit.Part, bool]]) -> None:
    """Never 0, never 1: what was always skipped comes again."""
    habits: habit.Habits = {}
    for name, part, done in told:
        habits = habit.answered(habits, name, part, done, known=2)
    assert all(0 < liking(habits, name, part) < 1 for name in "abc" for part in range(3))
    assert len(habits) <= 2 and (not told or told[-1][0] in habits), "the latest"


def test_what_is_done_comes_more_often_and_what_is_skipped_less() -> None:
    """`[choice] habit`: a factor up and down; 1 is none. Every routine comes."""
    alike = [routine(name, kind, 2.3) for name, kind in (("a", "stretching"), ("b", "mobility"), ("c", "balance"))]
    rules = replace(SHIPPED, routines=tuple(alike))
    memory = Memory()
    for _ in range(10):
        memory = answered(answered(memory, "a", 0, True, 3), "b", 0, False, 3)

    def counts(rules: Rules) -> Counter[str]:
        now, found = memory, Counter[str]()
        for _ in range(60):
            choice = chosen(ANYTHING, now, rules)
            assert choice.routine is not None
            found[choice.routine.id] += 1
            now = remember(now, choice.routine, 3)
        return found

    liked = counts(rules)
    assert liked["a"] >= liked["c"] >= liked["b"] > 0
    assert liked["a"] > liked["b"]
    indifferent = counts(replace(rules, choice=replace(rules.choice, habit=1)))
    assert max(indifferent.values()) - min(indifferent.values()) <= 1
    assert Because("habit", 11 / 12, 1) in chosen(ANYTHING, memory, replace(rules, routines=(alike[0],))).because


def test_answers_are_learned_through_the_engine() -> None:
    """Done is done; skipped and abandoned are not; what the person asked for by name says nothing of habits."""
    rules = replace(SHIPPED, routines=(WALK,))
    day = Day(rules=rules).types(until="09:32").idles(until="09:40")
    assert day.state.memory.habits == {"walk": ((1, 0), (0, 0), (0, 0))}
    day.types(until="10:30").says("skip")
    assert day.state.memory.habits == {"walk": ((1, 1), (0, 0), (0, 0))}
    day.types(until="11:10").says("start").at("11:10:30").idles(until="11:11:30").types().says("stop")
    assert day.state.memory.habits["walk"][0] == (1, 2)
    day.says("start", routine="walk").idles(until="11:40")
    assert day.state.memory.habits["walk"][0] == (1, 2)


@pytest.mark.parametrize(
    ("clock", "part"), [("1+04:00", 0), ("1+11:59", 0), ("1+12:00", 1), ("1+18:00", 2), ("2+03:59", 2)]
)
def test_parts_of_the_day(clock: str, part: int) -> None:
    """Until noon, until 18:00, after, from the start of the day at 4:00."""
    day = Day().at("1+04:00").day_starts()
    assert bearing(day.state.configured, day.state.body, ms(clock)).part == part
    assert bearing(SHIPPED, Day(start="09:00").state.body, ms("09:00") + 9 * HOUR).part == 1  # no day started yet


# -- progression ------------------------------------------------------------------------------------------------------


def test_progress_between_siblings() -> None:
    """A harder sibling waits until the easier one was done six times; then it comes before it. All come at times."""
    easy, hard = routine("easy", "strength", 3.5), routine("hard", "mobility", 5, easier="easy")
    rules = replace(SHIPPED, routines=(easy, hard, STRETCH))
    memory = Memory()
    assert rules.easier == {"hard": "easy"}

    def share(memory: Memory, bears: Bearing = ANYTHING) -> Counter[str]:
        found = Counter[str]()
        for _ in range(60):
            choice = chosen(bears, memory, rules)
            assert choice.routine is not None
            found[choice.routine.id] += 1
            memory = remember(memory, choice.routine, 3)
        return found

    assert share(memory)["easy"] >= share(memory)["hard"] > 0
    for _ in range(6):
        memory = answered(memory, "easy", 0, True, 3)
    after = share(memory)
    assert after["hard"] >= after["easy"] > 0
    reasons = [chosen(ANYTHING, remember(remember(memory, STRETCH, 3), easy, 3), rules).because]
    assert any(Because("progress", 6, 6) in because for because in reasons)
    assert share(memory, Bearing(ready=False))["easy"] >= share(memory, Bearing(ready=False))["hard"]


def test_without_progress() -> None:
    """Rules of journals from before know none."""
    easy, hard = routine("easy", "strength", 3.5, harder="hard"), routine("hard", "mobility", 5)
    old = replace(SHIPPED, routines=(easy, hard), choice=replace(SHIPPED.choice, progress=0))
    assert old.easier == {"hard": "easy"}
    assert chosen(ANYTHING, Memory(), old).routine == easy
