"""Reads traces: JSON Lines, one happening a line in arrival order, written by hand, by a tool or by the journal.

Core time runs on where the wall clock jumps: it is the wall clock minus all `clock` lines so far.
A line with `seq` is the journal's own and only has to be in order; any other has to make sense too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec.structs import astuple

from breakd.core.events import Clock, Configured, Event, Idle, Slept, Started, Zone
from breakd.core.rules import Rules
from breakd.daemon.store.facts import Did
from breakd.daemon.store.fields import (
    EVENTS,
    FIELDS,
    MOMENT_EXPECTED,
    PLAIN,
    REACH,
    RULES,
    SPAN,
    YEARS,
    Field,
    moment,
    wall_ms,
)
from breakd.daemon.timing.calendar import zone
from breakd.settings.durations import show

Raw: TypeAlias = dict[str, Any]

END = "end"
REPORT = "report"  # the first line of what `breakd report` writes: the rules that held

_decode = msgspec.json.Decoder().decode
_Zoned = Annotated[datetime, msgspec.Meta(tz=True)]
_IDLE = PLAIN[Idle.name]
_PLAIN_EVENTS = {name: event for name, event in PLAIN.items() if name != Started.name}  # which may have `alive`


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    """A line without fields of its own."""

    event: str
    at: _Zoned
    seen: _Zoned | None = None
    source: str = ""
    seq: Annotated[int, msgspec.Meta(ge=0)] = 0


_decode_plain = msgspec.json.Decoder(_Plain).decode


class TraceError(ValueError):
    """A trace cannot be read: one line, FILE:LINE, what is wrong, what was expected."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line: `what` happened `at` (ms of boot time); None is the end of the trace, rules are how a report begins.

    `seen` is None for an `idle` of which nobody said when it was learned. `zone`: in which `at` was written.
    """

    number: int
    at: int
    seen: int | None
    what: Event | Did | Rules | None
    source: str = ""
    seq: int = 0
    zone: tzinfo = UTC


def read(lines: Iterable[str], name: str, *, journal: bool = False) -> Iterator[Line]:
    """The lines of the trace `name`. `journal`: also what only a journal export has, `did` and `configured`.

    Raises TraceError at the first line that is wrong.
    """
    reader = _Reader(journal)
    plain, number = reader.plain, 0
    try:
        for number, text in enumerate(lines, 1):
            found = plain(number, text)
            if found is None and text and not text.isspace():
                found = reader.line(number, text)
            if found is not None:
                yield found
    except UnicodeDecodeError:
        raise TraceError(f"{name}:{number + 1}: not UTF-8 from about here on, expected JSON Lines in UTF-8") from None
    except (ValueError, TypeError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise TraceError(f"{name}:{number}: {' '.join(str(error).split())}") from None


class _Reader:
    """What has to be remembered from line to line."""

    def __init__(self, journal: bool) -> None:
        self._journal = journal
        self._offset = 0  # wall minus core time
        self._now: int | None = None  # the latest core time at which something was learned ...
        self._number = 0  # ... and in which line

    def line(self, number: int, text: str) -> Line | None:
        """The next line, one that is not plain; None if it is one to pass over."""
        raw = _object(text)
        if "event" not in raw:
            return self._did(number, raw)
        name, told, seen, seq, source = _common(raw)
        if name == REPORT and not self._journal:
            return self._report(number, told, raw)
        wall, offset = wall_ms(told), self._offset
        if name == Clock.name and not seq:
            offset = self._jumped_from(wall, raw.get("shift"))
        at = wall - offset
        learned = None if seen is None else wall_ms(seen) - offset
        if name == Started.name:
            at, learned = _alive(raw, at, offset), at if learned is None else learned
        what = self._what(name, raw, offset)
        self._follow(number, name, at, learned)
        if not seq:
            _make_sense(what, at if learned is None else learned)
        if isinstance(what, Clock):
            self._offset += what.shift_ms
            if at + self._offset not in REACH:
                raise ValueError(f'"shift" is {show(what.shift_ms)}, expected one that stays in the years {YEARS}')
        if name == Configured.name and not self._journal:
            return None
        if learned is None and name != Idle.name:
            learned = at
        return Line(number, at, learned, what, source, seq, told.tzinfo or UTC)

    def plain(self, number: int, text: str) -> Line | None:
        """A line without fields of its own, nine of ten, in a third of the time; None: to be looked at closely."""
        try:
            event, told, told_seen, source, seq = astuple(_decode_plain(text))
            what = _PLAIN_EVENTS[event]
        except (msgspec.MsgspecError, KeyError):
            return None
        at = wall_ms(told)
        if at not in REACH:
            return None
        at -= self._offset
        learned: int | None = None
        if told_seen is not None:
            learned = wall_ms(told_seen)
            if learned not in REACH:
                return None
            learned -= self._offset
        self._follow(number, event, at, learned)
        if learned is None and what is not _IDLE:
            learned = at
        return Line(number, at, learned, what, source, seq, told.tzinfo or UTC)

    def _report(self, number: int, told: datetime, raw: Raw) -> Line:
        """How a report begins."""
        if self._now is not None:
            raise ValueError("a report begins in the middle of a trace, expected it in the first line")
        raw.pop("breakd", None)
        raw.pop("moment", None)
        rules = _value(Field("rules", "rules", RULES), raw, REPORT, 0)
        _no_more(REPORT, raw, ())
        at = wall_ms(told)
        self._follow(number, REPORT, at, at)
        return Line(number, at, at, rules)

    def _what(self, name: str, raw: Raw, offset: int) -> Event | None:
        if name == Configured.name and not self._journal:
            # Rules of another version may be unreadable, and a replay brings its own.
            raw.pop("rules", None)
        elif name != END:
            return _event(name, raw, offset)
        _no_more(name, raw, ())
        return None

    def _jumped_from(self, wall: int, shift: object) -> int:
        """The offset by which the `at` of a clock line was written.

        People write it by the clock before or after the jump: the reading with the shorter time since the last line.
        """
        before = wall - self._offset
        try:
            after = before - SPAN.read(shift, 0)
        except (ValueError, TypeError):
            return self._offset  # told when the field is read
        possible = [core for core in (before, after) if self._now is None or core >= self._now]
        return wall - min(possible) if self._now is not None and possible else self._offset

    def _follow(self, number: int, name: str, at: int, seen: int | None) -> None:
        """Check the order, and remember when this was learned."""
        if seen is not None and seen < at:
            raise ValueError(f'"seen" is {show(at - seen)} before "at", expected at that moment or later')
        now = at if seen is None else seen
        if self._now is not None and now < self._now:
            if seen is not None or name != Idle.name:
                key = "at" if seen is None else "seen"
                raise ValueError(
                    f'"{key}" goes back by {show(self._now - now)} behind line {self._number}, '
                    "expected lines in order of arrival (only an idle may lie in the past)"
                )
            return
        self._now, self._number = now, number

    def _did(self, number: int, raw: Raw) -> Line | None:
        name = raw.pop("did", None)
        if type(name) is not str:
            raise ValueError('a line without "event", expected one such as {"at": "...", "event": "active"}')
        if not self._journal:
            return None
        told, seq = _moment("at", raw), _seq(raw)
        at = wall_ms(told) - self._offset
        return Line(number, at, at, Did(at, name, raw, seq), "", seq, told.tzinfo or UTC)


def _object(text: str) -> Raw:
    try:
        raw = _decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"no JSON ({error}), expected one object a line") from None
    if type(raw) is not dict:
        raise ValueError('no JSON object, expected one such as {"at": "...", "event": "active"}')
    return raw


def _common(raw: Raw) -> tuple[str, datetime, datetime | None, int, str]:
    """(event, at, seen, seq, source), taken out of the line."""
    name = raw.pop("event")
    if type(name) is not str:
        raise ValueError('"event" is no text, expected a name such as "active"')
    seen = _moment("seen", raw) if "seen" in raw else None
    source = raw.pop("source", "")
    if type(source) is not str:
        raise ValueError('"source" is no text, expected the name of a source')
    return name, _moment("at", raw), seen, _seq(raw), source


def _moment(key: str, raw: Raw) -> datetime:
    if key not in raw:
        raise ValueError(f'no "{key}", expected {MOMENT_EXPECTED}')
    value = raw.pop(key)
    try:
        return moment(value)
    except (ValueError, TypeError):
        raise ValueError(f'"{key}" is {_shown(value)}, expected {MOMENT_EXPECTED}') from None


def _seq(raw: Raw) -> int:
    seq = raw.pop("seq", 0)
    if type(seq) is not int or seq < 0:
        raise ValueError(f'"seq" is {_shown(seq)}, expected a whole number')
    return seq


def _alive(raw: Raw, at: int, offset: int) -> int:
    """When the daemon before is last known to have lived; at a first start, now."""
    alive = wall_ms(_moment("alive", raw)) - offset if "alive" in raw else at
    if alive > at:
        raise ValueError(f'"alive" is {show(alive - at)} after "at", expected that moment or earlier')
    return alive


def _event(name: str, raw: Raw, offset: int) -> Event:
    type_ = _known(name)
    fields = FIELDS[type_]
    values = {each.attribute: _value(each, raw, name, offset) for each in fields if each.needed or each.key in raw}
    _no_more(name, raw, fields)
    return type_(**values)


def _no_more(name: str, raw: Raw, fields: tuple[Field, ...]) -> None:
    if raw:
        allowed = ", ".join(f'"{each.key}"' for each in fields) or "none of its own"
        raise ValueError(f'{name} has an unknown field "{next(iter(raw))}", expected {allowed}')


def _known(name: str) -> type[Event]:
    found = EVENTS.get(name)
    if found is None:
        import difflib

        near = difflib.get_close_matches(name[:40], [*EVENTS, END], 1)  # one of megabytes would take a minute
        hint = f'"{near[0]}"?' if near else f"one of {', '.join([*EVENTS, END])}"
        raise ValueError(f"unknown event {_shown(name)}, expected {hint}")
    return found


def _value(field: Field, raw: Raw, name: str, offset: int) -> Any:
    if field.key not in raw:
        raise ValueError(f'{name} without "{field.key}", expected {field.kind.expected}')
    value = raw.pop(field.key)
    try:
        return field.kind.read(value, offset)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f'"{field.key}" is {_shown(value)}, expected {field.kind.expected}') from None


def _make_sense(what: Event | None, learned: int) -> None:
    if isinstance(what, Zone) and what.zone != "UTC" and zone(what.zone) is UTC:
        raise ValueError(f'"name" is {_shown(what.zone)}, expected a time zone such as "Europe/Berlin"')
    if isinstance(what, Slept) and what.to_ms > learned:
        raise ValueError(f'"to" is {show(what.to_ms - learned)} after "at", expected a sleep that is over')


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
