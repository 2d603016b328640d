"""What is done on the way from one phase of a prompt to the next: the actions that the table in `prompts` names.

Each takes the state, adds what it decides to `out`, and gives the state after it; none changes the phase.
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core import conditions as when
from breakd.core import hours
from breakd.core.asking import did_routine, known, learned, length_at, may_do, offer, reasons
from breakd.core.body import checkins
from breakd.core.body.exertion import rpe_of
from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Held,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Tone,
    Withdraw,
)
from breakd.core.ledger import settle
from breakd.core.presence import watching
from breakd.core.state import (
    Decisions,
    Kind,
    Slot,
    State,
    rest_counter,
    rested,
    rule,
    with_kind,
)
from breakd.core.tally import Tally


def wait(state: State, out: Decisions) -> State:
    """A break is due; its moment is yet to come. It became due when the bar was full, which may be long ago."""
    kind, called = when.most_wanted(state), when.call_wanted(state)
    if called >= 0:  # else a longer break would be wanted, and absorb it
        assert state.call is not None
        return take_call(replace(state, slot=Slot("waiting", called, state.now, state.call.due)), out)
    breaks = state.rules.breaks[kind]
    overdue = (state.tally.levels[kind] - breaks.full) // breaks.fill
    return replace(state, slot=Slot("waiting", kind, state.now, state.now - overdue))


def take_call(state: State, out: Decisions) -> State:
    """What waits is the scheduled break from now on, with its routine; it may have been due for its bar (rule 26)."""
    found = hours.scheduled(state.rules, state.call.name if state.call else "")
    assert found is not None
    routine = known(state, found.routine)
    may = routine is not None and may_do(state, routine)
    state = drop(state, out)
    slot = replace(state.slot, call=found.name, routine=found.routine if may else "", attempt=0, stands=False)
    return replace(state, slot=slot)


def show(state: State, out: Decisions) -> State:
    """Ask, gently first."""
    slot, breaks = state.slot, rule(state)
    attempt = slot.attempt + 1
    length = length_at(state, state.tally.levels[slot.kind])
    (routine, why), memory = offer(state, length)
    tone: Tone = "quiet" if breaks.transient else "firm" if attempt > 1 and not slot.gentle else "gentle"
    snoozes = state.kinds[slot.kind].snoozes
    because = (*reasons(state), *why)
    stays = breaks.stays if breaks.transient else None
    posture = state.rules.me.instead_of(state.presence.stance) if breaks.counts == "sitting" else None
    out.append(
        Prompt(state.now, breaks.name, attempt, tone, routine, length, snoozes, because, slot.call, stays, posture)
    )
    return replace(
        state,
        slot=replace(slot, attempt=attempt, gentle=False, stands=True, routine=routine.id if routine else ""),
        presence=replace(state.presence, proven=True),  # from now on the idle person is believed (rule 3)
        notes=(*state.notes, state.now)[-state.rules.prompt.per_hour :],
        memory=memory,
        prompted=state.now if breaks.leaving else state.prompted,
    )


def say_held(state: State, out: Decisions) -> State:
    """Tell once why nothing comes."""
    out.append(Held(state.now, rule(state).name, when.hold(state)))
    return replace(state, slot=replace(state.slot, held=True))


def wait_again(state: State, _out: Decisions) -> State:
    """The hold is over: the pause of the person is waited for anew, and the prompt starts gentle."""
    return replace(state, slot=replace(state.slot, since=state.now, held=False, gentle=True))


def take_back(state: State, out: Decisions) -> State:
    """A hold came over the open prompt: as if it had not been asked."""
    out.append(Withdraw(state.now, rule(state).name))
    return replace(state, slot=replace(state.slot, attempt=state.slot.attempt - 1, gentle=True, stands=False))


def drop(state: State, out: Decisions) -> State:
    """It applies no longer."""
    if state.slot.stands:
        out.append(Withdraw(state.now, rule(state).name))
    return state


def let_fleeting_go(state: State, out: Decisions) -> State:
    """Small breaks do not insist."""
    return quiet(hours.settled(drop(state, out)), rule(state).every)


def give_up(state: State, out: Decisions) -> State:
    """Nobody answered. Somebody who watches a film is not said to have missed anything (rule 4)."""
    film = watching(state.presence, state.rules.presence, state.now)
    out.append((Withdraw if film else Missed)(state.now, rule(state).name))
    return quiet(hours.settled(state), state.rules.prompt.silence)


def snooze(state: State, out: Decisions) -> State:
    """Later. How often is counted and shown."""
    kind = state.kinds[state.slot.kind]
    out.append(Snoozed(state.now, rule(state).name, kind.snoozes + 1))
    return answered(state, replace(kind, snoozes=kind.snoozes + 1))


def skip(state: State, out: Decisions) -> State:
    """Not this one."""
    out.append(Skipped(state.now, rule(state).name))
    state = learned(state, state.slot.routine, done=False)
    return hours.settled(answered(state, state.kinds[state.slot.kind]))


def begin(state: State, out: Decisions) -> State:
    """Rest is recognised, or asked for: it counts from the last input."""
    if state.slot.kind < 0:
        state = replace(state, slot=replace(state.slot, kind=len(state.kinds) - 1))
    slot, breaks, presence = state.slot, rule(state), state.presence
    resting = when.at_rest(state)
    since = presence.since if resting else presence.sign if idle_noticed(state) else state.now
    level = (state.ledger.settled if resting else state.tally).levels[slot.kind]
    already, counter = state.now - since, rest_counter(state, slot.kind)
    length = length_at(state, level)
    (routine, _), memory = offer(state, length)
    inferred = not slot.started and not presence.out_of_use(state.rules.presence.brief, state.now)
    out.append(BreakStarted(state.now, breaks.name, already, length, routine, inferred))
    begun = counter - already if resting else counter
    return replace(
        state,
        slot=replace(slot, begun=begun, length=length, routine=routine.id if routine else ""),
        presence=replace(presence, proven=True),
        memory=memory,
    )


def begin_asked(state: State, out: Decisions) -> State:
    """The person said Start."""
    return begin(replace(state, slot=replace(state.slot, started=True)), out)


def idle_noticed(state: State) -> bool:
    """Whether there has been no input for as long as counts."""
    return state.presence.idle and state.now >= state.presence.input_at + state.rules.presence.notice


def finish(state: State, out: Decisions) -> State:
    """The break is done: its bar is empty, the sedentary bout over, the snoozes are forgotten."""
    done, length = state.slot.kind, rested(state)
    out.append(BreakDone(state.now, rule(state).name, length))
    ledger, tally = state.ledger, _paid(state, state.tally, length)
    if when.at_rest(state):  # where the rest will turn out to begin stays open: a micro-break may become an absence
        ledger = replace(ledger, settled=_paid(state, ledger.settled, length), tally=tally)
    else:
        ledger = settle(replace(ledger, tally=tally), ledger.manner)
    routine = known(state, state.slot.routine)
    if routine is not None:
        state = checkins.strained(did_routine(state, routine, length), rpe_of(routine.met))
    state = hours.settled(replace(state, ledger=ledger))
    return with_kind(state, done, replace(state.kinds[done], snoozes=0, answered=state.now))


def _paid(state: State, tally: Tally, length: int) -> Tally:
    """The tally with this break paid, and every bar of screen time that it is long enough for (rule 6)."""
    levels = tuple(
        0 if kind == state.slot.kind or (breaks.counts == "screen" and breaks.duration <= length) else level
        for kind, (breaks, level) in enumerate(zip(state.rules.breaks, tally.levels, strict=True))
    )
    return replace(tally, levels=levels, bout_ms=0 if rule(state).leaving else tally.bout_ms)


def judge(state: State, out: Decisions) -> State:
    """The break ended early: done at nine tenths, else abandoned."""
    if rested(state) >= state.rules.prompt.done * state.slot.length:
        return finish(state, out)
    return quiet(abandon(state, out), state.rules.prompt.snooze)


def abandon(state: State, out: Decisions) -> State:
    """Back to work. What was rested has already been paid back in proportion."""
    out.append(BreakAbandoned(state.now, rule(state).name, rested(state)))
    state = learned(state, state.slot.routine, done=False)
    return hours.settled(answered(state, state.kinds[state.slot.kind]))


def answered(state: State, kind: Kind) -> State:
    """The person dealt with this break just now."""
    return with_kind(state, state.slot.kind, replace(kind, answered=state.now))


def quiet(state: State, ms: int) -> State:
    """No prompt of this kind for so long."""
    kind = state.kinds[state.slot.kind]
    return with_kind(state, state.slot.kind, replace(kind, quiet_until=max(kind.quiet_until, state.now + ms)))


def nothing(state: State, _out: Decisions) -> State:
    """Only the phase changes."""
    return state
