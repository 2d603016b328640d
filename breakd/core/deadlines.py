"""When the core wants to be woken: every moment at which an answer could change with no event (always analytic)."""

from __future__ import annotations

from breakd.core import conditions as when
from breakd.core.hours import called
from breakd.core.limits import GAUGES, free_from, level
from breakd.core.state import State, rested, rule
from breakd.core.tally import worn
from breakd.core.units import HOUR

Moments = list[int]


def deadline(state: State) -> int | None:
    """The next moment to look again, later than `state.now`; None: nothing happens without an event."""
    found: Moments = []
    _of_presence(state, found)
    _PHASES[state.slot.phase](state, found)
    now = state.now
    return min([at for at in found if at > now], default=None)


def _of_presence(state: State, found: Moments) -> None:
    presence, rules, tally = state.presence, state.rules, state.tally
    if state.paused_until is not None:
        found.append(state.paused_until)
    if state.call is not None:
        found.append(state.call.until)
    if 0 < tally.off_ms < rules.limits.bout_ends:  # then the sedentary bout ends, and its gauge falls
        found.append(state.now + rules.limits.bout_ends - tally.off_ms)
    if presence.doing == "away":
        return
    found += state.quiet
    if presence.idle or presence.asleep:
        leaving = when.leaving(state)
        if leaving is not None:
            found.append(leaving[0])
        found.append(presence.input_at + rules.presence.notice)
    if presence.stance == "standing":
        found.append(state.now + rules.limits.standing - tally.stood_ms)
    _of_warnings(state, found)


def _of_warnings(state: State, found: Moments) -> None:
    tally, marks, now = state.tally, state.rules.marks, state.now
    for index, gauge in enumerate(GAUGES):
        value, warned, (near, limit) = gauge.value(tally), state.warned[index], marks[gauge.name]
        if value < near:
            found.append(now + near - value)
            continue
        found.append(now + limit - value)
        if warned.waiting is not None:
            _moment(state, warned.waiting, warned.waiting, found)
        elif level(state, gauge) > warned.told:
            found.append(free_from(state, index))


def _calm(state: State, found: Moments) -> None:
    if state.presence.doing == "away":
        return
    rules, levels = state.rules, state.tally.levels
    speeds = rules.speeds[worn(rules, state.tally, state.ledger.manner)]
    for index, breaks in enumerate(rules.breaks):
        kind, at, speed = state.kinds[index], levels[index], speeds[index]
        if at >= breaks.full:
            found.append(kind.quiet_until)
        _crossing(state, at, speed, breaks.full, found)
        if speed < 0:  # no longer nearly due, it absorbs no more
            _crossing(state, at, speed, rules.nearly_due[index], found)
        if kind.answered is not None:
            found.append(kind.answered + rules.prompt.after_answer)
    if state.call is not None:
        found.append(state.kinds[called(state)].quiet_until)


def _waiting(state: State, found: Moments) -> None:
    _moment(state, state.slot.since, state.slot.due, found)
    _open(state, found)


def _shown(state: State, found: Moments) -> None:
    found.append(state.slot.since + rule(state).stays)
    _open(state, found)


def _resting(state: State, found: Moments) -> None:
    found.append(state.now + state.slot.length - rested(state))


def _halted(state: State, found: Moments) -> None:
    prompt = state.rules.prompt
    found.append(state.slot.since + (prompt.unbroken_started if state.slot.started else prompt.unbroken))


_PHASES = {"calm": _calm, "waiting": _waiting, "shown": _shown, "resting": _resting, "halted": _halted}


def _moment(state: State, since: int, due: int, found: Moments) -> None:
    prompt = state.rules.prompt
    found += (since + prompt.patience, due + prompt.bare_fullscreen)
    if state.presence.idle:
        found.append(state.presence.input_at + prompt.lull)
    if len(state.notes) >= prompt.per_hour:
        found.append(state.notes[-prompt.per_hour] + HOUR)


def _open(state: State, found: Moments) -> None:
    """When a hold begins to count or ends, the bar falls below 1, or a longer break comes near."""
    rules, slot, levels = state.rules, state.slot, state.tally.levels
    found += (claim.since + rules.presence.brief for claim in state.presence.claims)
    speeds = rules.speeds[worn(rules, state.tally, state.ledger.manner)]
    _crossing(state, levels[slot.kind], speeds[slot.kind], rule(state).full, found)
    for longer in range(slot.kind + 1, len(levels)):
        _crossing(state, levels[longer], speeds[longer], rules.nearly_due[longer], found)


def _crossing(state: State, at: int, speed: int, level: int, found: Moments) -> None:
    """When a bar reaches this level, or falls below it."""
    if speed > 0 and at < level:
        found.append(state.now - (at - level) // speed)
    elif speed < 0 and at >= level > 0:  # an empty bar stays empty
        found.append(state.now + (at - level) // -speed + 1)
