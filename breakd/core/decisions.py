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


@dataclass(frozen=True, slots=True)
class Withdraw(Decision):
    """Take the open prompt away: it applies no longer."""

    kind: str
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


@dataclass(frozen=True, slots=True)
class BreakDone(Decision):
    """The break is complete, or near enough."""

    kind: str
    rested_ms: int
    did: ClassVar[str] = "break_done"


@dataclass(frozen=True, slots=True)
class BreakAbandoned(Decision):
    """The person went back to work early; the rest counts in proportion."""

    kind: str
    rested_ms: int
    did: ClassVar[str] = "break_abandoned"


@dataclass(frozen=True, slots=True)
class Missed(Decision):
    """All attempts went unanswered."""

    kind: str
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


@dataclass(frozen=True, slots=True)
class Skipped(Decision):
    """The person let this break go."""

    kind: str
    did: ClassVar[str] = "skipped"


@dataclass(frozen=True, slots=True)
class Held(Decision):
    """A break is due but `reason` holds it back."""

    kind: str
    reason: str
    did: ClassVar[str] = "held"


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
