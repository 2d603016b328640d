"""What can happen: the events that change the state, as sources tell them and the journal keeps them.

An event says *what*; when it happened and when it was learned stand in its `Entry`.
Fields are the JSON fields of the trace format, so a trace line, a journal row and an event are one thing.
"""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from msgspec import Struct

from breakd.core.bars import Stance
from breakd.core.routines import Routine
from breakd.core.rules import Rules

Hold = Literal["call", "fullscreen", "do-not-disturb", "sharing"]
Order = Literal["start", "stop", "snooze", "skip", "pause", "resume"]
Tap = Literal[
    "sleep-short", "sleep-fair", "sleep-enough", "back-fine", "back-sore", "back-painful",
    "energy-fresh", "energy-fair", "energy-tired", "effort-easy", "effort-fair", "effort-hard",
]  # fmt: skip
Choice = Literal["start", "snooze", "skip", "stand", "sit", Tap]
HEAVIEST = 4  # the most that one piece of advice can multiply by


class Event(Struct, frozen=True):
    """Something that happened. `name` is its name in traces; the fields are its facts."""

    name: ClassVar[str]
    unwatched: ClassVar[bool] = False  # nobody could decide between `at` and `seen`


def _check(what: str, value: object, allowed: object) -> None:
    if value not in get_args(allowed):
        raise ValueError(f"{what} is {value!r}, expected one of: {', '.join(get_args(allowed))}")


class Active(Event, frozen=True):
    """There is input; it goes on until something else is told."""

    name: ClassVar[str] = "active"


class Idle(Event, frozen=True):
    """There has been no input since `at`, the moment of the last input."""

    name: ClassVar[str] = "idle"


class Locked(Event, frozen=True):
    """The screen was locked."""

    name: ClassVar[str] = "locked"


class Unlocked(Event, frozen=True):
    """The screen was unlocked."""

    name: ClassVar[str] = "unlocked"


class Suspended(Event, frozen=True):
    """The machine went to sleep, or the daemon stopped living, at `at`."""

    name: ClassVar[str] = "suspended"
    unwatched: ClassVar[bool] = True


class Resumed(Event, frozen=True):
    """The machine is back. Whether there is input is unknown until a source tells."""

    name: ClassVar[str] = "resumed"


class Busy(Event, frozen=True):
    """Now is no moment for a prompt: a call, full screen, do-not-disturb, or a shared screen. Ended by `Free`."""

    reason: Hold
    name: ClassVar[str] = "busy"

    def __post_init__(self) -> None:
        _check("reason", self.reason, Hold)


class Free(Event, frozen=True):
    """The end of a `Busy` of the same reason and source."""

    reason: Hold
    name: ClassVar[str] = "free"

    def __post_init__(self) -> None:
        _check("reason", self.reason, Hold)


class Watching(Event, frozen=True):
    """An idle inhibitor is held: a film, a presentation."""

    name: ClassVar[str] = "watching"


class NotWatching(Event, frozen=True):
    """No idle inhibitor is held any more."""

    name: ClassVar[str] = "not_watching"


class Posture(Event, frozen=True):
    """How the person is at the desk from now on."""

    value: Stance
    name: ClassVar[str] = "posture"

    def __post_init__(self) -> None:
        _check("value", self.value, Stance)


class Command(Event, frozen=True):
    """What the person asked for.

    `for_ms`: how long a snooze, skip or pause lasts, in ms; None: as configured. `routine`: the id of what is to be
    done in a break that is started; "": as chosen.
    """

    order: Order
    for_ms: int | None = None
    routine: str = ""
    name: ClassVar[str] = "command"

    def __post_init__(self) -> None:
        _check("name", self.order, Order)
        if self.for_ms is not None and self.for_ms <= 0:
            raise ValueError(f"for is {self.for_ms} ms, expected more than 0")
        if self.routine and self.order != "start":
            raise ValueError(f"routine is {self.routine!r} with {self.order}, expected it with start alone")


_POSTURES: dict[Choice, Stance] = {"stand": "standing", "sit": "sitting"}


def chosen(choice: Choice) -> Command | Posture | None:
    """What the button of a prompt or a warning stands for; None for those of check-ins."""
    match choice:
        case "stand" | "sit":
            return Posture(_POSTURES[choice])
        case "start" | "snooze" | "skip":
            return Command(choice)
    return None


class Alarm(Event, frozen=True):
    """The calendar rang; `what` is which of its alarms.

    `day`: the day starts; `break`: it is time for the scheduled break `label`. `quiet` and `silence` tell the hours
    that are on, or the next ones, in which nothing is asked for by itself, or nothing at all: from `from_ms` up to
    `until_ms` (boot-time ms; None: there are none).
    """

    what: str
    label: str = ""
    from_ms: int | None = None
    until_ms: int | None = None
    name: ClassVar[str] = "alarm"


class Zone(Event, frozen=True):
    """The time zone is `zone` (IANA name) from now on."""

    zone: str
    name: ClassVar[str] = "zone"


class Clock(Event, frozen=True):
    """The wall clock jumped by `shift_ms` against boot time: neither sitting nor rest."""

    shift_ms: int
    name: ClassVar[str] = "clock"


class Started(Event, frozen=True):
    """The daemon started; `at` is when the one before it is last known to have lived.

    At a first start `at` is the start itself.
    """

    name: ClassVar[str] = "started"
    unwatched: ClassVar[bool] = True


class Configured(Event, frozen=True):
    """These rules and routines are in force from now on."""

    rules: Rules
    name: ClassVar[str] = "configured"


class Slept(Event, frozen=True):
    """A sleep that the person or an importer reports, `from_ms` to `to_ms` (boot-time ms).

    `instead`: of every sleep it overlaps; else it is joined to them.
    """

    from_ms: int
    to_ms: int
    instead: bool = False
    name: ClassVar[str] = "slept"

    def __post_init__(self) -> None:
        if self.to_ms <= self.from_ms:
            raise ValueError("the sleep ends before it begins")


class Felt(Event, frozen=True):
    """Pain (NRS 0-10) with its place, sleepiness (KSS 1-9), how hard the last routine was (CR10), as reported."""

    pain: int | None = None
    where: str = ""
    sleepiness: int | None = None
    effort: int | None = None
    name: ClassVar[str] = "felt"

    def __post_init__(self) -> None:
        if self.pain is not None and not 0 <= self.pain <= 10:
            raise ValueError(f"pain is {self.pain}, expected 0 to 10")
        if self.sleepiness is not None and not 1 <= self.sleepiness <= 9:
            raise ValueError(f"sleepiness is {self.sleepiness}, expected 1 to 9")
        if self.effort is not None and not 0 <= self.effort <= 10:
            raise ValueError(f"effort is {self.effort}, expected 0 to 10")


class Exercised(Event, frozen=True):
    """Exercise outside breakd: `minutes` at `rpe` (Borg CR10)."""

    minutes: float
    rpe: float
    what: str = ""
    name: ClassVar[str] = "exercised"

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError(f"minutes is {self.minutes}, expected more than 0")
        if not 0 <= self.rpe <= 10:
            raise ValueError(f"rpe is {self.rpe}, expected 0 to 10")


class Advice(Struct, frozen=True):
    """What an adviser thinks of the routines with this tag: an id, a plugin, a sort, a region or a need.

    `factor`: 0 rules them out, 1 is neutral, up to 4 in their favour; `because`: the reason, as people read it.
    """

    tag: str
    factor: float
    because: str = ""

    def __post_init__(self) -> None:
        if not self.tag:
            raise ValueError("advice needs a tag: the id, plugin, kind, region or need of routines")
        if not 0 <= self.factor <= HEAVIEST:
            raise ValueError(f"the factor for {self.tag!r} is {self.factor}, expected 0 to {HEAVIEST}")


class Gathered(Event, frozen=True):
    """What advisers said before a choice; it replaces what they said before. `routines`: those that they add."""

    advice: tuple[Advice, ...] = ()
    routines: tuple[Routine, ...] = ()
    name: ClassVar[str] = "gathered"


class Entry(Struct, frozen=True, gc=False):
    """An event on its way into the core.

    `seen`: when it was learned, `at`: when it happened (ms of boot time, `at <= seen`);
    `source`: who told it, stamped by the host; `seq`: its place in the journal (0: not journalled yet).
    """

    seen: int
    at: int
    event: Event
    source: str = ""
    seq: int = 0
