"""When the core wants to be woken: every moment at which an answer could change with no event (always analytic)."""

from __future__ import annotations

from breakd.core import conditions as when
from breakd.core.hours import called
from breakd.core.state import Moments, State, rested, rule
from breakd.core.tally import worn


def soonest(state: State, moments: Moments) -> int | None:
    """The first of these moments that is later than `state.now`."""
    now = state.now
    moments.sort()
    for at in moments:
        if at > now:
            return at
    return None


def deadline(state: State, moments: Moments) -> int | None:
    """When to look again, later than `state.now`, if presence stays as it is; None: nothing happens without an event.

    `moments`: those of warnings and check-ins, which are known already.
    """
    now, limits, tally, presence = state.now, state.rules.limits, state.ledger.tally, state.presence
    _PHASES[state.slot.phase](state, moments)
    if state.paused_until is not None:
        moments.append(state.paused_until)
    if state.call is not None:
        moments.append(state.call.until)
    if 0 < tally.off_ms < limits.bout_ends:  # then the sedentary bout ends, and its gauge falls
        moments.append(now + limits.bout_ends - tally.off_ms)
    if presence.doing != "away":
        moments += state.quiet
        moments += state.silence
        if (turns := state.body.turns) is not None:
            moments.append(turns)
        if presence.stance == "standing":  # then the standing bout is over
            moments.append(now + limits.standing - tally.stood_ms)
    return soonest(state, moments)


def steady(state: State, until: int | None) -> int | None:
    """Until when, ms, input that ends or begins again decides nothing, unless the person turns out to be away.

    While somebody types every bar fills; a pause at the desk can only stop it. So what is not due with all of it being
    input, which is before `until` then, is not due with pauses in it. None: not even the next event is so.
    """
    rules, presence, slot = state.rules, state.presence, state.slot
    if slot.phase != "calm" and not (slot.phase == "shown" and rule(state).leaving):
        return None
    if until is None or presence.doing == "away" or presence.stance != "sitting" or presence.claims or presence.asleep:
        return None
    if rules.input_outranks or state.paused_until is not None or state.call is not None or state.checkins.left:
        return None
    for _, _, waiting in state.warned:
        if waiting is not None:
            return None
    if presence.doing == "reading" and rules.breaks and (first := rules.breaks[0]).counts == "input":
        left = first.full - state.ledger.tally.levels[0]  # from now on, should there be input from now on
        return min(until, state.now - -left // first.fill) if left > 0 else until
    return until


def _calm(state: State, moments: Moments) -> None:
    now, rules, tally = state.now, state.rules, state.ledger.tally
    if state.presence.doing == "away":
        return
    absence, speeds = rules.prompt.after_answer, rules.speeds[worn(rules, tally, state.ledger.manner)]
    bars = zip(tally.levels, speeds, rules.fulls, rules.nearly_due, state.kinds)  # noqa: B905  as in tally
    for level, speed, full, nearly_due, kind in bars:
        if level >= full:
            moments.append(kind.quiet_until)
        elif speed > 0:
            moments.append(now - (level - full) // speed)
        if speed < 0:
            _crossing(state, level, speed, full, moments)
            _crossing(state, level, speed, nearly_due, moments)  # no longer nearly due, it absorbs no more
        if kind.answered is not None:
            moments.append(kind.answered + absence)
    if state.call is not None:
        moments.append(state.kinds[called(state)].quiet_until)


def _waiting(state: State, moments: Moments) -> None:
    when.look_again(state, state.slot.since, state.slot.due, moments)
    _open(state, moments)


def _shown(state: State, moments: Moments) -> None:
    moments.append(state.slot.since + rule(state).stays)
    _open(state, moments)


def _resting(state: State, moments: Moments) -> None:
    moments.append(state.now + state.slot.length - rested(state))


def _halted(state: State, moments: Moments) -> None:
    prompt = state.rules.prompt
    moments.append(state.slot.since + (prompt.unbroken_started if state.slot.started else prompt.unbroken))


_PHASES = {"calm": _calm, "waiting": _waiting, "shown": _shown, "resting": _resting, "halted": _halted}


def _open(state: State, moments: Moments) -> None:
    """When a hold begins to count or ends, the bar falls below 1, or a longer break comes near."""
    rules, tally, claims, kind = state.rules, state.ledger.tally, state.presence.claims, state.slot.kind
    if claims:
        moments += (claim.since + rules.presence.brief for claim in claims)
    speeds, levels = rules.speeds[worn(rules, tally, state.ledger.manner)], tally.levels
    _crossing(state, levels[kind], speeds[kind], rules.fulls[kind], moments)
    for longer in range(kind + 1, len(levels)):
        _crossing(state, levels[longer], speeds[longer], rules.nearly_due[longer], moments)


def _crossing(state: State, at: int, speed: int, level: int, moments: Moments) -> None:
    """When a bar reaches this level, or falls below it."""
    if speed > 0 and at < level:
        moments.append(state.now - (at - level) // speed)
    elif speed < 0 and at >= level > 0:  # an empty bar stays empty
        moments.append(state.now + (at - level) // -speed + 1)
