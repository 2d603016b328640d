"""Limits as gauges: value, limit, level and why, and the warnings they give (rules 17, 19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from breakd.core.conditions import moment
from breakd.core.decisions import Because, Level, Warn
from breakd.core.hours import quiet
from breakd.core.state import Decisions, State, Warned
from breakd.core.tally import Tally

LEVELS: tuple[Level, ...] = ("ok", "near", "over")


class Gauge(NamedTuple):
    """What a limit watches; its marks are in `Rules.marks`."""

    name: str
    value: Callable[[Tally], int]


GAUGES = (
    Gauge("sitting", lambda tally: tally.bout_ms),
    Gauge("standing", lambda tally: tally.stood_ms),
    Gauge("desk", lambda tally: tally.desk_ms),
)


def level(state: State, gauge: Gauge) -> int:
    """How far a limit is: 0 ok, 1 near, 2 over."""
    value, (near, limit) = gauge.value(state.tally), state.rules.marks[gauge.name]
    return 2 if value >= limit else 1 if value >= near else 0


def reading(state: State, gauge: Gauge) -> tuple[int, int, Level]:
    """(value, limit, level) of a gauge, in ms."""
    return gauge.value(state.tally), state.rules.marks[gauge.name][1], LEVELS[level(state, gauge)]


def rides(state: State, gauge: Gauge) -> bool:
    """Whether the move prompt says this, so that no warning of its own is needed (rule 19)."""
    return gauge.name == "sitting" and state.prompted == state.now


def free_from(state: State, index: int) -> int:
    """When the next warning of this limit may come: an hour after the last, and no sitting warning near a prompt."""
    rule, warned = state.rules.limits, state.warned[index]
    after = [0 if warned.at is None else warned.at + rule.warn_again]
    if GAUGES[index].name == "sitting" and state.prompted is not None:
        after.append(state.prompted + rule.warn_after_prompt)
    return max(after)


def warn(state: State, out: Decisions) -> State:
    """Each limit's warning, at its moment and while no prompt is open."""
    for index, gauge in enumerate(GAUGES):
        warned, reached = state.warned[index], level(state, gauge)
        if reached == warned.told and warned.waiting is None:
            continue
        if reached < warned.told or rides(state, gauge):
            warned = warned._replace(told=reached, waiting=None)
        elif reached == warned.told or _silenced(state) or state.now < free_from(state, index):
            warned = warned._replace(waiting=None)
        else:
            warned = warned._replace(waiting=state.now if warned.waiting is None else warned.waiting)
        if warned.waiting is not None and moment(state, warned.waiting, warned.waiting):
            state, warned = _say(state, gauge, reached, out), Warned(reached, state.now)
        if warned != state.warned[index]:
            state = state._replace(warned=(*state.warned[:index], warned, *state.warned[index + 1 :]))
    return state


def _silenced(state: State) -> bool:
    return state.slot.phase != "calm" or state.presence.away or state.paused_until is not None or quiet(state)


def _say(state: State, gauge: Gauge, reached: int, out: Decisions) -> State:
    value, limit, name = gauge.value(state.tally), state.rules.marks[gauge.name][1], LEVELS[reached]
    out.append(Warn(state.now, gauge.name, name, value, limit, (Because(f"{gauge.name}_ms", value, limit),)))
    return state._replace(notes=(*state.notes, state.now)[-state.rules.prompt.per_hour :])
