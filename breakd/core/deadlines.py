"""When the core wants to be woken: every moment at which an answer could change with no event (always analytic)."""

from __future__ import annotations

from breakd.core import conditions as when
from breakd.core.hours import called
from breakd.core.state import Moments, State, rested, rule
from breakd.core.tally import worn


def soonest(state: State, moments: Moments) -> int | None:
    """The first of these moments that is later than `state.now`."""
    now = state[0]
    moments.sort()
    for at in moments:
        if at > now:
            return at
    return None


def deadline(state: State, moments: Moments) -> int | None:
    """When to look again, later than `state.now`, if presence stays as it is; None: nothing happens without an event.

    `moments`: those of warnings and check-ins, which are known already.
    """
    now, rules, (_, _, tally, _), presence, slot = state[:5]  # as in `limits.warn`
    _PHASES[slot.phase](state, moments)
    if state.paused_until is not None:
        moments.append(state.paused_until)
    if state.call is not None:
        moments.append(state.call.until)
    if 0 < (off_ms := tally.off_ms) < rules.limits.bout_ends:  # then the sedentary bout ends, and its gauge falls
        moments.append(now + rules.limits.bout_ends - off_ms)
    if presence.doing != "away":
        moments += state.quiet
        moments += state.silence
        if (turns := state.body.turns) is not None:
            moments.append(turns)
        if presence.stance == "standing":  # then the standing bout is over
            moments.append(now + rules.limits.standing - tally.stood_ms)
    return soonest(state, moments)


def steady(state: State, until: int | None) -> int | None:
    """Until when, ms, input that ends or begins again decides nothing, unless the person turns out to be away.

    While somebody types every bar fills; a pause at the desk can only stop it. So what is not due with all of it being
    input, which is before `until` then, is not due with pauses in it. None: not even the next event is so.
    """
    now, rules, ledger, presence, slot, _, warned = state[:7]
    if slot.phase != "calm" and not (slot.phase == "shown" and rule(state).leaving):
        return None
    if until is None or presence.doing == "away" or presence.stance != "sitting" or presence.claims or presence.asleep:
        return None
    if rules.input_outranks or state.paused_until is not None or state.call is not None or state.checkins.left:
        return None
    for _, _, waiting in warned:
        if waiting is not None:
            return None
    if presence.doing == "reading" and rules.breaks and (first := rules.breaks[0]).counts == "input":
        left = first.full - ledger.tally.levels[0]  # from now on, should there be input from now on
        return min(until, now - -left // first.fill) if left > 0 else until
    return until


def _calm(state: State, moments: Moments) -> None:
    now, rules, (_, spans, tally, _), presence, _, kinds = state[:6]
    if presence.doing == "away":
        return
    absence, speeds = rules.prompt.after_answer, rules.speeds[worn(rules, tally, spans[-1][1])]
    bars = zip(tally.levels, speeds, rules.fulls, rules.nearly_due, kinds)  # noqa: B905  as in tally
    for level, speed, full, nearly_due, (quiet_until, _, answered) in bars:
        if level >= full:
            moments.append(quiet_until)
        elif speed > 0:
            moments.append(now - (level - full) // speed)
        if speed < 0:
            _crossing(state, level, speed, full, moments)
            _crossing(state, level, speed, nearly_due, moments)  # no longer nearly due, it absorbs no more
        if answered is not None:
            moments.append(answered + absence)
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
    _, rules, (_, spans, tally, _), presence, slot = state[:5]
    if presence.claims:
        moments += (claim.since + rules.presence.brief for claim in presence.claims)
    speeds, levels, kind = rules.speeds[worn(rules, tally, spans[-1][1])], tally.levels, slot.kind
    _crossing(state, levels[kind], speeds[kind], rules.fulls[kind], moments)
    for longer in range(kind + 1, len(levels)):
        _crossing(state, levels[longer], speeds[longer], rules.nearly_due[longer], moments)


def _crossing(state: State, at: int, speed: int, level: int, moments: Moments) -> None:
    """When a bar reaches this level, or falls below it."""
    if speed > 0 and at < level:
        moments.append(state.now - (at - level) // speed)
    elif speed < 0 and at >= level > 0:  # an empty bar stays empty
        moments.append(state.now + (at - level) // -speed + 1)
