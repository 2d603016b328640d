"""What the core decides: values that the shell carries out and the journal keeps, and the reasons for them."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from breakd.core.bars import Stance
from breakd.core.routines import Routine

Tone = Literal["quiet", "gentle", "firm"]
Level = Literal["ok", "near", "over"]


class Because(Struct, frozen=True):
    """One reason: a code, its numbers, and `what` it is about if that varies. Wording is the shell's."""

    code: str
    value: float = 0
    of: float = 0
    what: str = ""


class Decision(Struct, frozen=True):
    """Something decided at `at` (boot-time ms). `did` is its name in journal and traces."""

    did: ClassVar[str]
    at: int


class Prompt(Decision, frozen=True):
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


class _OfKind(Decision, frozen=True):
    """Something about a kind of break."""

    kind: str


class _Rested(_OfKind, frozen=True):
    """The end of a break, after so much rest."""

    rested_ms: int


class Withdraw(_OfKind, frozen=True):
    """Take the open prompt away: it applies no longer."""

    did: ClassVar[str] = "withdraw"


class BreakStarted(Decision, frozen=True):
    """Rest was recognised, or asked for. `inferred`: from idleness alone; `for_ms`: how much is due."""

    kind: str
    rested_ms: int
    for_ms: int
    routine: Routine | None
    inferred: bool
    did: ClassVar[str] = "break_started"


class BreakDone(_Rested, frozen=True):
    """The break is complete, or near enough."""

    did: ClassVar[str] = "break_done"


class BreakAbandoned(_Rested, frozen=True):
    """The person went back to work early; the rest counts in proportion."""

    did: ClassVar[str] = "break_abandoned"


class Missed(_OfKind, frozen=True):
    """All attempts went unanswered."""

    did: ClassVar[str] = "missed"


class Lapsed(Decision, frozen=True):
    """A break at a fixed time, `schedule`, could not be asked for in time, or a later one came."""

    kind: str
    schedule: str
    did: ClassVar[str] = "lapsed"


class Snoozed(Decision, frozen=True):
    """The person put the break off, for the `count`th time."""

    kind: str
    count: int
    did: ClassVar[str] = "snoozed"


class Skipped(_OfKind, frozen=True):
    """The person let this break go."""

    did: ClassVar[str] = "skipped"


class Held(Decision, frozen=True):
    """A break is due but `reason` holds it back."""

    kind: str
    reason: str
    did: ClassVar[str] = "held"


class CheckIn(Decision, frozen=True):
    """Ask how the person is: "sleep", "back", "energy", or "effort" of the last routine."""

    question: str
    did: ClassVar[str] = "checkin"


class CheckInOver(Decision, frozen=True):
    """The last question was answered, or nobody answers."""

    answered: bool
    did: ClassVar[str] = "checkin_over"


class Warn(Decision, frozen=True):
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
