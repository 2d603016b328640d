"""Which routine is offered (rule 21): need, permission, fit, habit and variety, and the reasons.

All routines that may be offered wait, and the one that waited longest is next. Time runs faster for those that are
needed: a routine for a sore region may count as having waited three times as long as it did. So need decides how
often a routine comes, but every one comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from breakd.core.bars import BreakRule
from breakd.core.choosing import habit
from breakd.core.choosing.advising import concerning, weight
from breakd.core.choosing.bearing import ANYTHING, Bearing, bears_all, beyond, hurting
from breakd.core.choosing.habit import NONE, Habits, Part
from breakd.core.choosing.permission import Candidate, Candidates
from breakd.core.decisions import Because
from breakd.core.events import Advice
from breakd.core.routines import Routine
from breakd.core.rules import Rules

HALF = 0.5
NEVER = -1  # the turn of a routine that was not offered yet


class Memory(Struct, frozen=True, array_like=True, gc=False):
    """What choices remember. `turn`: how many there were; `offered`: ids with the turn; `moved`: regions with the time.

    A region is moved by a routine that was offered in a break which was then done. `habits`: what became of routines.
    """

    turn: int = 0
    offered: tuple[tuple[str, int], ...] = ()  # the latest first
    moved: tuple[tuple[str, int], ...] = ()
    habits: Habits = NONE


class Moment(Struct, frozen=True, gc=False):
    """What is so when a routine is chosen, times in ms.

    `sat`: the sedentary bout; `call`: whether one is on; `bears`: what the body bears.
    """

    now: int
    length: int
    sat: int = 0
    call: bool = False
    bears: Bearing = ANYTHING


class Choice(NamedTuple):
    """The routine, if any may be offered, and why this one."""

    routine: Routine | None
    because: tuple[Because, ...]


def choose(rules: Rules, kind: BreakRule, moment: Moment, memory: Memory, advice: Sequence[Advice] = ()) -> Choice:
    """A routine for a break of this kind. Deterministic: the same for the same arguments."""
    found = rules.candidates[kind.name]
    permitted = [each for each in found.permitted if weight(each.routine, advice)] if advice else found.permitted
    if found.permitted and not permitted:
        return Choice(None, (Because("advised_against", 0, len(found.permitted)),))
    left = permitted
    if not bears_all(moment.bears, found.longest):
        left = [each for each in permitted if not beyond(each.routine, moment.bears, each.length)]
    if permitted and not left:
        against = beyond(min(permitted, key=lambda each: each.id).routine, moment.bears)
        return Choice(None, (Because("none_bearable", 0, len(permitted), against.replace("_", " ")),))
    fitting = _fitting(left, found.longest, rules, moment)
    if not fitting:
        code = "none_in_call" if permitted else "none_permitted"
        return Choice(None, (Because(code, 0, found.known),) if found.known else ())
    waits = _Waits(rules, moment, memory, advice, found)
    best = waits.next(waits.in_turn(fitting))
    reasons = [Because("permitted", len(fitting), found.known)] if len(fitting) < found.known else []
    return Choice(best.routine, (*waits.reasons(best), *reasons))


def remember(memory: Memory, routine: Routine | None, known: int) -> Memory:
    """The memory with this routine offered; of no more than the `known` latest."""
    if routine is None:
        return memory
    others = [each for each in memory.offered if each[0] != routine.id]
    return replace(memory, turn=memory.turn + 1, offered=((routine.id, memory.turn), *others)[:known])


def answered(memory: Memory, routine: str, part: Part, done: bool, known: int) -> Memory:
    """The memory with what became of this routine; of no more than the `known` latest."""
    return replace(memory, habits=habit.answered(memory.habits, routine, part, done, known))


def moved(memory: Memory, routine: Routine, now: int) -> Memory:
    """The memory with this routine done."""
    others = [each for each in memory.moved if each[0] not in routine.regions]
    return replace(memory, moved=(*((region, now) for region in dict.fromkeys(routine.regions)), *others))


def _fitting(permitted: Sequence[Candidate], longest: int, rules: Rules, moment: Moment) -> Sequence[Candidate]:
    """Those for this moment. What only suits less well is dropped as long as anything else is left.

    `longest`: none of them is longer, ms.
    """
    if moment.call:
        permitted = [each for each in permitted if each.discreet]
    short = permitted
    if longest > moment.length:
        short = [each for each in permitted if each.length <= moment.length] or permitted
    if moment.sat < rules.choice.walk_after:
        return short
    return [each for each in short if not each.bends] or short


class _Waits:
    """How long each routine has waited, and what makes its time run faster."""

    def __init__(
        self, rules: Rules, moment: Moment, memory: Memory, advice: Sequence[Advice], found: Candidates
    ) -> None:
        self._advice = advice
        self._rules = rules
        self._rule = rules.choice
        self._bears = moment.bears
        self._habits = memory.habits
        self._steps = self._stepping()
        self._moment = moment
        self._turn = memory.turn
        self._offered = dict(memory.offered)
        self._known = found.by_id
        self._moved = dict(memory.moved)
        since = moment.now - rules.choice.unmoved
        self._recent = {region for region, at in memory.moved if at > since}
        self._walk = moment.sat >= rules.choice.walk_after or moment.bears.rested

    def in_turn(self, fitting: Sequence[Candidate]) -> Sequence[Candidate]:
        """Those whose turn it can be: not the last one again, and of another kind, where there is one."""
        last = self._last(fitting)
        if last is None:
            return fitting
        kind = last.routine.kind
        other_kind = [each for each in fitting if each.routine.kind != kind]
        return other_kind or [each for each in fitting if each is not last] or fitting

    def _last(self, fitting: Sequence[Candidate]) -> Candidate | None:
        """The one of them that was offered last."""
        for name in self._offered:
            each = self._known.get(name)
            if each is not None and each in fitting:
                return each
        return None

    def next(self, fitting: Sequence[Candidate]) -> Candidate:
        """The one that waited longest. Ties go to what is as lively as `met`, an easy walk."""
        waited = self._weighed(fitting)
        longest = max(waited)
        if waited.count(longest) == 1:
            return fitting[waited.index(longest)]
        return min((each for each, so_long in zip(fitting, waited, strict=True) if so_long == longest), key=self._tie)

    def _tie(self, each: Candidate) -> tuple[object, ...]:
        return not each.walking, abs(each.routine.met - self._rule.met), each.id

    def _weighed(self, fitting: Sequence[Candidate]) -> list[float]:
        """How long each waited, by the time that runs for it."""
        rule, advice, offered, habits, steps = self._rule, self._advice, self._offered, self._habits, self._steps
        part, hurts, recent, walk, found = self._bears.part, self._bears.hurts, self._recent, self._walk, []
        for each in fitting:  # a prompt weighs dozens
            routine, name = each.routine, each.id
            waited: float = self._turn - offered.get(name, NEVER)
            if advice:
                waited *= weight(routine, advice)
            if name in habits:
                waited *= habit.factor(habits[name][part], rule.habit)
            if name in steps:
                waited *= steps[name]
            if each.sore or (hurts and self._sore(each)):
                waited *= rule.sore
            if not recent.issuperset(routine.regions):
                waited *= rule.needed
            if each.walking and walk:
                waited *= rule.walking
            found.append(waited)
        return found

    def reasons(self, each: Candidate) -> tuple[Because, ...]:
        """Why this one, the strongest reason first."""
        found, unmoved = [], self._unmoved(each)
        if sore := self._sore(each):
            found.append(Because("sore", what=sore))
        easier = self._rules.easier.get(each.routine.id, "")
        if self._steps.get(each.routine.id, 1) > 1:
            found.append(Because("progress", habit.times_done(self._habits, easier), self._rule.progress))
        if unmoved:
            at = self._moved.get(unmoved)
            ms = 0 if at is None else self._moment.now - at
            found.append(Because("unmoved_ms", ms, self._rule.unmoved, unmoved))
        if each.walking and self._bears.rested:
            found.append(Because("much_rest"))
        elif self._walk and each.walking:
            found.append(Because("walking_first_ms", self._moment.sat, self._rule.walk_after))
        found += [
            Because("advised", one.factor, what=one.because or one.tag)
            for one in concerning(each.routine, self._advice)
            if one.factor > 1
        ]
        liked = habit.liking(self._habits.get(each.id, habit.NOTHING)[self._bears.part])
        if liked > HALF and self._rule.habit > 1:
            found.append(Because("habit", liked, 1))
        last = self._offered.get(each.id, NEVER)
        found.append(Because("waited", 0 if last == NEVER else self._turn - last))
        return tuple(found)

    def _sore(self, each: Candidate) -> str:
        """The region for which it comes first: one that hurts today, or that always does."""
        return (hurting(each.routine, self._bears) if self._bears.hurts else "") or each.sore

    def _stepping(self) -> dict[str, float]:
        """The factors of progress: a harder sibling waits until the easier one is done often, then that one does."""
        needed, siblings, often, habits = self._rule.needed, self._rules.easier, self._rule.progress, self._habits
        if not often:
            return {}
        found: dict[str, float] = dict.fromkeys(siblings, 1 / needed)
        if self._bears.ready:
            now = [it for it in siblings.items() if it[1] in habits and habit.times_done(habits, it[1]) >= often]
            found |= {harder: needed for harder, _ in now}
            found |= {easier: 1 / needed for _, easier in now}  # of three in a row the middle one is both
        return found

    def _unmoved(self, each: Candidate) -> str:
        """The first of its regions that needs moving, "" if none does."""
        return next((region for region in each.routine.regions if region not in self._recent), "")
