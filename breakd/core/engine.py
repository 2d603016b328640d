"""The one way forward: `step` folds an event into the state, `advance` lets time pass, `next_deadline` says when to.

Live run, replay and simulation all call these and nothing else. All is pure: time comes in with the event.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from breakd.core import hours
from breakd.core import presence as seen
from breakd.core.bars import Manner
from breakd.core.body import checkins, health
from breakd.core.body.state import Body
from breakd.core.decisions import Decision
from breakd.core.events import (
    Active,
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Gathered,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.hours import QUIET, SILENCE
from breakd.core.ledger import run, settle
from breakd.core.limits import GAUGES
from breakd.core.noting import input_began, input_ended, note
from breakd.core.presence import Voice
from breakd.core.prompts import order
from breakd.core.renewal import fitted
from breakd.core.rules import Rules
from breakd.core.settling import awaiting, settle_all
from breakd.core.state import (
    Decisions,
    State,
    initial,
    lived,
)

# The alarms of the calendar:
DAY_STARTS = "day"  # the desk gauge begins anew (rule 17)
BREAK = "break"  # time for a scheduled break (rule 26)
CHECK_IN = "checkin"  # time for a check-in (rule 22)

__all__ = [
    "BREAK", "CHECK_IN", "DAY_STARTS", "QUIET", "SILENCE", "State",
    "advance", "begin", "next_deadline", "patience", "step",
]  # fmt: skip


def begin(rules: Rules, now: int) -> State:
    """The state before the first event. `now`: ms of boot time."""
    body = health.assessed(rules, Body(began=now), now)
    state = initial(rules, now, len(GAUGES), body)
    return awaiting(state, [], [])


def next_deadline(state: State) -> int | None:
    """When to step or advance at the latest, ms of boot time, later than `state.now`; None: on the next event."""
    return state.wake


def step(state: State, entry: Entry) -> tuple[State, tuple[Decision, ...]]:
    """The state after an event, and what was decided up to and at the moment it was seen.

    While nobody watched (suspended, killed, frozen) nothing is decided: such an event is folded in at its own time.
    """
    out: Decisions = []
    seen, event = entry.seen, entry.event
    simply = _SIMPLY.get(type(event))
    if simply is not None and (noted := simply(state, entry)) is not None:
        return noted, ()
    state = _advance(state, entry.at if event.unwatched else seen, out)
    handler = _HANDLERS.get(type(event))
    if handler is not None:
        conclude = note if simply is not None else settle_all
        state = conclude(handler(state, entry, out), out)
    return (_advance(state, seen, out) if event.unwatched else state), tuple(out)


def advance(state: State, to: int) -> tuple[State, tuple[Decision, ...]]:
    """The state when nothing happens until `to`, and what is decided on the way."""
    out: Decisions = []
    return _advance(state, to, out), tuple(out)


def patience(state: State) -> int:
    """How long an idleness is worth telling now, ms: shorter while something waits for a lull (rule 1)."""
    if state.steady is not None:
        return state.rules.presence.notice
    if state.slot.phase == "waiting":
        return state.rules.prompt.lull
    for _, _, waiting in state.warned:
        if waiting is not None:
            return state.rules.prompt.lull
    return state.rules.presence.notice


def _advance(state: State, to: int, out: Decisions) -> State:
    while (wake := state.wake) is not None and wake <= to:
        state = note(_pass(state, wake), out)
    return _pass(state, to)


def _pass(state: State, to: int) -> State:
    ledger = state.ledger
    to = max(to, state.now)
    return state if to == ledger.at else replace(state, now=to, ledger=run(state.rules, ledger, to))


# -- events -------------------------------------------------------------------------------------------------------


def _active(state: State, entry: Entry, out: Decisions) -> State:
    if state.presence.suspended is not None:  # a source was faster than the system's own word
        state = _resumed(state, entry, out)
    return _woke(state, seen.heard(state.presence, entry.source, None), out)


def _woke(state: State, voices: tuple[Voice, ...], out: Decisions) -> State:
    """There is input now, as these voices say, unless the screen is locked."""
    now, presence = state.now, state.presence
    if presence.locked is not None or (presence.doing == "input" and not presence.idle):
        return state if voices == presence.voices else replace(state, presence=replace(presence, voices=voices))
    back = seen.came_back(presence, voices, state.rules.presence, state.tally, now)
    if presence.doing == "input":  # a silence too short to count
        return replace(state, presence=back)
    manner = Manner("input", presence.stance, state.paused_until is not None)
    state = replace(state, presence=back, ledger=settle(state.ledger, manner))
    return _returned(state, presence.since, out) if presence.away else state


def _returned(state: State, since: int, out: Decisions) -> State:
    """After an absence nobody is prompted for a while (rule 8), and the next prompt is not the snoozed one any more."""
    absence = state.now - since
    until = state.now + state.rules.prompt.after_absence
    kinds = tuple(
        replace(kind, quiet_until=max(kind.quiet_until, until), snoozes=0) if absence >= breaks.duration else kind
        for kind, breaks in zip(state.kinds, state.rules.breaks, strict=True)
    )
    state = replace(state, kinds=kinds)
    body = health.came_back(state.configured, state.body, since, state.now, state.tally.desk_ms)
    return state if body is state.body else fitted(state, body, out, assess=False)


def _idle(state: State, entry: Entry, _out: Decisions) -> State:
    voices = seen.heard(state.presence, entry.source, entry.at)
    asked = state.slot.phase in ("shown", "resting", "halted")
    return replace(state, presence=seen.went_idle(state.presence, voices, asked))


def _locked(state: State, entry: Entry, _out: Decisions) -> State:
    if state.presence.locked is not None:
        return state
    return replace(state, presence=replace(state.presence, locked=entry.at))


def _unlocked(state: State, _entry: Entry, out: Decisions) -> State:
    now, since, presence = state.now, state.presence.locked, replace(state.presence, locked=None)
    if since is None:
        return state
    if now - since >= state.rules.presence.brief:
        presence = replace(seen.unlock_voice(presence), proven=True)
    state = replace(state, presence=presence)
    return _woke(state, presence.voices, out) if seen.last_input(presence.voices, now) is None else state


def _suspended(state: State, entry: Entry, _out: Decisions) -> State:
    if state.presence.suspended is not None:
        return state
    return replace(state, presence=replace(state.presence, suspended=entry.at))


def _resumed(state: State, _entry: Entry, _out: Decisions) -> State:
    since, presence = state.presence.suspended, replace(state.presence, suspended=None)
    if since is not None and state.now - since >= state.rules.presence.brief:
        presence = replace(seen.hush(presence, since), proven=True)
    return replace(state, presence=presence)


def _started(state: State, entry: Entry, out: Decisions) -> State:
    state = _advance(settle_all(_suspended(state, entry, out), out), entry.seen, out)
    return _resumed(state, entry, out)


def _busy(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Busy)
    return replace(state, presence=seen.claim(state.presence, entry.event.reason, entry.source, state.now))


def _free(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Free)
    rule = state.rules.presence
    return replace(state, presence=seen.disclaim(state.presence, rule, entry.event.reason, entry.source, state.now))


def _watching(state: State, entry: Entry, _out: Decisions) -> State:
    return replace(state, presence=seen.claim(state.presence, "film", entry.source, state.now))


def _not_watching(state: State, entry: Entry, _out: Decisions) -> State:
    presence = seen.disclaim(state.presence, state.rules.presence, "film", entry.source, state.now)
    return replace(state, presence=presence)


def _posture(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Posture)
    return lived(replace(state, presence=replace(state.presence, stance=entry.event.value)))


def _command(state: State, entry: Entry, out: Decisions) -> State:
    command = entry.event
    assert isinstance(command, Command)
    if command.order == "resume":
        return lived(replace(state, paused_until=None))
    state = order(state, command.order, command.for_ms, out, command.routine)
    if command.order == "pause":
        return lived(replace(state, paused_until=state.now + (command.for_ms or state.rules.prompt.pause)))
    return state


def _alarm(state: State, entry: Entry, out: Decisions) -> State:
    alarm = entry.event
    assert isinstance(alarm, Alarm)
    if alarm.what in (QUIET, SILENCE):
        return hours.told(state, alarm)
    if alarm.what == BREAK:
        return hours.ring(state, alarm.label, entry.at, out)
    if alarm.what == CHECK_IN:
        return checkins.ring(state)
    if alarm.what != DAY_STARTS:
        return state
    up = not state.presence.away or state.now - state.presence.since < state.rules.sleep.main
    body = health.day_starts(state.configured, state.body, entry.at, up)
    return fitted(_desk(state, 0) if body.day != state.body.day else state, body, out)


def _desk(state: State, ms: int) -> State:
    """So long at the desk today."""
    ledger = replace(state.ledger, tally=replace(state.tally, desk_ms=ms))
    return replace(state, ledger=settle(ledger, ledger.manner))


def _zone(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Zone)
    return replace(state, zone=entry.event.zone)


def _clock(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Clock)
    return replace(state, offset=state.offset + entry.event.shift_ms)


def _configured(state: State, entry: Entry, out: Decisions) -> State:
    assert isinstance(entry.event, Configured)
    new = entry.event.rules
    if new == state.configured:
        return state
    return fitted(replace(state, configured=new), state.body, out)


def _slept(state: State, entry: Entry, out: Decisions) -> State:
    assert isinstance(entry.event, Slept)
    body = health.slept(state.configured, state.body, entry.event, state.now)
    state = checkins.answered(state, entry.event, out)
    if body == state.body:
        return state
    if body.day > state.body.day:  # it begins where the sleep ended
        back, up, desk = body.back, entry.event.to_ms, state.tally.desk_ms
        desk = desk - back.desk_ms if back.since < up <= back.until else min(desk, state.now - up)
        state, body = _desk(state, desk), replace(body, back=back._replace(desk_ms=0))
    return fitted(state, body, out)


def _felt(state: State, entry: Entry, out: Decisions) -> State:
    assert isinstance(entry.event, Felt)
    body = health.felt(state.body, entry.event, entry.at)
    state = checkins.answered(state, entry.event, out)
    return state if body == state.body else fitted(state, body, out)


def _exercised(state: State, entry: Entry, out: Decisions) -> State:
    assert isinstance(entry.event, Exercised)
    body = health.exercised(state.body, entry.event, entry.at)
    return state if body == state.body else fitted(state, body, out)


def _gathered(state: State, entry: Entry, _out: Decisions) -> State:
    assert isinstance(entry.event, Gathered)
    return replace(state, gathered=entry.event)


_SIMPLY: dict[type[Event], Callable[[State, Entry], State | None]] = {Active: input_began, Idle: input_ended}
_HANDLERS: dict[type[Event], Callable[[State, Entry, Decisions], State]] = {
    Active: _active,
    Idle: _idle,
    Locked: _locked,
    Unlocked: _unlocked,
    Suspended: _suspended,
    Resumed: _resumed,
    Started: _started,
    Busy: _busy,
    Free: _free,
    Watching: _watching,
    NotWatching: _not_watching,
    Posture: _posture,
    Command: _command,
    Alarm: _alarm,
    Zone: _zone,
    Clock: _clock,
    Configured: _configured,
    Gathered: _gathered,
    Slept: _slept,
    Felt: _felt,
    Exercised: _exercised,
}
