"""What the calendar says: quiet hours, in which nothing is shown, and breaks at fixed times (rules 25, 26).

The calendar tells the next quiet hours before they begin, so that no event that comes late, or never, lets a prompt
through: whether it is quiet is a question about the state at any moment.
A break at a fixed time is a `Call` from when it is due until it is answered, missed or no longer worth asking for.
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core.decisions import Lapsed
from breakd.core.events import Alarm
from breakd.core.rules import Rules, ScheduleRule
from breakd.core.state import Call, Decisions, Quiet, State

# The alarms that tell hours:
QUIET = "quiet"  # quiet hours, and what is outside working hours
SILENCE = "silence"  # quiet hours alone


def quiet(state: State) -> bool:
    """Whether nothing is shown by itself now (rule 25)."""
    since, until = state.quiet
    return since <= state.now < until


def silent(state: State) -> bool:
    """Whether not even a break at a fixed time is shown now: outside working hours it is, in quiet hours not."""
    since, until = state.silence
    return since <= state.now < until


def hushed(state: State) -> bool:
    """Whether what the slot is about is not to be shown now."""
    return silent(state) if state.slot.call else quiet(state)


def told(state: State, alarm: Alarm) -> State:
    """The calendar told which hours are on, or come next; the same state if that is no news."""
    span = Quiet(alarm.from_ms or 0, alarm.until_ms or 0)
    if alarm.what == QUIET:
        return state if span == state.quiet else replace(state, quiet=span)
    return state if span == state.silence else replace(state, silence=span)


def scheduled(rules: Rules, name: str) -> ScheduleRule | None:
    """The break at fixed times of this name, if there is one, and its kind."""
    kinds = [breaks.name for breaks in rules.breaks]
    return next((each for each in rules.schedule if each.name == name and each.kind in kinds), None)


def kind_of(state: State, name: str) -> int:
    """Of which kind this scheduled break is, as an index into `Rules.breaks`; -1 if there is none of this name."""
    found = scheduled(state.rules, name)
    names = [breaks.name for breaks in state.rules.breaks]
    return -1 if found is None else names.index(found.kind)


def called(state: State) -> int:
    """The kind of the scheduled break that is still to be done, -1 if there is none."""
    return -1 if state.call is None else kind_of(state, state.call.name)


def ring(state: State, name: str, at: int, out: Decisions) -> State:
    """It was time for this break `at` then, which may be long ago. Of several only the latest counts."""
    found = scheduled(state.rules, name)
    if found is None or (state.call is not None and at <= state.call.due):
        return state
    if state.call is not None and not _asked(state, state.call):
        state = _lapse(state, out)
    return replace(state, call=Call(name, at, at + found.late))


def lapse(state: State, out: Decisions) -> State:
    """Let a break go that nobody could be asked for in time. One that was shown has its attempts, however long."""
    call, slot = state.call, state.slot
    assert call is not None
    if state.now < call.until or _asked(state, call):
        return state
    if slot.call == call.name:  # it may be due for its bar too
        state = replace(state, slot=replace(slot, call="", routine=""))
    return _lapse(state, out)


def _asked(state: State, call: Call) -> bool:
    return state.slot.call == call.name and (state.slot.attempt > 0 or state.slot.phase in ("resting", "halted"))


def _lapse(state: State, out: Decisions) -> State:
    assert state.call is not None
    out.append(Lapsed(state.now, state.rules.breaks[called(state)].name, state.call.name))
    return replace(state, call=None)


def settled(state: State) -> State:
    """The break the slot is about was answered, missed or done, and with it a scheduled one that is no longer."""
    return state if state.call is None or called(state) > state.slot.kind else replace(state, call=None)


def put_off(state: State, kind: int, until: int) -> State:
    """The break of this kind was snoozed until then: so is a scheduled one, and worth asking for as long after it."""
    call = state.call
    if call is None or called(state) > kind:
        return state
    late = next(each.late for each in state.rules.schedule if each.name == call.name)
    return replace(state, call=replace(call, until=max(call.until, until + late)))


def reconfigured(state: State) -> State:
    """Under new rules: what is scheduled no longer is forgotten."""
    call, slot = state.call, state.slot
    if call is not None and called(state) < 0:
        state = replace(state, call=None)
    if slot.call and kind_of(state, slot.call) != slot.kind:
        state = replace(state, slot=replace(slot, call=""))
    return state
