"""What the slot's break is asked for with: how long it lasts, why it is due, and which routine is offered."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from msgspec.structs import replace

from breakd.core.body import health
from breakd.core.choosing.advising import advised
from breakd.core.choosing.bearing import bearing, beyond, part_of
from breakd.core.choosing.choice import Choice, Memory, Moment, choose, moved, remember
from breakd.core.choosing.choice import answered as remembered
from breakd.core.choosing.permission import refused
from breakd.core.decisions import Because, BreakStarted, Decision, Prompt
from breakd.core.limits import tightening
from breakd.core.routines import Routine
from breakd.core.state import State, rule


def length_at(state: State, level: int) -> int:
    """How long the slot's break lasts, ms, with its bar at this level; all of a scheduled or asked-for routine."""
    length = rule(state).length(level)
    routine = known(state, state.slot.routine) if state.slot.call or state.slot.asked else None
    return length if routine is None else max(length, ceil(routine.seconds * 1000))


def reasons(state: State) -> tuple[Because, ...]:
    """Why the slot's break is due."""
    slot, breaks, tally = state.slot, rule(state), state.tally
    found = [Because(f"bar_{breaks.counts}", tally.levels[slot.kind] / breaks.full, 1)]
    if breaks.leaving:
        found.append(Because("sitting_ms", tally.bout_ms, state.rules.limits.sitting))
        found += tightening(state, "sitting")
    if slot.call:
        found.append(Because("scheduled"))
    if slot.gentle:
        found.append(Because("held"))
    if state.body.bedtime.since <= state.now < state.body.bedtime.until:
        found.append(Because("wind_down"))
    if state.kinds[slot.kind].snoozes:
        found.append(Because("snoozes", state.kinds[slot.kind].snoozes))
    if not state.presence.idle and state.now >= slot.since + state.rules.prompt.patience:
        found.append(Because("no_lull_ms", state.now - slot.since, state.rules.prompt.patience))
    return tuple(found)


def known(state: State, name: str) -> Routine | None:
    """The routine of this id, if it is still there, from a plugin's file or from an adviser."""
    added = (routine for routine in state.gathered.routines if routine.id == name)
    return state.rules.by_id.get(name) or next(added, None)


def offer(state: State, length: int) -> tuple[Choice, Memory]:
    """The routine of the slot's break, and the memory with it: the one it has already, if that still may be offered."""
    routine, rules = known(state, state.slot.routine), advised(state.rules, state.gathered)
    if routine is not None and state.slot.asked:
        return Choice(routine, (Because("asked"),)), remember(state.memory, routine, len(rules.routines))
    if routine is not None and may_do(state, routine):
        if state.slot.call and not state.slot.attempt:  # its schedule names it, which is reason enough
            return Choice(routine, ()), remember(state.memory, routine, len(rules.routines))
        return Choice(routine, (Because("kept"),)), state.memory
    bears = bearing(state.configured, state.body, state.now)
    moment = Moment(state.now, length, state.tally.bout_ms, state.presence.claims_of("call"), bears)
    choice = choose(rules, rule(state), moment, state.memory, state.gathered.advice)
    return choice, remember(state.memory, choice.routine, len(rules.routines))


def offers(before: State, after: State, decisions: Iterable[Decision]) -> bool:
    """Whether it may matter from one state to the other which routines there are: a break is due, on, or was.

    As long as it is False other routines would have led to the same.
    """
    named = any(isinstance(decision, (Prompt, BreakStarted)) for decision in decisions)
    return named or not before.slot.phase == after.slot.phase == "calm"


def may_do(state: State, routine: Routine) -> bool:
    """Whether the person permits it, and the body bears it now."""
    return against(state, routine) is None


def against(state: State, routine: Routine) -> Because | None:
    """What speaks against this routine now: the person's own word (`refused`) or the body (`beyond`); None: nothing."""
    key, word = refused(routine, state.rules.me) or ("", "")
    code = key or beyond(routine, bearing(state.configured, state.body, state.now))
    return Because(code, what=word) if code else None


def did_routine(state: State, routine: Routine, ms: int) -> State:
    """This routine was done for so long: its regions were moved, it was some exertion, and it may become a habit."""
    body = health.done(state.configured, state.body, routine, ms, state.now)
    state = learned(state, routine.id, done=True)
    return replace(state, memory=moved(state.memory, routine, state.now), body=body)


def learned(state: State, routine: str, *, done: bool) -> State:
    """What became of a routine that was offered, "" for none."""
    if not routine or state.slot.asked:
        return state
    part = part_of(state.body, state.now)
    return replace(state, memory=remembered(state.memory, routine, part, done, len(state.rules.routines)))


def asked_for(state: State, routine: Routine) -> State:
    """The slot with the routine the person asked for; if nothing is due, about the longest break that it is for."""
    slot = replace(state.slot, routine=routine.id, asked=True)
    if slot.kind < 0:
        fits = [kind for kind, breaks in enumerate(state.rules.breaks) if breaks.name in routine.breaks]
        slot = replace(slot, kind=max(fits, default=-1))
    return replace(state, slot=slot)
