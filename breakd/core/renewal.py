"""Other rules in mid-flight: those of new settings, or the same ones tightened by readiness (rule 18)."""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core import hours
from breakd.core.body.health import assessed
from breakd.core.body.readiness import tightened
from breakd.core.body.state import Body
from breakd.core.ledger import settle
from breakd.core.limits import lowered
from breakd.core.prompts import order
from breakd.core.rules import Rules
from breakd.core.state import CALM, Decisions, Kind, State, rest_counter, rested


def fitted(state: State, body: Body, out: Decisions, *, assess: bool = True) -> State:
    """The state with this body, and with the rules that it makes of the configured ones."""
    if assess:
        body = assessed(state.configured, body, state.now)
    return adopted(lowered(replace(state, body=body)), tightened(state.configured, body.readiness), out)


def adopted(state: State, new: Rules, out: Decisions) -> State:
    """The state under new rules: a bar keeps its share, a break that is on goes on if its kind is still there."""
    old = state.rules
    if new == old:
        return state
    places = {breaks.name: place for place, breaks in enumerate(old.breaks)}
    levels, kinds = [], []
    for breaks in new.breaks:
        place = places.get(breaks.name)
        level = 0 if place is None else state.tally.levels[place] * breaks.full // old.breaks[place].full
        levels.append(min(level, breaks.bound))
        kinds.append(Kind() if place is None else state.kinds[place])
    ledger = replace(state.ledger, tally=replace(state.tally, levels=tuple(levels)))
    names = [breaks.name for breaks in new.breaks]
    name = old.breaks[state.slot.kind].name if state.slot.kind >= 0 else ""
    if name and name not in names:
        state = order(state, "pause", None, out)  # withdrawn as if paused: its kind is gone
    slot, done = (replace(state.slot, kind=names.index(name)), rested(state)) if name in names else (CALM, 0)
    state = replace(state, rules=new, ledger=settle(ledger, ledger.manner), kinds=tuple(kinds), slot=slot)
    if slot.phase in ("resting", "halted"):  # what was rested stays rested, even if another rest counts from now on
        state = replace(state, slot=replace(slot, begun=rest_counter(state, slot.kind) - done))
    return hours.reconfigured(state)
