"""The JSON fields of every event, as one table: traces are read and written by it (`docs/design.md`, contracts)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, get_args

import msgspec

from breakd.core.bars import Stance
from breakd.core.events import (
    Active,
    Advice,
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Event,
    Exercised,
    Felt,
    Free,
    Gathered,
    Hold,
    Idle,
    Locked,
    NotWatching,
    Order,
    Posture,
    Resumed,
    Slept,
    Started,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.daemon.timing.calendar import zone
from breakd.daemon.timing.clock import wall_time
from breakd.settings.durations import parse, show

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


class Wall(NamedTuple):
    """How the wall clock reads core time: `offset` ms ahead of it, in this time zone."""

    offset: int = 0
    zone: str = "UTC"

    def moment(self, core_ms: int) -> datetime:
        """A core time by the person's clock."""
        return wall_time(core_ms + self.offset, zone(self.zone))

    def text(self, core_ms: int) -> str:
        """The same as traces write it: ISO 8601 with offset, to the ms."""
        return self.moment(core_ms).isoformat(timespec="milliseconds")

    def after(self, event: Event) -> Wall:
        """The wall clock from this event on."""
        if isinstance(event, Clock):
            return self._replace(offset=self.offset + event.shift_ms)
        return self._replace(zone=event.zone) if isinstance(event, Zone) else self


class Kind(NamedTuple):
    """A kind of value. `read` takes the JSON value and the wall clock's offset; it raises ValueError or TypeError."""

    expected: str
    read: Callable[[Any, int], Any]
    write: Callable[[Any, Wall], object] = lambda value, _wall: value


def moment(value: str) -> datetime:
    """A moment with UTC offset, from ISO 8601. Raises ValueError or TypeError."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None or wall_ms(found) not in REACH:
        raise ValueError
    return found


def wall_ms(found: datetime) -> int:
    """Whole ms since the epoch."""
    return (found - EPOCH) // MS


# Calendars look for the start of a day before and after any moment, and theirs ends with the years 1 and 9999.
YEARS = "1900 to 2199"
REACH = range(wall_ms(datetime(1900, 1, 1, tzinfo=UTC)), wall_ms(datetime(2200, 1, 1, tzinfo=UTC)))


def _of(*types: type) -> Callable[[Any, int], Any]:
    def read(value: Any, _offset: int) -> Any:
        if type(value) not in types:  # a bool is no number here
            raise TypeError
        return value

    return read


def one_of(words: Any) -> Kind:
    """One of the words of a Literal."""
    allowed = get_args(words)

    def read(value: Any, _offset: int) -> Any:
        if type(value) is not str or value not in allowed:
            raise ValueError
        return value

    return Kind(f"one of {', '.join(allowed)}", read)


MOMENT_EXPECTED = f"a moment with UTC offset, {YEARS}, such as 2026-03-02T09:00:00+01:00"
TEXT = Kind("text", _of(str))
WHOLE = Kind("a whole number", _of(int))
FLAG = Kind("true or false", _of(bool))
NUMBER = Kind("a number", _of(int, float))
SPAN = Kind('a duration such as "10m" or "1h30m"', lambda value, _: parse(_of(str)(value, 0)), lambda ms, _: show(ms))
MOMENT = Kind(MOMENT_EXPECTED, lambda value, offset: wall_ms(moment(value)) - offset, lambda ms, wall: wall.text(ms))
RULES = Kind(
    "the rules of a journal export",
    lambda value, _: msgspec.convert(value, Rules),
    lambda rules, _: msgspec.to_builtins(rules),
)


def _list_of(type_: Any, expected: str) -> Kind:
    return Kind(
        expected,
        lambda value, _: msgspec.convert(value, tuple[type_, ...]),
        lambda values, _: msgspec.to_builtins(values),
    )


class Field(NamedTuple):
    """A field of an event: its key in JSON, the attribute, what it holds; one that is not `needed` may be left out."""

    key: str
    attribute: str
    kind: Kind = TEXT
    needed: bool = True


FIELDS: dict[type[Event], tuple[Field, ...]] = {
    Active: (),
    Idle: (),
    Locked: (),
    Unlocked: (),
    Suspended: (),
    Resumed: (),
    Busy: (Field("reason", "reason", one_of(Hold)),),
    Free: (Field("reason", "reason", one_of(Hold)),),
    Watching: (),
    NotWatching: (),
    Posture: (Field("value", "value", one_of(Stance)),),
    Command: (
        Field("name", "order", one_of(Order)),
        Field("for", "for_ms", SPAN, needed=False),
        Field("routine", "routine", needed=False),
    ),
    Alarm: (
        Field("what", "what"),
        Field("label", "label", needed=False),
        Field("from", "from_ms", MOMENT, needed=False),
        Field("until", "until_ms", MOMENT, needed=False),
    ),
    Zone: (Field("name", "zone"),),
    Clock: (Field("shift", "shift_ms", SPAN),),
    Started: (),
    Configured: (Field("rules", "rules", RULES),),
    Gathered: (
        Field("advice", "advice", _list_of(Advice, "a list of advice: tag, factor, because"), needed=False),
        Field("routines", "routines", _list_of(Routine, "a list of routines"), needed=False),
    ),
    Slept: (
        Field("from", "from_ms", MOMENT),
        Field("to", "to_ms", MOMENT),
        Field("instead", "instead", FLAG, needed=False),
    ),
    Felt: (
        Field("pain", "pain", WHOLE, needed=False),
        Field("where", "where", needed=False),
        Field("sleepiness", "sleepiness", WHOLE, needed=False),
        Field("effort", "effort", WHOLE, needed=False),
    ),
    Exercised: (
        Field("minutes", "minutes", NUMBER),
        Field("rpe", "rpe", NUMBER),
        Field("what", "what", needed=False),
    ),
}
EVENTS: dict[str, type[Event]] = {event.name: event for event in FIELDS}
PLAIN: dict[str, Event] = {event.name: event() for event, fields in FIELDS.items() if not fields}
