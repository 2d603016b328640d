"""What the core promises at every moment, checked by an observer that knows only events and decisions."""

from __future__ import annotations

from collections.abc import Iterable

from breakd.core import engine
from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    Decision,
    Held,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Warn,
    Withdraw,
)
from breakd.core.events import (
    Alarm,
    Busy,
    Command,
    Configured,
    Entry,
    Free,
    Locked,
    NotWatching,
    Unlocked,
    Watching,
)
from breakd.core.units import HOUR


class Watch:
    """Runs the core and keeps its own books of locks, holds, pauses and open prompts."""

    def __init__(self, state: engine.State) -> None:
        self.state = state
        self.locked = False
        self.claims: set[tuple[str, str]] = set()
        self.paused_until = 0
        self.quiet = self.silence = range(0)
        self.open: Prompt | None = None  # the note that stands on the screen
        self.resting: BreakStarted | None = None
        self.notes: list[int] = []
        self.allowed = 0  # an hour, the most under any rules so far
        self.unasked_since: int | None = None  # since when a break is due, with nothing against asking

    def runs_to(self, to: int) -> None:
        """Let time pass, deadline by deadline."""
        while (wake := engine.next_deadline(self.state)) is not None and wake <= to:
            self.state, decisions = engine.advance(self.state, wake)
            self._check(decisions)
        self.state, decisions = engine.advance(self.state, to)
        assert decisions == ()

    def hears(self, entry: Entry) -> None:
        """Fold an event in."""
        self._book(entry)
        self.state, decisions = engine.step(self.state, entry)
        self._check(decisions)

    def _book(self, entry: Entry) -> None:
        match entry.event:
            case Locked():
                self.locked = True
            case Unlocked():
                self.locked = False
            case Busy(reason):
                self.claims.add((reason, entry.source))
            case Free(reason):
                self.claims.discard((reason, entry.source))
            case Watching():
                self.claims.add(("film", entry.source))
            case NotWatching():
                self.claims.discard(("film", entry.source))
            case Command("pause", for_ms):
                self.paused_until = entry.seen + (for_ms or self.state.rules.prompt.pause)
            case Command("resume"):
                self.paused_until = 0
            case Alarm(engine.QUIET, _, since, until):
                self.quiet = range(since or 0, until or 0)
            case Alarm(engine.SILENCE, _, since, until):
                self.silence = range(since or 0, until or 0)
            case Configured():  # perhaps another kind of break
                self.unasked_since = None

    # -- the promises ----------------------------------------------------------------------------------------------

    def _check(self, decisions: Iterable[Decision]) -> None:
        self.allowed = max(self.allowed, self.state.rules.prompt.per_hour)
        for decision in decisions:
            if isinstance(decision, Prompt | Warn):
                self._may_speak(decision)
            self._in_turn(decision)
        state = self.state
        for rule, level in zip(state.rules.breaks, state.tally.levels, strict=True):
            assert 0 <= level <= rule.bound, "rule 6: a bar between empty and its bound"
        wake = engine.next_deadline(state)
        assert wake is None or wake > state.now, "a deadline lies ahead"
        self._asks_in_time()

    def _asks_in_time(self) -> None:
        """Rules 11, 12: a due break is deferred, never lost."""
        now, patience = self.state.now, self.state.rules.prompt.patience
        if self._nothing_to_ask():
            self.unasked_since = None
        elif self.unasked_since is None:
            self.unasked_since = now
        assert self.unasked_since is None or now < self.unasked_since + patience, "rule 11: no longer than 2 min"

    def _nothing_to_ask(self) -> bool:
        state = self.state
        longest, presence = state.rules.breaks[-1], state.presence
        return (
            state.tally.levels[-1] < longest.full
            or state.now < state.kinds[-1].quiet_until
            or state.slot.phase in ("shown", "resting", "halted")
            or presence.doing != "input"  # away, or without input for longer than a prompt is shown
            or presence.asleep
            or state.now < self.paused_until
            or state.now in self.quiet
            or (state.slot.call and state.now in self.silence)
            or any(reason != "film" for reason, _ in self.claims)
            or len([note for note in self.notes if note > state.now - HOUR]) >= state.rules.prompt.per_hour
        )

    def _may_speak(self, decision: Prompt | Warn) -> None:
        at, state = decision.at, self.state
        assert at == state.now, "nothing is said of a past moment"
        assert not state.presence.away, "rule 16: nothing while away"
        assert not self.locked, "rule 16: nothing while locked"
        assert at >= self.paused_until, "rules 15, 16: nothing while paused"
        scheduled = isinstance(decision, Prompt) and decision.schedule
        assert at not in (self.silence if scheduled else self.quiet), "rule 25: nothing in quiet hours"
        reasons = {reason for reason, _ in self.claims}
        assert not reasons & {"call", "do-not-disturb", "sharing"}, "rule 11: a hold of any length"
        assert reasons < {"fullscreen", "film"}, "rule 11: full screen with an inhibitor"
        self.notes.append(at)
        assert len([note for note in self.notes if note > at - HOUR]) <= self.allowed

    def _in_turn(self, decision: Decision) -> None:
        """Rule 16: one prompt at a time; each ends before another begins."""
        match decision:
            case Prompt(_, kind, attempt):
                if self.open is not None:
                    assert (kind, attempt) == (self.open.kind, self.open.attempt + 1), "never two open"
                assert self.resting is None, "no prompt during a break"
                self.open = decision
            case Withdraw(_, kind) | Missed(_, kind) | Snoozed(_, kind) | Skipped(_, kind):
                if not isinstance(decision, Snoozed | Skipped):  # these also answer what is yet to be shown
                    assert self.open is not None
                assert self.open is None or self.open.kind == kind
                self.open = None
            case BreakStarted(_, kind):
                assert self.resting is None
                assert self.open is None or self.open.kind == kind
                self.open, self.resting = None, decision
            case BreakDone(_, kind, rested_ms):
                assert self.resting is not None
                assert self.resting.kind == kind
                assert rested_ms >= self.state.rules.prompt.done * self.resting.for_ms, "rule 13: done at nine tenths"
                self.resting = None
            case BreakAbandoned(_, kind):
                assert self.resting is not None
                assert self.resting.kind == kind
                self.resting = None
            case Held(_, kind):
                assert self.open is None or self.open.kind == kind
