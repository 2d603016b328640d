"""Drawing conclusions: what holds now, until nothing new follows, and when to look again."""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core import conditions as when
from breakd.core import hours
from breakd.core import presence as seen
from breakd.core.bars import Doing
from breakd.core.body import checkins, health
from breakd.core.deadlines import deadline, soonest, steady
from breakd.core.ledger import Ledger, rewrite, run
from breakd.core.limits import warn
from breakd.core.presence import Presence
from breakd.core.prompts import settle_slot
from breakd.core.state import Decisions, Moments, State, lived


def settle_all(state: State, out: Decisions) -> State:
    """Draw every conclusion that holds now, until none is left, and note when to look again."""
    while True:
        seen: Moments = []
        presence = state.presence
        if state.paused_until is not None:
            state = _resume_in_time(state)
        if presence.doing != "away" and (presence.idle or presence.asleep):
            presence, ledger = recognised(state, seen)
            if ledger is not state.ledger:
                state = replace(state, presence=presence, ledger=run(state.rules, ledger, state.now))
        if state.call is not None:
            state = hours.lapse(state, out)
        if (turns := state.body.turns) is not None and state.now >= turns:
            state = replace(state, body=health.turned(state.configured, state.body, state.now))
        settled = settle_slot(state, out)
        if settled is state:
            break
        state = settled
    moments: Moments = []
    state = warn(state, out, moments)
    if state.checkins.left:
        state = checkins.settle(state, out, moments)
    return awaiting(state, seen, moments)


def awaiting(state: State, seen: Moments, moments: Moments) -> State:
    """The state with when to look again: for what is `seen` of the person, and for all else."""
    until = deadline(state, moments)
    if seen and until is not None:
        seen.append(until)
    return replace(state, steady=steady(state, until), wake=soonest(state, seen) if seen else until)


def _resume_in_time(state: State) -> State:
    if state.paused_until is None or state.now < state.paused_until:
        return state
    return lived(replace(state, paused_until=None))


def recognised(state: State, moments: Moments) -> tuple[Presence, Ledger]:
    """Whether the person, of whom nothing is heard, is idle or gone, from the moment it was so, or when."""
    now, presence, ledger = state.now, state.presence, state.ledger
    leaving = when.leaving(state)
    if leaving is not None:
        if now >= leaving[0]:
            return _truly(state, "away", leaving[1])
        moments.append(leaving[0])
    if presence.idle and presence.doing == "input":
        notice = presence.input_at + state.rules.presence.notice
        if now >= notice:
            return _truly(state, "reading", presence.input_at)
        moments.append(notice)
    return presence, ledger


def _truly(state: State, doing: Doing, since: int) -> tuple[Presence, Ledger]:
    # What was settled stays: the start of a day, or the end of a break, may lie between the last sign and now.
    since = max(since, state.ledger.spans[0].start)
    return seen.lives(state.presence, doing, since), rewrite(state.rules, state.ledger, since, doing, state.now)
