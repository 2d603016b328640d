"""Input and its end while they decide nothing: only presence changes, and the ledger that follows from it (record 20).

The ledger may be summed up to some earlier moment only, and is left so: `State.tally` is what it comes to now.
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core import conditions as when
from breakd.core.bars import Manner
from breakd.core.events import Entry
from breakd.core.ledger import opened, rewrite, run
from breakd.core.presence import Voice
from breakd.core.settling import recognised, settle_all
from breakd.core.state import Decisions, Moments, State

TYPING = Manner("input")  # sitting, and not paused: else nothing is steady


def note(state: State, out: Decisions) -> State:
    """What `settle_all` comes to after input, its end, or time, at a third of the cost while only presence changes."""
    until = state.steady
    if until is None or state.now >= until:
        return settle_all(state, out)
    seen: Moments = [until]
    presence, ledger = state.presence, state.ledger
    if presence.idle:
        presence, ledger = recognised(state, seen)
        if presence.doing == "away":
            ledger = run(state.rules, ledger, state.now)
            return settle_all(replace(state, presence=presence, ledger=ledger), out)
    return replace(state, presence=presence, ledger=ledger, wake=min(seen))


def input_ended(state: State, entry: Entry) -> State | None:
    """The state after the one source that tells of somebody who types says that input ended; None: not so simple."""
    seen, since, source = entry.seen, entry.at, entry.source
    steady, presence, voices = state.steady, state.presence, state.presence.voices
    if steady is None or not state.now < seen < min(steady, state.wake or steady):
        return None
    if presence.idle or len(voices) != 1 or voices[0].source != source:
        return None
    rules, ledger, doing, lives_since = state.rules, state.ledger, presence.doing, presence.since
    sign = max(since, presence.sign)
    notice = since + rules.presence.notice
    leaves = max(sign + when.theta(state, seen), notice)
    if seen >= leaves:
        return None
    wake = min(steady, leaves)
    if seen >= notice:
        doing, lives_since = "reading", max(since, ledger.spans[0].start)
        ledger = rewrite(rules, ledger, lives_since, doing, seen)
    else:
        wake = min(wake, notice)
    ended = replace(
        presence,
        doing=doing,
        since=lives_since,
        voices=(Voice(source, since),),
        idle=True,
        input_at=since,
        sign=sign,
        proven=state.slot.phase != "calm",
    )
    return replace(state, now=seen, presence=ended, ledger=ledger, wake=wake)


def input_began(state: State, entry: Entry) -> State | None:
    """The state after the one source that tells of somebody who reads says that there is input; None: not so simple."""
    seen, source = entry.seen, entry.source
    steady, presence, voices = state.steady, state.presence, state.presence.voices
    if steady is None or not state.now < seen < min(steady, state.wake or steady):
        return None
    if presence.doing != "reading" or len(voices) != 1 or voices[0].source != source:
        return None
    tally, credit_from = run(state.rules, state.ledger, seen).tally, presence.credit_from
    if not presence.proven and seen - presence.sign >= state.rules.presence.away:
        credit_from = tally.input_ms
    began = replace(
        presence,
        doing="input",
        since=seen,
        voices=(Voice(source, None),),
        idle=False,
        proven=False,
        credit_from=credit_from,
    )
    return replace(state, now=seen, presence=began, ledger=opened(tally, TYPING, seen), wake=steady)
