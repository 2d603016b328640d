"""Whether somebody is there: voices of sources, locks, suspends, calls and films (rules 1-5).

`Presence` holds what was told and what was recognised from it. Nothing here decides about prompts.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from breakd.core.bars import Doing, Stance
from breakd.core.rules import PresenceRule
from breakd.core.tally import Tally

UNLOCK = "unlock"  # the voice of an unlocked screen: input, until a source speaks
Reason = Literal["call", "fullscreen", "do-not-disturb", "sharing", "film"]


class Voice(NamedTuple):
    """What a source last said of input: going on (None), or none since then."""

    source: str
    idle_since: int | None


class Claim(NamedTuple):
    """A source says that something is on."""

    reason: Reason
    source: str
    since: int


class Presence(Struct, frozen=True, array_like=True, gc=False):
    """Who is there. `doing` is what is recognised, `since` from when on (backdated)."""

    doing: Doing
    since: int
    stance: Stance = "sitting"
    voices: tuple[Voice, ...] = ()
    idle: bool = True  # all sources say: no input
    input_at: int = 0  # the last input, while idle
    sign: int = 0  # the last sign of the person, while idle: input, or the end of a call or film
    proven: bool = False  # the gap that is on was asked for, locked or suspended (rule 3)
    credit_from: int = 0  # Tally.input_ms when the last unproven gap ended
    locked: int | None = None
    suspended: int | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def away(self) -> bool:
        """Whether the person is recognised as absent."""
        return self.doing == "away"

    @property
    def asleep(self) -> bool:
        """Whether screen or machine is out of use, however short."""
        return self.locked is not None or self.suspended is not None

    def out_of_use(self, brief: int, now: int) -> bool:
        """Whether screen or machine has been out of use for as long as counts, `brief` ms (rule 5)."""
        return any(gone is not None and now - gone >= brief for gone in (self.locked, self.suspended))

    def claims_of(self, *reasons: Reason) -> bool:
        """Whether any of these is on."""
        return bool(self.claims) and any(claim.reason in reasons for claim in self.claims)


def heard(presence: Presence, source: str, idle_since: int | None) -> tuple[Voice, ...]:
    """The voices after a source spoke: its word replaces its last one, and that of an unlocked screen."""
    voice, voices = Voice(source, idle_since), presence.voices
    if len(voices) == 1 and voices[0].source == source:
        return (voice,)
    return (*(other for other in voices if other.source not in (source, UNLOCK)), voice)


def lives(presence: Presence, doing: Doing, since: int) -> Presence:
    """What is recognised, and since when."""
    return replace(presence, doing=doing, since=since)


def unlock_voice(presence: Presence) -> Presence:
    """Somebody unlocked the screen: that is input (rule 5)."""
    return replace(presence, voices=(*presence.voices, Voice(UNLOCK, None)))


def hush(presence: Presence, since: int) -> Presence:
    """After a suspend nobody is heard until a source speaks again (rule 5)."""
    voices = tuple(
        Voice(source, since if idle_since is None else idle_since)
        for source, idle_since in presence.voices
        if source != UNLOCK
    )
    return replace(presence, voices=voices, idle=True)


def last_input(voices: tuple[Voice, ...], before: int) -> int | None:
    """The last input any source knows of, `before` if none does; None while there is some."""
    latest = None
    for _, since in voices:
        if since is None:
            return None
        if latest is None or since > latest:
            latest = since
    return before if latest is None else latest


def went_idle(presence: Presence, voices: tuple[Voice, ...], proven: bool) -> Presence:
    """Input ended, say these voices, or not for all of them; what that means shows later."""
    since = last_input(voices, presence.input_at)
    if since is None:
        return replace(presence, voices=voices)
    sign = max(since, presence.sign)  # a call may have ended after the last input
    if presence.idle:
        return replace(presence, voices=voices, input_at=max(since, presence.input_at), sign=sign)
    return replace(presence, voices=voices, idle=True, input_at=since, sign=sign, proven=proven)


def came_back(presence: Presence, voices: tuple[Voice, ...], rule: PresenceRule, tally: Tally, now: int) -> Presence:
    """There is input again: the gap is over, and counts against the slow reader if nothing explains it (rule 3)."""
    explained = presence.proven or presence.claims_of("call") or watching(presence, rule, now)
    unexplained = presence.idle and not explained and now - presence.sign >= rule.away
    since = presence.since if presence.doing == "input" else now
    credit_from = tally.input_ms if unexplained else presence.credit_from
    return replace(
        presence, doing="input", since=since, voices=voices, idle=False, proven=False, credit_from=credit_from
    )


def claim(presence: Presence, reason: Reason, source: str, now: int) -> Presence:
    """Something is on from now."""
    if any(known.reason == reason and known.source == source for known in presence.claims):
        return presence
    return replace(presence, claims=(*presence.claims, Claim(reason, source, now)))


def disclaim(presence: Presence, rule: PresenceRule, reason: Reason, source: str, now: int) -> Presence:
    """It is over. The end of a call or film is a sign of the person (rules 2, 4)."""
    left = tuple(known for known in presence.claims if (known.reason, known.source) != (reason, source))
    ended = replace(presence, claims=left)
    if presence.away or left == presence.claims or ended.claims_of(reason):
        return ended
    if reason == "call":
        return replace(ended, sign=max(ended.sign, now))
    if reason == "film":
        return replace(ended, sign=max(ended.sign, min(now, ended.input_at + rule.film) if ended.idle else now))
    return ended


def watching(presence: Presence, rule: PresenceRule, now: int) -> bool:
    """Whether the person sits and watches: a film is on, without input, and not for too long (rule 4)."""
    return presence.idle and presence.claims_of("film") and now < presence.input_at + rule.film


def slow_reader(presence: Presence, rule: PresenceRule, input_ms: int) -> bool:
    """Whether too little input came since the last unexplained gap to believe the next one (rule 3)."""
    return input_ms - presence.credit_from < rule.reader_input


def left_at(presence: Presence, rule: PresenceRule, theta: int, believed: bool) -> tuple[int, int] | None:
    """(when absence is recognised, from when on it counts), or None while nothing points to it.

    `theta`: how long a silence is absence, ms; `believed`: the person said that they leave, so neither a call nor a
    film speaks for presence.
    """
    left, claims = None, presence.claims
    if presence.idle and (believed or not claims or not presence.claims_of("call")):
        sign, input_at = presence.sign, presence.input_at
        if claims and not believed and presence.claims_of("film"):
            sign = max(sign, input_at + rule.film)
        left = max(sign + theta, input_at + rule.notice), sign
    for gone in (presence.locked, presence.suspended):
        if gone is not None:
            left = min(left or (gone + rule.brief, gone), (gone + rule.brief, gone))
    return left
