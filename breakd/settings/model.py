"""The shape of `breakd.toml`: every key with its type. The defaults are in `config/breakd.toml`, not here.

The tables `[presence]`, `[prompt]`, `[limits]`, `[me]`, `[choice]`, `[readiness]` and `[exertion]` are the core's own
rules.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from breakd.core.bars import BreakRule, Counts
from breakd.core.choosing.permission import MeRule
from breakd.core.rules import (
    CheckinRule,
    ChoiceRule,
    ExertionRule,
    LimitRule,
    PresenceRule,
    PromptRule,
    ReadinessRule,
    Rules,
    ScheduleRule,
    SleepRule,
)
from breakd.core.units import MINUTE, Ms
from breakd.settings.hours import Range, When
from breakd.settings.values import Argv, Bedtime, Nightly, Preset, TimeOfDay, minutes


class Bars(Struct, frozen=True, kw_only=True):
    """`[bars]`: how bars move, for all kinds of break."""

    standing: int
    most: int


class Break(Struct, frozen=True, kw_only=True):
    """`[breaks.NAME]`. The key `for` is a word of Python's own, so the field has another name."""

    counts: Counts
    every: Ms
    for_: Ms
    longest: Ms | None = None
    attempts: int | None = None
    stays: Ms | None = None
    transient: bool = False
    enabled: bool = True

    def rule(self, name: str, prompt: PromptRule, bars: Bars) -> BreakRule:
        """The rule of this kind; what is not said is taken from `[prompt]`."""
        return BreakRule(
            name=name,
            every=self.every,
            duration=self.for_,
            longest=2 * self.for_ if self.longest is None else self.longest,
            counts=self.counts,
            attempts=prompt.attempts if self.attempts is None else self.attempts,
            stays=prompt.stays if self.stays is None else self.stays,
            transient=self.transient,
            standing=bars.standing,
            most=bars.most,
        )


class Hours(Struct, frozen=True, kw_only=True):
    """`[hours]`: when prompts and warnings may come. No `work` is always, no `quiet` is never.

    `late`: how long a break at a fixed time is worth asking for, where it says nothing of its own.
    """

    work: list[Range]
    quiet: list[Range]
    late: Ms


class Schedule(Struct, frozen=True, kw_only=True):
    """`[schedule.NAME]`: a break at fixed times, with `routine` if that is said.

    `break_`: its kind, the longest if none is said.
    """

    at: list[When]
    routine: str = ""
    break_: str = ""
    late: Ms | None = None
    enabled: bool = True

    def rule(self, name: str, longest: str, hours: Hours) -> ScheduleRule:
        """The rule of this break; what is not said is the longest kind, and `[hours] late`."""
        late = hours.late if self.late is None else self.late
        return ScheduleRule(name=name, kind=self.break_ or longest, routine=self.routine, late=late)


class Sleep(Struct, frozen=True, kw_only=True):
    """`[sleep]`: what a night is. `window`: when it is looked for; without `bedtime` there is no wind-down."""

    need: Ms
    window: Nightly
    main: Ms
    long: Ms
    bedtime: Bedtime
    wind_down: Ms

    def rule(self, day_start: str) -> SleepRule:
        """What the core reads: times of day count from the start of the day."""

        def after(time: str) -> Ms:
            return Ms((minutes(time) - minutes(day_start)) % (24 * 60) * MINUTE)

        since, until = self.window.split("-")
        return SleepRule(
            need=self.need,
            main=self.main,
            long=self.long,
            window_from=after(since),
            window_for=Ms((minutes(until) - minutes(since)) % (24 * 60) * MINUTE),
            bedtime=after(self.bedtime) if self.bedtime else None,
            wind_down=self.wind_down,
        )


class Checkin(Struct, frozen=True, kw_only=True):
    """`[checkin]`: when you are asked how you are; [] is never."""

    at: list[When]
    most: int
    stays: Ms
    late: Ms

    def rule(self) -> CheckinRule:
        """What the core reads; when is the calendar's."""
        return CheckinRule(wanted=bool(self.at), most=self.most, stays=self.stays, late=self.late)


class Notify(Struct, frozen=True, kw_only=True):
    """`[notify]`: which notifiers are tried, the first success wins."""

    order: list[str]


class On(Struct, frozen=True, kw_only=True):
    """`[on]`: what is run when something happens, see `docs/on.md`; [] is nothing. `timeout`: of each."""

    timeout: Ms
    break_due: Argv
    prompt: Argv
    withdraw: Argv
    break_started: Argv
    break_done: Argv
    break_abandoned: Argv
    missed: Argv
    snoozed: Argv
    skipped: Argv
    held: Argv
    warn: Argv
    lapsed: Argv
    checkin: Argv
    checkin_over: Argv
    away: Argv
    back: Argv
    paused: Argv
    resumed: Argv

    @property
    def commands(self) -> dict[str, Argv]:
        """Those that are set, by the name of what happens."""
        names = [name for name in self.__struct_fields__ if name != "timeout"]
        return {name: argv for name in names if (argv := getattr(self, name))}


class Settings(Struct, frozen=True, kw_only=True):
    """The whole file. `plugins` holds each plugin's own table, unread."""

    preset: Preset
    day_start: TimeOfDay
    breaks: dict[str, Break]
    bars: Bars
    presence: PresenceRule
    prompt: PromptRule
    limits: LimitRule
    me: MeRule
    choice: ChoiceRule
    sleep: Sleep
    readiness: ReadinessRule
    exertion: ExertionRule
    checkin: Checkin
    hours: Hours
    schedule: dict[str, Schedule]
    notify: Notify
    on: On
    plugins: dict[str, Any]

    def rules(self) -> Rules:
        """What the core reads, without routines: those come from plugins."""
        kinds = [table.rule(name, self.prompt, self.bars) for name, table in self.breaks.items() if table.enabled]
        breaks = tuple(sorted(kinds, key=lambda kind: (kind.duration, kind.every, kind.name)))
        scheduled = [(name, table) for name, table in self.schedule.items() if table.enabled]
        return Rules(
            breaks=breaks,
            presence=self.presence,
            prompt=self.prompt,
            limits=self.limits,
            me=self.me,
            choice=self.choice,
            schedule=tuple(table.rule(name, breaks[-1].name, self.hours) for name, table in scheduled),
            sleep=self.sleep.rule(self.day_start),
            readiness=self.readiness,
            exertion=self.exertion,
            checkin=self.checkin.rule(),
        )
