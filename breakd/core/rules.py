"""The rules as the core reads them: every number that decides, validated, in milliseconds.

The defaults of these numbers stand in `config/breakd.toml` alone; `settings` turns that file into `Rules`.
Journals hold the rules of their time: a field that comes later needs a default here, or an old journal is unreadable.
Rule numbers in comments are those of `docs/design.md`.
"""

from __future__ import annotations

from functools import cached_property
from math import ceil

from msgspec import Struct

from breakd.core.bars import BreakRule, Manner, Speeds, speeds
from breakd.core.choosing.permission import Candidates, MeRule, candidates
from breakd.core.routines import Routine
from breakd.core.units import HOUR, MINUTE, Met, Ms, Share

TEN_MINUTES = Ms(10 * MINUTE)  # for rules from before `after_answer` was apart from `after_absence`

# For rules from before there was [sleep], [readiness] and [exertion]:
HALF_AN_HOUR, LITTLE_MOVEMENT, MOVEMENT_WEEK = Ms(30 * MINUTE), Ms(75 * MINUTE), Ms(150 * MINUTE)
TWENTY_MINUTES, FORTY_FIVE_MINUTES = Ms(20 * MINUTE), Ms(45 * MINUTE)
ONE_HOUR, TWO_HOURS, THIRTEEN_HOURS = Ms(HOUR), Ms(2 * HOUR), Ms(13 * HOUR)
THREE_HOURS, SIX_HOURS, SEVEN_HOURS, NINE_HOURS = Ms(3 * HOUR), Ms(6 * HOUR), Ms(7 * HOUR), Ms(9 * HOUR)
FOURTEEN_HOURS, SIXTEEN_HOURS, SEVENTEEN_HOURS = Ms(14 * HOUR), Ms(16 * HOUR), Ms(17 * HOUR)
HALF, TWO_THIRDS, THREE_QUARTERS, SPIKE = Share(0.5), Share(0.6667), Share(0.75), Share(0.3)
SHORT_NIGHT, MODERATE_FROM, VIGOROUS_FROM = Share(0.7), Share(0.4), Share(0.8)


class PresenceRule(Struct, frozen=True, kw_only=True):
    """When the person counts as away (rules 1-5): the table `[presence]`."""

    notice: Ms
    away: Ms
    away_prompted: Ms
    away_resting: Ms
    away_reader: Ms
    reader_input: Ms
    brief: Ms
    film: Ms


class PromptRule(Struct, frozen=True, kw_only=True):
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


class LimitRule(Struct, frozen=True, kw_only=True):
    """Limits (rules 9, 17-19): the table `[limits]`. `near` is a share of each limit, where it has none of its own."""

    sitting: Ms
    standing: Ms
    desk: Ms
    near: Share
    bout_ends: Ms
    warn_again: Ms
    warn_after_prompt: Ms
    awake: Ms = SEVENTEEN_HOURS
    awake_near: Ms = SIXTEEN_HOURS
    sleep_debt: Ms = FOURTEEN_HOURS


class SleepRule(Struct, frozen=True, kw_only=True):
    """Sleep (rule 17): the table `[sleep]`, but for what is the calendar's.

    `need`: of a night; `main`: a sleep or an absence this long may be the main one; `long`: more than this, without
    debt, is much rest; `window_from`, `bedtime`: so long after the start of a day by the calendar nights are looked
    for, for `window_for`, and bed is near (None: never said); `wind_down`: so long before.
    """

    need: Ms = SEVEN_HOURS
    main: Ms = THREE_HOURS
    long: Ms = NINE_HOURS
    window_from: Ms = SEVENTEEN_HOURS
    window_for: Ms = THIRTEEN_HOURS
    bedtime: Ms | None = None
    wind_down: Ms = ONE_HOUR


class ReadinessRule(Struct, frozen=True, kw_only=True):
    """Readiness and what it tightens (rule 18): the table `[readiness]`.

    It is 0 at so much `debt`, and falls between two values of pain (NRS) and sleepiness (KSS); after a known night
    under `short_night` it is at most `short_most`. `every`, `sitting`, `desk`, `exertion`: what is left of each at 0,
    of the first three never less than its `_least`. `moderate`, `vigorous`: from so much on such exercise is offered.
    """

    debt: Ms = FOURTEEN_HOURS
    pain_from: int = 3
    pain_to: int = 7
    sleepy_from: int = 5
    sleepy_to: int = 8
    short_night: Ms = SIX_HOURS
    short_most: Share = SHORT_NIGHT
    every: Share = TWO_THIRDS
    sitting: Share = THREE_QUARTERS
    desk: Share = THREE_QUARTERS
    every_least: Ms = TWENTY_MINUTES
    sitting_least: Ms = FORTY_FIVE_MINUTES
    desk_least: Ms = SIX_HOURS
    exertion: Share = HALF
    moderate: Share = MODERATE_FROM
    vigorous: Share = VIGOROUS_FROM


class ExertionRule(Struct, frozen=True, kw_only=True):
    """Exertion and movement (rule 17): the table `[exertion]`. Loads are session-RPE (CR10) times minutes.

    A day's cap is the larger of `day` and `times` the mean of 28 days; a week is a spike when it is `spike` over the
    mean of the four before, once that is `spike_from`. `week`: moderate movement; a `beginner` goes there from
    `beginner_from` in `beginner_weeks`; `strength`: days a week; `rest`: less than this a week, for `rest_weeks`, is
    much rest.
    """

    day: int = 120
    times: int = 2
    spike: Share = SPIKE
    spike_from: int = 300
    week: Ms = MOVEMENT_WEEK
    strength: int = 2
    beginner: bool = False
    beginner_from: Ms = HALF_AN_HOUR
    beginner_weeks: int = 26
    rest: Ms = LITTLE_MOVEMENT
    rest_weeks: int = 2


class CheckinRule(Struct, frozen=True, kw_only=True):
    """Check-ins (rule 22): the table `[checkin]`. When is the calendar's to say.

    `wanted`: whether there are any; `most` a day; `stays`: how long a question stands; `late`: how long it is worth
    asking.
    """

    wanted: bool = False
    most: int = 2
    stays: Ms = HALF_AN_HOUR
    late: Ms = TWO_HOURS


EASY_WALK = Met(2.8)
FOUR_HOURS = Ms(4 * HOUR)  # for rules from before there was [choice]


class ChoiceRule(Struct, frozen=True, kw_only=True):
    """Which routine is offered (rule 21): the table `[choice]`.

    `walk_after`: sitting so long, walking comes before bending; `unmoved`: a region not moved for so long needs it;
    `met`: of equals the one about as lively as this; `habit`: how much what was done before weighs, at most;
    `progress`: so often done, the harder sibling comes.
    The others are factors: for so many prompts a routine counts as having waited, for each that it waited (1: no more).
    """

    walk_after: Ms = HALF_AN_HOUR
    unmoved: Ms = FOUR_HOURS
    sore: int = 3
    needed: int = 2
    walking: int = 2
    habit: int = 1
    progress: int = 0  # none
    met: Met = EASY_WALK


# As in journals from before:
ANYBODY, WITHOUT_CHOICE, WITHOUT_SLEEP = MeRule(), ChoiceRule(), SleepRule()
WITHOUT_READINESS, WITHOUT_EXERTION, WITHOUT_CHECKINS = ReadinessRule(), ExertionRule(), CheckinRule()


class ScheduleRule(Struct, frozen=True, kw_only=True):
    """A break at fixed times (rule 26): the table `[schedule.NAME]`. When is the calendar's to say.

    `kind`: the name of its kind of break; `routine`: an id, "" for any; `late`: how long it is worth asking for.
    """

    name: str
    kind: str
    routine: str
    late: Ms


class Rules(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that decides. `breaks` are sorted, shortest first: a longer one outranks a shorter (rule 10)."""

    breaks: tuple[BreakRule, ...]
    presence: PresenceRule
    prompt: PromptRule
    limits: LimitRule
    routines: tuple[Routine, ...] = ()
    me: MeRule = ANYBODY
    choice: ChoiceRule = WITHOUT_CHOICE
    schedule: tuple[ScheduleRule, ...] = ()
    sleep: SleepRule = WITHOUT_SLEEP
    readiness: ReadinessRule = WITHOUT_READINESS
    exertion: ExertionRule = WITHOUT_EXERTION
    checkin: CheckinRule = WITHOUT_CHECKINS

    @cached_property
    def by_id(self) -> dict[str, Routine]:
        """The routines by their ids."""
        return {routine.id: routine for routine in self.routines}

    @cached_property
    def easier(self) -> dict[str, str]:
        """The ids of routines with that of their easier sibling; it is enough that one of two names the other."""
        found = {each.harder: each.id for each in self.routines if each.harder}
        return found | {each.id: each.easier for each in self.routines if each.easier}

    @cached_property
    def candidates(self) -> dict[str, Candidates]:
        """For each kind of break the routines that fit it and that `[me]` permits."""
        return {kind.name: candidates(self.routines, kind, self.me) for kind in self.breaks}

    @cached_property
    def speeds(self) -> Speeds:
        """How fast each bar moves, for every manner of living."""
        return speeds(self.breaks)

    @cached_property
    def paces(self) -> dict[Manner, tuple[tuple[int, int], ...]]:
        """For every manner of living how fast each bar moves, with the level that it never exceeds."""
        return {manner: tuple(zip(each, self.bounds, strict=True)) for manner, each in self.speeds.items()}

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """The level that each bar never exceeds."""
        return tuple(kind.bound for kind in self.breaks)

    @cached_property
    def fulls(self) -> tuple[int, ...]:
        """The level at which each bar is full."""
        return tuple(kind.full for kind in self.breaks)

    @cached_property
    def input_outranks(self) -> bool:
        """Whether a break from input alone is longer than another, and so may take its place."""
        return any(kind.counts == "input" for kind in self.breaks[1:])

    @cached_property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """For each limit, in the order of `limits.GAUGES`, the values at which it is near and over, ms."""
        limits = self.limits
        return tuple((ceil(limits.near * limit), limit) for limit in (limits.sitting, limits.standing, limits.desk))

    @cached_property
    def nearly_due(self) -> tuple[int, ...]:
        """For each kind the level from which on it absorbs shorter breaks: due within `absorb` (rule 10)."""
        return tuple(kind.full - kind.fill * self.prompt.absorb for kind in self.breaks)
