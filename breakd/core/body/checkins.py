"""Check-ins (rule 22): a question at a time the person chose, answered by one tap, or by a command.

A round asks its questions one after the other. Any report of the right sort answers the question that is open, wherever
it comes from: so notifiers without buttons need nothing of their own. Rounds that go unanswered come more rarely.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from breakd.core.body import sleep
from breakd.core.body.state import Body
from breakd.core.conditions import look_again, moment
from breakd.core.decisions import CheckIn, CheckInOver
from breakd.core.events import Event, Felt, Slept
from breakd.core.hours import quiet
from breakd.core.rules import Rules
from breakd.core.state import Checkins, Decisions, Moments, State
from breakd.core.units import HOUR, MINUTE

ROUND = ("sleep", "back", "energy")
EFFORT = ("effort",)  # after a strenuous routine
MOST_SKIPPED = 7  # rounds, after many that went unanswered
STRENUOUS = 4  # CR10: "somewhat hard"

# What each tap says. Pain of one tap does not alarm: fine, sore, painful are 0, 3, 6 (NRS).
TAPS: dict[str, Felt | int] = {  # a whole number: so long a sleep, ms
    "sleep-short": 5 * HOUR,
    "sleep-fair": 6 * HOUR + 30 * MINUTE,
    "sleep-enough": 7 * HOUR + 30 * MINUTE,
    "back-fine": Felt(pain=0),
    "back-sore": Felt(pain=3),
    "back-painful": Felt(pain=6),
    "energy-fresh": Felt(sleepiness=3),
    "energy-fair": Felt(sleepiness=5),
    "energy-tired": Felt(sleepiness=7),
    "effort-easy": Felt(effort=2),
    "effort-fair": Felt(effort=4),
    "effort-hard": Felt(effort=7),
}


class Told(NamedTuple):
    """A report that a tap stands for, and the moment it is about (core time)."""

    event: Event
    at: int


def told(state: State, tap: str, now: int) -> Told | None:
    """What this tap says; None if its question is not the open one any more."""
    meant = TAPS.get(tap)
    if meant is None or state.checkins.open != tap.partition("-")[0]:
        return None
    if isinstance(meant, Felt):
        return Told(meant, now)
    up = sleep.up_since(state.body, state.configured.sleep, now)
    return Told(Slept(up - meant, up), up)


def ring(state: State) -> State:
    """It is time for a round, if this day had none too many, and the last ones were answered."""
    checkins, rule = state.checkins, state.configured.checkin
    checkins = _today(checkins, state.body)
    if checkins.open or checkins.rounds >= rule.most:
        return replace(state, checkins=checkins)
    if checkins.skip > 0:
        return replace(state, checkins=replace(checkins, skip=checkins.skip - 1))
    asked = tuple(each for each in ROUND if each != "sleep" or not _slept_today(state.configured, state.body))
    return replace(state, checkins=replace(checkins, left=asked, due=state.now, heard=False))


def strained(state: State, hard: float) -> State:
    """A routine so hard (CR10) was done: ask how hard it was, if check-ins are wanted."""
    checkins, rule = _today(state.checkins, state.body), state.configured.checkin
    if not rule.wanted or hard < STRENUOUS or checkins.left or checkins.efforts >= rule.most:
        return state
    return replace(
        state, checkins=replace(checkins, left=EFFORT, due=state.now, heard=False, efforts=checkins.efforts + 1)
    )


def answered(state: State, event: Event, out: Decisions) -> State:
    """A report came: it answers the open question if it is of its sort, and the next one is asked."""
    checkins = state.checkins
    if not checkins.open or not _answers(event, checkins.open):
        return state
    left = checkins.left[1:]
    checkins = replace(checkins, left=left, open="", unanswered=0, skip=0, heard=True)
    if left:
        return _ask(replace(state, checkins=checkins), out)
    out.append(CheckInOver(state.now, True))
    return replace(state, checkins=checkins)


def settle(state: State, out: Decisions, moments: Moments) -> State:
    """Ask at the right moment; take the note away when it stood long enough; let go what is too late."""
    checkins, rule = state.checkins, state.configured.checkin
    if checkins.open:
        return _settle_open(state, out, moments)
    if not rule.wanted or state.now >= checkins.due + rule.late:
        return replace(state, checkins=replace(checkins, left=()))
    moments.append(checkins.due + rule.late)
    if state.presence.away:
        return state
    if state.slot.phase != "calm" or quiet(state) or not moment(state, checkins.due, checkins.due):
        look_again(state, checkins.due, checkins.due, moments)
        return state
    checkins = replace(checkins, rounds=checkins.rounds + (checkins.left != EFFORT))
    notes = (*state.notes, state.now)[-state.rules.prompt.per_hour :]
    moments.append(state.now + rule.stays)
    return _ask(replace(state, checkins=checkins, notes=notes), out)


def _settle_open(state: State, out: Decisions, moments: Moments) -> State:
    checkins, rule = state.checkins, state.configured.checkin
    closed = replace(checkins, left=(), open="")
    if not rule.wanted or quiet(state) or state.paused_until is not None:  # withdrawn as a prompt would be
        out.append(CheckInOver(state.now, False))
        return replace(state, checkins=closed)
    if state.now < checkins.due + rule.stays:
        moments.append(checkins.due + rule.stays)
        return state
    out.append(CheckInOver(state.now, False))
    unanswered = 0 if checkins.heard else checkins.unanswered + 1
    skip = min(2**unanswered // 2 - 1, MOST_SKIPPED) if unanswered else 0
    return replace(state, checkins=replace(closed, unanswered=unanswered, skip=skip))


def _ask(state: State, out: Decisions) -> State:
    question = state.checkins.left[0]
    out.append(CheckIn(state.now, question))
    return replace(state, checkins=replace(state.checkins, open=question, due=state.now))


def _answers(event: Event, question: str) -> bool:
    if isinstance(event, Slept):
        return question == "sleep"
    if not isinstance(event, Felt):
        return False
    said = {"back": event.pain, "energy": event.sleepiness, "effort": event.effort}
    return said.get(question) is not None


def _slept_today(rules: Rules, body: Body) -> bool:
    told = (each for each in body.sleeps if sleep.is_main(rules.sleep, each))
    return any(sleep.night_of(body, rules.sleep, each) == body.day for each in told)


def _today(checkins: Checkins, body: Body) -> Checkins:
    return checkins if checkins.day == body.day else replace(checkins, day=body.day, rounds=0, efforts=0)
