"""The life of a prompt: one table of transitions, as data (rules 11-16).

The rules of the table:

- There is one slot. It is calm, or about one kind of break in one phase.
- A trigger is a question about the state (`WHEN`, asked in order, the first that holds is taken) or a command.
- A pair of phase and trigger that is not in `TABLE` is ignored.
- A row names the phase it leads to and what is done on the way; nothing else changes the slot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec.structs import replace

from breakd.core import actions as do
from breakd.core import conditions as when
from breakd.core import hours
from breakd.core.asking import asked_for, known
from breakd.core.events import Order
from breakd.core.presence import watching
from breakd.core.state import (
    CALM,
    Decisions,
    Phase,
    State,
    in_phase,
    rule,
    with_kind,
)

Trigger = Literal[
    "due", "moment", "held", "freed", "left", "eased", "outranked", "quiet", "called", "rest", "again", "unanswered",
    "fleeting", "complete", "input", "unbroken", "start", "snooze", "skip", "stop", "pause",
]  # fmt: skip


class Row(NamedTuple):
    """Where a trigger leads, and what is done on the way."""

    to: Phase
    act: Callable[[State, Decisions], State]


TABLE: dict[tuple[Phase, Trigger], Row] = {
    ("calm", "due"): Row("waiting", do.wait),
    ("calm", "start"): Row("resting", do.begin_asked),
    ("waiting", "left"): Row("calm", do.drop),
    ("waiting", "eased"): Row("calm", do.drop),
    ("waiting", "outranked"): Row("calm", do.drop),
    ("waiting", "quiet"): Row("calm", do.drop),
    ("waiting", "called"): Row("waiting", do.take_call),
    ("waiting", "held"): Row("waiting", do.say_held),
    ("waiting", "freed"): Row("waiting", do.wait_again),
    ("waiting", "moment"): Row("shown", do.show),
    ("waiting", "start"): Row("resting", do.begin_asked),
    ("waiting", "snooze"): Row("calm", do.snooze),
    ("waiting", "skip"): Row("calm", do.skip),
    ("waiting", "pause"): Row("calm", do.drop),
    ("shown", "rest"): Row("resting", do.begin),
    ("shown", "eased"): Row("calm", do.drop),
    ("shown", "outranked"): Row("calm", do.drop),
    ("shown", "quiet"): Row("calm", do.drop),
    ("shown", "held"): Row("waiting", do.take_back),
    ("shown", "fleeting"): Row("calm", do.let_fleeting_go),
    ("shown", "again"): Row("waiting", do.nothing),
    ("shown", "unanswered"): Row("calm", do.give_up),
    ("shown", "start"): Row("resting", do.begin_asked),
    ("shown", "snooze"): Row("calm", do.snooze),
    ("shown", "skip"): Row("calm", do.skip),
    ("shown", "pause"): Row("calm", do.drop),
    ("resting", "complete"): Row("calm", do.finish),
    ("resting", "input"): Row("halted", do.nothing),
    ("resting", "stop"): Row("calm", do.judge),
    ("resting", "snooze"): Row("calm", do.abandon),
    ("resting", "skip"): Row("calm", do.abandon),
    ("resting", "pause"): Row("calm", do.abandon),
    ("halted", "rest"): Row("resting", do.nothing),
    ("halted", "unbroken"): Row("calm", do.judge),
    ("halted", "stop"): Row("calm", do.judge),
    ("halted", "snooze"): Row("calm", do.abandon),
    ("halted", "skip"): Row("calm", do.abandon),
    ("halted", "pause"): Row("calm", do.abandon),
}


def is_due(state: State) -> bool:
    """Calm: a bar is full, or a scheduled break due, and nothing speaks against waiting for the moment."""
    if state.paused_until is not None or state.presence.doing == "away":
        return False
    if when.most_wanted(state) >= 0 and not hours.quiet(state):
        return True
    return state.call is not None and when.call_wanted(state) >= 0


def is_eased(state: State) -> bool:
    """The bar fell below 1 by standing or walking; a scheduled break does not ask what the bar is."""
    return not state.slot.call and not when.full(state, state.slot.kind)


def is_called(state: State) -> bool:
    """A scheduled break came due that takes the place of what waits."""
    call, slot = state.call, state.slot
    return call is not None and call.name != slot.call and not hours.silent(state) and hours.called(state) == slot.kind


def is_newly_held(state: State) -> bool:
    """A hold of a minute or more that was not told yet."""
    return not state.slot.held and when.long_hold(state)


def is_freed(state: State) -> bool:
    """The hold that was told is over."""
    return state.slot.held and not when.hold(state)


def is_over(state: State) -> bool:
    """The note has stood as long as it stays."""
    return state.now >= state.slot.since + rule(state).stays


def is_last(state: State) -> bool:
    """No further attempt follows; there is just one during a film (rule 4)."""
    film = watching(state.presence, state.rules.presence, state.now)
    return film or state.slot.attempt >= rule(state).attempts


WHEN: dict[Phase, tuple[tuple[Trigger, Callable[[State], bool]], ...]] = {
    "calm": (("due", is_due),),
    "waiting": (
        ("left", lambda state: state.presence.away),
        ("eased", is_eased),
        ("outranked", when.outranked),
        ("quiet", hours.hushed),
        ("called", is_called),
        ("held", is_newly_held),
        ("freed", is_freed),
        ("moment", lambda state: when.moment(state, state.slot.since, state.slot.due)),
    ),
    "shown": (
        ("rest", when.at_rest),
        ("eased", is_eased),
        ("outranked", when.outranked),
        ("quiet", hours.hushed),
        ("held", when.long_hold),
        ("fleeting", lambda state: rule(state).transient and is_over(state)),
        ("unanswered", lambda state: is_over(state) and is_last(state)),
        ("again", is_over),
    ),
    "resting": (("complete", when.complete), ("input", lambda state: not when.at_rest(state))),
    "halted": (("rest", when.at_rest), ("unbroken", when.unbroken)),
}

QUIET_AFTER: dict[Order, Callable[[State], int]] = {
    "snooze": lambda state: state.rules.prompt.snooze,
    "skip": lambda state: state.rules.prompt.skip,
}


def pull(state: State, trigger: Trigger, out: Decisions) -> State:
    """The state after this trigger; the same state if the table has no row for it."""
    row = TABLE.get((state.slot.phase, trigger))
    if row is None:
        return state
    state = row.act(state, out)
    if row.to == "calm":
        return replace(state, slot=CALM)
    if row.to == state.slot.phase:  # waiting stays waiting: its clock is the action's to restart
        return state
    return in_phase(state, row.to)


def order(state: State, name: Order, for_ms: int | None, out: Decisions, routine: str = "") -> State:
    """The state after a command of the person. Snooze and skip silence the kind for `for_ms`, or as configured.

    `routine`: the id of what is to be done in a break that is started; one that is not known is as good as none.
    """
    before, kind = state, state.slot.kind
    asked = known(state, routine)
    if (state.slot.phase, name) in TABLE and asked is not None:
        state = asked_for(state, asked)
    state = pull(state, name, out) if name != "resume" else state
    if name in QUIET_AFTER and state is not before:
        until = state.now + (for_ms or QUIET_AFTER[name](state))
        state = with_kind(state, kind, replace(state.kinds[kind], quiet_until=until))
        state = hours.put_off(state, kind, until) if name == "snooze" else state
    return state


def settle_slot(state: State, out: Decisions) -> State:
    """Take the first trigger that holds; the same state if none does."""
    for trigger, holds in WHEN[state.slot.phase]:
        if holds(state):
            return pull(state, trigger, out)
    return state
