"""What holds now: the questions that the table of prompts asks of a state, each a rule of the design."""

from __future__ import annotations

from breakd.core.hours import called, silent
from breakd.core.presence import Claim, left_at, slow_reader, watching
from breakd.core.state import Moments, State, rested, rule
from breakd.core.units import HOUR


def theta(state: State, now: int) -> int:
    """How long a silence is absence, noticed `now` (rules 2, 3), ms."""
    presence, slot = state.rules.presence, state.slot
    if slot.phase != "calm" and rule(state).leaving:
        if slot.phase in ("resting", "halted"):
            return presence.away_resting
        if slot.phase == "shown":
            return presence.away_prompted
    # The end of input comes before it is summed up; until now all of it counts as input.
    input_ms = state.ledger.tally.input_ms + now - state.ledger.at
    slow = slow_reader(state.presence, presence, input_ms)
    return presence.away_reader if slow else presence.away


def leaving(state: State) -> tuple[int, int] | None:
    """(when absence will be recognised, from when on it counts); None while nothing points to it."""
    believed = state.slot.phase in ("resting", "halted") and state.slot.started
    return left_at(state.presence, state.rules.presence, theta(state, state.now), believed)


def holds(state: State, due: int) -> tuple[Claim, ...]:
    """What holds back a notification that is due since then (rule 11): of bare full screen only for a while."""
    presence = state.presence
    if not presence.claims:
        return ()
    waited = state.now >= due + state.rules.prompt.bare_fullscreen
    past = ("film",) if presence.claims_of("film") or not waited else ("film", "fullscreen")
    return tuple(claim for claim in presence.claims if claim.reason not in past)


def hold(state: State) -> str:
    """Why the prompt is held back, by the first of what holds it; "" if nothing does."""
    return min((claim.reason for claim in holds(state, state.slot.due)), default="")


def long_hold(state: State) -> bool:
    """Whether a hold has lasted long enough to count (rule 5)."""
    if not state.presence.claims:
        return False
    counts_from = state.now - state.rules.presence.brief
    return any(claim.since <= counts_from for claim in holds(state, state.slot.due))


def full(state: State, kind: int) -> bool:
    """Whether this bar is at 1 or more."""
    return state.ledger.tally.levels[kind] >= state.rules.fulls[kind]


def absorbed(state: State, kind: int) -> bool:
    """Whether a longer break is due, nearly due or was just answered, so that this one is dropped (rule 10)."""
    if state.call is not None and called(state) > kind:
        return True
    for longer in range(kind + 1, len(state.kinds)):
        answered = state.kinds[longer].answered
        if state.ledger.tally.levels[longer] >= state.rules.nearly_due[longer]:
            return True
        if answered is not None and state.now < answered + state.rules.prompt.after_answer:
            return True
    return False


def wanted(state: State, kind: int) -> bool:
    """Whether this kind of break should be prompted for, now that its bar is full."""
    return state.now >= state.kinds[kind].quiet_until and not absorbed(state, kind)


def most_wanted(state: State) -> int:
    """The longest break that should be prompted for, -1 if there is none."""
    levels, fulls = state.ledger.tally.levels, state.rules.fulls
    for kind in range(len(levels) - 1, -1, -1):
        if levels[kind] >= fulls[kind] and wanted(state, kind):
            return kind
    return -1


def call_wanted(state: State) -> int:
    """The kind of the scheduled break that should be prompted for, -1 if there is none (rule 26)."""
    kind = -1 if silent(state) else called(state)
    return kind if kind >= 0 and state.now >= state.kinds[kind].quiet_until and not absorbed(state, kind) else -1


def outranked(state: State) -> bool:
    """Whether a longer break takes this one's place: breaks never stack (rule 10)."""
    return absorbed(state, state.slot.kind)


def prompts_allowed(state: State) -> bool:
    """Whether the hour has room for one more notification (rule 16)."""
    allowed = state.rules.prompt.per_hour
    return len(state.notes) < allowed or state.now >= state.notes[-allowed] + HOUR


def moment(state: State, since: int, due: int) -> bool:
    """Whether this is the moment for a notification, `due` since then, that waits for a lull `since` then (rule 11)."""
    presence, prompt = state.presence, state.rules.prompt
    if presence.away or presence.asleep or state.paused_until is not None or holds(state, due):
        return False
    if not prompts_allowed(state):
        return False
    quiet_for = state.now - presence.input_at if presence.idle else 0
    film = watching(presence, state.rules.presence, state.now)
    lull = quiet_for >= prompt.lull or state.now >= since + prompt.patience
    # Whoever would be taken to have left at the sight of the prompt is not asked (settings may allow more).
    near = quiet_for <= prompt.recent_input and quiet_for < state.rules.presence.away_prompted
    return lull and (film or near)


def look_again(state: State, since: int, due: int, moments: Moments) -> None:
    """When this may become the moment, though nothing happens."""
    prompt = state.rules.prompt
    moments += (since + prompt.patience, due + prompt.bare_fullscreen)
    if state.presence.idle:
        moments.append(state.presence.input_at + prompt.lull)
    if len(state.notes) >= prompt.per_hour:
        moments.append(state.notes[-prompt.per_hour] + HOUR)


def at_rest(state: State) -> bool:
    """Whether the person rests in the sense of the slot's break: away, or for micro-breaks idle."""
    doing = state.presence.doing
    return doing == "away" if rule(state).leaving else doing != "input"


def complete(state: State) -> bool:
    """Whether the break that is on has been rested in full."""
    return rested(state) >= state.slot.length


def unbroken(state: State) -> bool:
    """Whether input has gone on for so long that the break is over (rule 13)."""
    prompt = state.rules.prompt
    patience = prompt.unbroken_started if state.slot.started else prompt.unbroken
    return state.now >= state.slot.since + patience
