"""Input and its end while they decide nothing: only presence changes, and the ledger that follows from it (record 20).

The ledger may be summed up to some earlier moment only, and is left so: `State.tally` is what it comes to now.
"""

from __future__ import annotations

from breakd.core import conditions as when
from breakd.core.bars import Manner
from breakd.core.events import Entry
from breakd.core.ledger import opened, rewrite, run
from breakd.core.presence import Presence, Voice
from breakd.core.settling import recognised, settle_all
from breakd.core.state import Decisions, Moments, State, noted, with_presence

TYPING = Manner("input")  # sitting, and not paused: else nothing is steady
_new = tuple.__new__  # as in `state`


def note(state: State, out: Decisions) -> State:
    """What `settle_all` comes to after input, its end, or time, at a third of the cost while only presence changes."""
    until = state.steady
    if until is None or state.now >= until:
        return settle_all(state, out)
    seen: Moments = [until]
    now, rules, ledger, presence = state[:4]
    if presence.idle:
        presence, ledger = recognised(state, seen)
        if presence.doing == "away":
            return settle_all(with_presence(state, presence, run(rules, ledger, now)), out)
    return noted(state, now, presence, ledger, min(seen))


def input_ended(state: State, entry: Entry) -> State | None:
    """The state after the one source that tells of somebody who types says that input ended; None: not so simple."""
    seen, since, _, source, _ = entry
    steady, presence = state.steady, state.presence
    if steady is None or not state.now < seen < min(steady, state.wake or steady):
        return None
    doing, lives_since, stance, voices, idle, _, sign, _, *others = presence
    if idle or len(voices) != 1 or voices[0][0] != source:
        return None
    rules, ledger = state.rules, state.ledger
    sign = max(since, sign)
    notice = since + rules.presence.notice
    leaves = max(sign + when.theta(state, seen), notice)
    if seen >= leaves:
        return None
    wake = min(steady, leaves)
    if seen >= notice:
        doing, lives_since = "reading", max(since, ledger.spans[0][0])
        ledger = rewrite(rules, ledger, lives_since, doing, seen)
    else:
        wake = min(wake, notice)
    asked = state.slot.phase != "calm"
    voices = (_new(Voice, (source, since)),)
    ended = _new(Presence, (doing, lives_since, stance, voices, True, since, sign, asked, *others))
    return noted(state, seen, ended, ledger, wake)


def input_began(state: State, entry: Entry) -> State | None:
    """The state after the one source that tells of somebody who reads says that there is input; None: not so simple."""
    seen, _, _, source, _ = entry
    steady, presence = state.steady, state.presence
    if steady is None or not state.now < seen < min(steady, state.wake or steady):
        return None
    doing, _, stance, voices, _, input_at, sign, proven, credit_from, *others = presence
    if doing != "reading" or len(voices) != 1 or voices[0][0] != source:
        return None
    tally = run(state.rules, state.ledger, seen).tally
    if not proven and seen - sign >= state.rules.presence.away:
        credit_from = tally.input_ms
    voices = (_new(Voice, (source, None)),)
    began = _new(Presence, ("input", seen, stance, voices, False, input_at, sign, False, credit_from, *others))
    return noted(state, seen, began, opened(tally, TYPING, seen), steady)
