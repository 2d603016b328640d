"""Events and decisions as facts and as lines of a journal export, which is a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from breakd.core.decisions import (
    Because,
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    CheckIn,
    CheckInOver,
    Decision,
    Held,
    Lapsed,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Warn,
    Withdraw,
)
from breakd.core.events import Entry, Event, Started
from breakd.core.limits import UNITS
from breakd.core.routines import Routine
from breakd.core.units import SECOND
from breakd.daemon.store.fields import FIELDS, Field, Wall

Facts = dict[str, object]


class Did(msgspec.Struct, frozen=True, gc=False):
    """A decision as it was written down: at `at` (boot-time ms), its name, and its facts as in a trace."""

    at: int
    name: str
    facts: Mapping[str, object]
    seq: int = 0


def did(decision: Decision) -> Did:
    """The decision, ready to be written down."""
    return Did(decision.at, decision.did, decision_facts(decision))


def line(item: Entry | Did | Decision, wall: Wall) -> str:
    """One line of JSON without its end. `wall`: the wall clock before the item, so that a jump is told by the old."""
    if isinstance(item, Decision):
        item = did(item)
    if isinstance(item, Did):
        facts: Facts = {"at": wall.text(item.at), "did": item.name, **item.facts}
    else:
        # A start is told when it was seen; when the daemon last lived is a fact of its own.
        at = item.seen if isinstance(item.event, Started) else item.at
        facts = {"at": wall.text(at), "event": item.event.name, **event_facts(item, wall)}
        facts["seen"] = wall.text(item.seen)
        if item.source:
            facts["source"] = item.source
    if item.seq:
        facts["seq"] = item.seq
    return msgspec.json.encode(facts).decode()


def event_facts(entry: Entry, wall: Wall) -> Facts:
    """The fields of an event beside `at`, as in a trace. Raises TypeError for events that are not journalled."""
    event = entry.event
    if isinstance(event, Started):
        return {"alive": wall.text(entry.at)}
    facts: Facts = {}
    for field in fields_of(event):
        value = getattr(event, field.attribute)
        if field.needed or (value not in (None, "", ()) and value is not False):
            facts[field.key] = field.kind.write(value, wall)
    return facts


def fields_of(event: Event) -> tuple[Field, ...]:
    """The fields of an event. Raises TypeError for events that are not journalled."""
    if type(event) not in FIELDS:
        raise TypeError(f"{type(event).__name__} is no event of the journal")
    return FIELDS[type(event)]


def decision_facts(decision: Decision) -> Facts:
    """What a decision says beside `at`, as in a trace: lengths in seconds, limits in minutes."""
    return _DECISIONS[type(decision)](decision)


def _prompt(prompt: Prompt) -> Facts:
    return {
        "break": prompt.kind,
        **({"schedule": prompt.schedule} if prompt.schedule else {}),
        "attempt": prompt.attempt,
        "tone": prompt.tone,
        "routine": _id(prompt.routine),
        "for_s": _seconds(prompt.for_ms),
        "because": because_facts(prompt.because),
    }


def _started(started: BreakStarted) -> Facts:
    lengths = {"rested_s": _seconds(started.rested_ms), "for_s": _seconds(started.for_ms)}
    return {"break": started.kind, **lengths, "routine": _id(started.routine), "inferred": started.inferred}


def _rested(ended: BreakDone | BreakAbandoned) -> Facts:
    return {"break": ended.kind, "rested_s": _seconds(ended.rested_ms)}


def _unrested(over: Withdraw | Missed | Skipped) -> Facts:
    return {"break": over.kind, "rested_s": 0}


def _warn(warn: Warn) -> Facts:
    unit, scale = UNITS[warn.limit]
    numbers = {"value": round(warn.value_ms / scale, 2), "of": round(warn.of_ms / scale, 2), "unit": unit}
    return {"limit": warn.limit, "level": warn.level, **numbers, "because": because_facts(warn.because)}


_DECISIONS: dict[type[Decision], Callable[[Any], Facts]] = {
    Prompt: _prompt,
    Withdraw: _unrested,
    BreakStarted: _started,
    BreakDone: _rested,
    BreakAbandoned: _rested,
    Missed: _unrested,
    Snoozed: lambda it: {"break": it.kind, "rested_s": 0, "count": it.count},
    Skipped: _unrested,
    Held: lambda it: {"break": it.kind, "reason": it.reason},
    Lapsed: lambda it: {"break": it.kind, "schedule": it.schedule},
    Warn: _warn,
    CheckIn: lambda it: {"question": it.question},
    CheckInOver: lambda it: {"answered": it.answered},
}


def _id(routine: Routine | None) -> str | None:
    return routine.id if routine else None


def _seconds(ms: int) -> float:
    return _number(ms / SECOND)


def _number(value: float) -> float:
    if type(value) is int:  # as are most, of which a prompt has a dozen
        return value
    return int(value) if value == int(value) else value


def because_facts(because: tuple[Because, ...]) -> list[Facts]:
    """Reasons as a trace has them."""
    return [_because(each) for each in because]


def _because(each: Because) -> Facts:
    facts: Facts = {"code": each.code, "value": _number(each.value), "of": _number(each.of)}
    if each.what:
        facts["what"] = each.what
    return facts
