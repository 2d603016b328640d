"""The rules as the core reads them: every number that decides, validated, in milliseconds.

The defaults of these numbers stand in `config/breakd.toml` alone; `settings` turns that file into `Rules`.
Rule numbers in comments are those of `docs/design.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from breakd.core.routines import Routine

Counts = Literal["sitting", "input", "screen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRule:
    """One kind of break: `duration` ms of rest pay back `every` ms of what it `counts` (rule 6).

    `longest`: the longest break an overdue bar asks for; `attempts`: prompts a cycle (rule 12);
    `stays`: how long a prompt waits for an answer; `transient`: small, silent, never missed (micro-breaks).
    """

    name: str
    every: int
    duration: int
    longest: int
    counts: Counts
    attempts: int
    stays: int
    transient: bool

    @property
    def full(self) -> int:
        """The level of a full bar (1.0). In units of 1/3 ms x ms, so that every rate is a whole number."""
        return 3 * self.every * self.duration

    @property
    def bound(self) -> int:
        """The level the bar never exceeds: `longest / duration`, at most 2."""
        return min(3 * self.every * self.longest, 2 * self.full)

    def length(self, level: int) -> int:
        """How long a break at this level lasts, ms: rest drains the bar to 0 in just that time (rule 7)."""
        return min(max(self.duration, -(-level // (3 * self.every))), self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRule:
    """When the person counts as away (rules 1-5), all in ms."""

    notice: int
    away: int
    away_prompted: int
    away_resting: int
    away_reader: int
    reader_input: int
    brief: int
    film: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRule:
    """The life of a prompt (rules 8, 10-16), all in ms but `per_hour` and `done`."""

    lull: int
    patience: int
    recent_input: int
    bare_fullscreen: int
    silence: int
    snooze: int
    skip: int
    pause: int
    after_absence: int
    absorb: int
    unbroken: int
    unbroken_started: int
    done: float
    per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """Limits (rules 9, 17-19), all in ms but `near`, a share of the limit."""

    sitting: int
    standing: int
    desk: int
    near: float
    bout_ends: int
    warn_again: int
    warn_after_prompt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that decides. `breaks` are sorted, shortest first: a longer one outranks a shorter (rule 10)."""

    breaks: tuple[BreakRule, ...]
    presence: PresenceRule
    prompt: PromptRule
    limits: LimitRule
    routines: tuple[Routine, ...] = ()
