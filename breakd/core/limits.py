"""Limits as gauges: value, limit, level and why, and the warnings they give (rules 17, 19)."""

from __future__ import annotations

from bisect import bisect

from msgspec.structs import replace

from breakd.core.bars import Stance
from breakd.core.body import health
from breakd.core.body.exertion import strength_days
from breakd.core.body.sleep import NIGHTS, nights
from breakd.core.body.state import FULL, Gauge
from breakd.core.conditions import look_again, moment
from breakd.core.decisions import Because, Level, Warn
from breakd.core.hours import quiet
from breakd.core.state import Decisions, Moments, State, Warned
from breakd.core.tally import Tally
from breakd.core.units import DAY, HOUR, MINUTE

LEVELS: tuple[Level, ...] = ("ok", "near", "over")

FAST = ("sitting", "standing", "desk")  # those that grow with every minute
GAUGES = FAST + health.GAUGES
# In what each is told: its unit, and how much of it one is (loads are CR10 x ms).
UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys((*FAST, "movement"), ("min", MINUTE)),
    **dict.fromkeys(("awake", "sleep_debt"), ("h", HOUR)),
    **dict.fromkeys(("exertion", "exertion_week"), ("load", MINUTE)),
    "rest": ("days", DAY),
}
# Which of them grow in which stance: none other is worth waking up for.
GROW: dict[Stance, tuple[bool, ...]] = {
    "sitting": (True, False, True),
    "standing": (False, True, True),
    "walking": (False, False, False),
}


def values(tally: Tally) -> tuple[int, ...]:
    """What each fast gauge shows, ms, in the order of `FAST`; their marks are in `Rules.marks`."""
    return tally.bout_ms, tally.stood_ms, tally.desk_ms


def reading(state: State, gauge: str) -> tuple[int, int, Level]:
    """(value, limit, level) of a gauge, in ms, or CR10 x ms for those of exertion."""
    index = GAUGES.index(gauge)
    if index >= len(FAST):
        found = slow(state)[index - len(FAST)]
        return found.value, found.limit, LEVELS[found.reached]
    value, marks = values(state.tally)[index], state.rules.marks[index]
    return value, marks[1], LEVELS[bisect(marks, value)]


def slow(state: State) -> tuple[Gauge, ...]:
    """The gauges of the body, in the order of `health.GAUGES`."""
    awake, _ = health.awake_gauge(state.configured, state.body, state.now)
    return (awake, *state.body.gauges[1:])


def lowered(state: State) -> State:
    """After a change of the body: a level that was told is forgotten once its gauge is below it."""
    gauges, warned = state.body.gauges, state.warned[len(FAST) :]
    after = tuple(each._replace(told=min(each.told, gauge.reached)) for each, gauge in zip(warned, gauges, strict=True))
    return state if after == warned else replace(state, warned=(*state.warned[: len(FAST)], *after))


def rides(state: State, index: int, reached: int) -> bool:
    """Whether this needs no warning of its own (rule 19).

    Of sitting the move prompt says it. Who can lower the desk is told to at the end of a standing bout, not before:
    of two warnings in an hour only the first would come.
    """
    if GAUGES[index] == "standing":
        return reached == 1 and state.rules.me.desk == "sit-stand"
    if GAUGES[index] in ("exertion", "exertion_week"):  # what is offered stays within it anyway
        return reached == 1
    return GAUGES[index] == "sitting" and state.prompted == state.now


def free_from(state: State, index: int) -> int:
    """When the next warning of this limit may come: an hour after the last, and no sitting warning near a prompt."""
    rule, warned = state.rules.limits, state.warned[index]
    after = [0 if warned.at is None else warned.at + rule.warn_again]
    if GAUGES[index] == "sitting" and state.prompted is not None:
        after.append(state.prompted + rule.warn_after_prompt)
    return max(after)


def warn(state: State, out: Decisions, moments: Moments) -> State:
    """Each limit's warning, at its moment and while no prompt is open; `moments`: when there may be more to tell."""
    now, presence, untold = state.now, state.presence, False
    present, index = presence.doing != "away", -1
    grow = GROW[presence.stance if present else "walking"]
    gauges = zip(values(state.ledger.tally), state.rules.marks, state.warned, grow)  # noqa: B905  as in tally
    for value, (near, limit), (told, _, waiting), grows in gauges:
        index += 1
        reached = 0 if value < near else 1 if value < limit else 2
        if grows and reached < 2:
            moments.append(now - value + (limit if reached else near))
        if reached != told or waiting is not None:
            state, untold = _consider(state, index, reached, out), True
    if state.body.alert:
        for place, gauge in enumerate(state.body.gauges, len(FAST)):
            told, _, waiting = state.warned[place]
            if gauge.reached != told or waiting is not None:
                state, untold = _consider(state, place, gauge.reached, out), True
    if untold and present:
        _look_again(state, moments)
    return state


def _look_again(state: State, moments: Moments) -> None:
    reached = [bisect(marks, value) for value, marks in zip(values(state.tally), state.rules.marks, strict=True)]
    reached += [gauge.reached for gauge in state.body.gauges]
    for index, (level, warned) in enumerate(zip(reached, state.warned, strict=True)):
        if warned.waiting is not None:
            look_again(state, warned.waiting, warned.waiting, moments)
        elif level > warned.told:
            moments.append(free_from(state, index))


def _consider(state: State, index: int, reached: int, out: Decisions) -> State:
    told, at, waiting = state.warned[index]
    if reached < told or rides(state, index, reached):
        told, waiting = reached, None
    elif reached == told or _silenced(state) or state.now < free_from(state, index):
        waiting = None
    elif waiting is None:
        waiting = state.now
    if waiting is not None and moment(state, waiting, waiting):
        state = _say(state, index, reached, out)
        told, at, waiting = reached, state.now, None
    if (told, at, waiting) == state.warned[index]:
        return state
    warned = Warned(told, at, waiting)
    return replace(state, warned=(*state.warned[:index], warned, *state.warned[index + 1 :]))


def _silenced(state: State) -> bool:
    return state.slot.phase != "calm" or state.presence.away or state.paused_until is not None or quiet(state)


def _say(state: State, index: int, reached: int, out: Decisions) -> State:
    name = GAUGES[index]
    value, limit, _ = reading(state, name)
    because = (Because(f"{name}_ms", value, limit), *tightening(state, name))
    posture = None if name not in ("sitting", "standing") else state.rules.me.instead_of(state.presence.stance)
    out.append(Warn(state.now, name, LEVELS[reached], value, limit, because, posture))
    return replace(state, notes=(*state.notes, state.now)[-state.rules.prompt.per_hour :])


TIGHTENED = ("sitting", "desk", "exertion")


def tightening(state: State, gauge: str) -> tuple[Because, ...]:
    """What tightens this limit: readiness, and the worst of what lowers it."""
    body = state.body
    if gauge not in TIGHTENED or body.readiness == FULL:
        return ()
    return Because("readiness", body.readiness / FULL, 1), *(Because(*each) for each in body.worst[:1])


def grounds(state: State, gauge: str) -> tuple[Because, ...]:
    """What there is to know of a limit beside its numbers: what tightens it, and what it is counted from."""
    body, rules = state.body, state.configured
    found = list(tightening(state, gauge))
    if gauge == "sleep_debt" and (known := nights(body, rules.sleep)):
        found.append(Because("nights", len(known), NIGHTS))
    if gauge == "movement":
        found.append(Because("strength_days", strength_days(body), rules.exertion.strength))
        found += [Because("beginner", rules.exertion.beginner_weeks)] if rules.exertion.beginner else []
    if gauge in health.GAUGES and not slow(state)[health.GAUGES.index(gauge)].known:
        found.append(Because("not_known"))
    return tuple(found)
