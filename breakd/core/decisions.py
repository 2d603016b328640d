"""What the core decides: values that the shell carries out and the journal keeps, and the reasons for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from breakd.core.bars import Stance
from breakd.core.routines import Routine

Tone = Literal["quiet", "gentle", "firm"]
Level = Literal["ok", "near", "over"]


@dataclass(frozen=True, slots=True)
class Because:
    """One reason: a code, its numbers, and `what` it is about if that varies. Wording is the shell's."""

    code: str
    value: float = 0
    of: float = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something decided at `at` (boot-time ms). `did` is its name in journal and traces."""

    did: ClassVar[str]
    at: int


@dataclass(frozen=True, slots=True)
class Prompt(Decision):
    """Ask for a break of `for_ms`.

    `snoozes`: how often this one was snoozed; `schedule`: by which of its times; `stays_ms`: gone by itself after this;
    `posture`: which one the desk allows instead.
    """

    kind: str
    attempt: int
    tone: Tone
    routine: Routine | None
    for_ms: int
    snoozes: int
    because: tuple[Because, ...]
    schedule: str = ""
    stays_ms: int | None = None
    posture: Stance | None = None
    did: ClassVar[str] = "prompt"


# Making a dataclass takes half a millisecond, and every command and every start would make them all: decisions that
# say the same things share one.


@dataclass(frozen=True, slots=True)
class _OfKind(Decision):
    """Something about a kind of break."""

    kind: str


@dataclass(frozen=True, slots=True)
class _Rested(_OfKind):
    """The end of a break, after so much rest."""

    rested_ms: int


class Withdraw(_OfKind):
    """Take the open prompt away: it applies no longer."""

    __slots__ = ()
    did: ClassVar[str] = "withdraw"


@dataclass(frozen=True, slots=True)
class BreakStarted(Decision):
    """Rest was recognised, or asked for. `inferred`: from idleness alone; `for_ms`: how much is due."""

    kind: str
    rested_ms: int
    for_ms: int
    routine: Routine | None
    inferred: bool
    did: ClassVar[str] = "break_started"


class BreakDone(_Rested):
    """The break is complete, or near enough."""

    __slots__ = ()
    did: ClassVar[str] = "break_done"


class BreakAbandoned(_Rested):
    """The person went back to work early; the rest counts in proportion."""

    __slots__ = ()
    did: ClassVar[str] = "break_abandoned"


class Missed(_OfKind):
    """All attempts went unanswered."""

    __slots__ = ()
    did: ClassVar[str] = "missed"


@dataclass(frozen=True, slots=True)
class Lapsed(Decision):
    """A break at a fixed time, `schedule`, could not be asked for in time, or a later one came."""

    kind: str
    schedule: str
    did: ClassVar[str] = "lapsed"


@dataclass(frozen=True, slots=True)
class Snoozed(Decision):
    """The person put the break off, for the `count`th time."""

    kind: str
    count: int
    did: ClassVar[str] = "snoozed"


class Skipped(_OfKind):
    """The person let this break go."""

    __slots__ = ()
    did: ClassVar[str] = "skipped"


@dataclass(frozen=True, slots=True)
class Held(Decision):
    """A break is due but `reason` holds it back."""

    kind: str
    reason: str
    did: ClassVar[str] = "held"


@dataclass(frozen=True, slots=True)
class CheckIn(Decision):
    """Ask how the person is: "sleep", "back", "energy", or "effort" of the last routine."""

    question: str
    did: ClassVar[str] = "checkin"


@dataclass(frozen=True, slots=True)
class CheckInOver(Decision):
    """The last question was answered, or nobody answers."""

    answered: bool
    did: ClassVar[str] = "checkin_over"


@dataclass(frozen=True, slots=True)
class Warn(Decision):
    """A limit came near or was passed. `value_ms` of `of_ms` (loads: CR10 x ms).

    `posture`: the one that the desk allows instead.
    """

    limit: str
    level: Level
    value_ms: int
    of_ms: int
    because: tuple[Because, ...]
    posture: Stance | None = None
    did: ClassVar[str] = "warn"
