"""The rules as the core reads them: every number that decides, validated, in milliseconds.

The defaults of these numbers stand in `config/breakd.toml` alone; `settings` turns that file into `Rules`.
Journals hold the rules of their time: a field that comes later needs a default here, or an old journal is unreadable.
Rule numbers in comments are those of `docs/design.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil

from breakd.core.bars import BreakRule, Speeds, speeds
from breakd.core.permission import Candidates, MeRule, candidates
from breakd.core.routines import Routine
from breakd.core.units import HOUR, MINUTE, Met, Ms, Share

TEN_MINUTES = Ms(10 * MINUTE)  # for rules from before `after_answer` was apart from `after_absence`


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRule:
    """When the person counts as away (rules 1-5): the table `[presence]`."""

    notice: Ms
    away: Ms
    away_prompted: Ms
    away_resting: Ms
    away_reader: Ms
    reader_input: Ms
    brief: Ms
    film: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRule:
    """The life of a prompt (rules 8, 10-16): the table `[prompt]`. `attempts` and `stays` are for kinds without own."""

    lull: Ms
    patience: Ms
    recent_input: Ms
    attempts: int
    stays: Ms
    silence: Ms
    snooze: Ms
    skip: Ms
    pause: Ms
    bare_fullscreen: Ms
    after_absence: Ms
    after_answer: Ms = TEN_MINUTES
    absorb: Ms
    unbroken: Ms
    unbroken_started: Ms
    done: Share
    per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """Limits (rules 9, 17-19): the table `[limits]`. `near` is a share of each limit."""

    sitting: Ms
    standing: Ms
    desk: Ms
    near: Share
    bout_ends: Ms
    warn_again: Ms
    warn_after_prompt: Ms


EASY_WALK = Met(2.8)
HALF_AN_HOUR, FOUR_HOURS = Ms(30 * MINUTE), Ms(4 * HOUR)  # for rules from before there was [choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRule:
    """Which routine is offered (rule 21): the table `[choice]`.

    `walk_after`: sitting so long, walking comes before bending; `unmoved`: a region not moved for so long needs it;
    `met`: of equals the one about as lively as this.
    The others are factors: for so many prompts a routine counts as having waited, for each that it waited (1: no more).
    """

    walk_after: Ms = HALF_AN_HOUR
    unmoved: Ms = FOUR_HOURS
    sore: int = 3
    needed: int = 2
    walking: int = 2
    met: Met = EASY_WALK


ANYBODY, WITHOUT_CHOICE = MeRule(), ChoiceRule()  # as in journals from before


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRule:
    """A break at fixed times (rule 26): the table `[schedule.NAME]`. When is the calendar's to say.

    `kind`: the name of its kind of break; `routine`: an id, "" for any; `late`: how long it is worth asking for.
    """

    name: str
    kind: str
    routine: str
    late: Ms


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything that decides. `breaks` are sorted, shortest first: a longer one outranks a shorter (rule 10)."""

    breaks: tuple[BreakRule, ...]
    presence: PresenceRule
    prompt: PromptRule
    limits: LimitRule
    routines: tuple[Routine, ...] = ()
    me: MeRule = ANYBODY
    choice: ChoiceRule = WITHOUT_CHOICE
    schedule: tuple[ScheduleRule, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Routine]:
        """The routines by their ids."""
        return {routine.id: routine for routine in self.routines}

    @cached_property
    def candidates(self) -> dict[str, Candidates]:
        """For each kind of break the routines that fit it and that `[me]` permits."""
        return {kind.name: candidates(self.routines, kind, self.me) for kind in self.breaks}

    @cached_property
    def speeds(self) -> Speeds:
        """How fast each bar moves, for every manner of living."""
        return speeds(self.breaks)

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """The level that each bar never exceeds."""
        return tuple(kind.bound for kind in self.breaks)

    @cached_property
    def fulls(self) -> tuple[int, ...]:
        """The level at which each bar is full."""
        return tuple(kind.full for kind in self.breaks)

    @cached_property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """For each limit, in the order of `limits.GAUGES`, the values at which it is near and over, ms."""
        limits = self.limits
        return tuple((ceil(limits.near * limit), limit) for limit in (limits.sitting, limits.standing, limits.desk))

    @cached_property
    def nearly_due(self) -> tuple[int, ...]:
        """For each kind the level from which on it absorbs shorter breaks: due within `absorb` (rule 10)."""
        return tuple(kind.full - kind.fill * self.prompt.absorb for kind in self.breaks)
