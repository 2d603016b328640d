"""Which routines a person may be offered at all: what depends on rules alone, worked out once (rule 21)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from breakd.core.bars import BreakRule, Stance
from breakd.core.routines import Routine

Desk = Literal["fixed", "sit-stand"]

USUAL = {True: "move", False: "micro"}  # whose routines a kind takes that no routine names, by whether one leaves
OUT_OF_VIEW = frozenset(("standing", "one-leg", "floor", "kneeling", "overhead", "jumping"))  # not in a call
WALKING = "walking"
BENDS = frozenset(("bending", "twisting"))


class MeRule(Struct, frozen=True, kw_only=True):
    """What the person can and wants to do (rule 21): the table `[me]`, words as in `breakd/core/vocabulary.py`.

    `avoid`: what a routine is not to involve, move, need or be; `sore`: regions that come first; `places`: where the
    person is (none: anywhere); `equipment`: what is at hand (None: everything, as in journals from before it);
    `desk`: whether its height can be changed.
    """

    avoid: tuple[str, ...] = ()
    sore: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    equipment: tuple[str, ...] | None = None
    desk: Desk = "fixed"

    def instead_of(self, stance: Stance) -> Stance | None:
        """The posture that the desk allows in place of this one; None if there is no other."""
        if self.desk == "fixed" or (stance == "sitting" and "standing" in self.avoid):
            return None
        return "standing" if stance == "sitting" else "sitting"


class Candidate(Struct, frozen=True, gc=False):
    """A routine with what its choice asks of it."""

    routine: Routine
    id: str
    length: int  # ms
    sore: str  # the first of its regions that is sore
    discreet: bool  # it can be done in a call: seated, hands down
    bends: bool  # without having walked before
    walking: bool


class Candidates(Struct, frozen=True, gc=False):
    """Those permitted of the `known` ones that fit a kind of break, in a row and by id; the `longest` of them, ms."""

    permitted: tuple[Candidate, ...]
    known: int
    longest: int
    by_id: dict[str, Candidate]


def candidates(routines: Iterable[Routine], kind: BreakRule, me: MeRule) -> Candidates:
    """The routines for this kind of break. One that no routine names takes those of the usual kinds."""
    fitting = [routine for routine in routines if kind.name in routine.breaks]
    fitting = fitting or [routine for routine in routines if USUAL[kind.leaving] in routine.breaks]
    permitted = tuple(_candidate(routine, me) for routine in fitting if refused(routine, me) is None)
    return Candidates(
        permitted,
        len(fitting),
        max((each.length for each in permitted), default=0),
        {each.id: each for each in permitted},
    )


def refused(routine: Routine, me: MeRule) -> tuple[str, str] | None:
    """The key of `[me]` that speaks against a routine, and the word; None if none does."""
    for word in me.avoid:
        if word in routine.involves or word in routine.regions or word in routine.needs or word == routine.kind:
            return "avoid", word
    for need in routine.needs:
        if me.equipment is not None and need not in me.equipment:
            return "equipment", need
    if me.places and routine.places and not set(me.places) & set(routine.places):
        return "places", routine.places[0]
    return None


def _candidate(routine: Routine, me: MeRule) -> Candidate:
    return Candidate(
        routine,
        routine.id,
        round(routine.seconds * 1000),
        next((region for region in me.sore if region in routine.regions), ""),
        not OUT_OF_VIEW.intersection(routine.involves),
        not routine.warm_up and not BENDS.isdisjoint(routine.involves),
        routine.kind == WALKING,
    )
