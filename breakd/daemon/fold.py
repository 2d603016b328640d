"""The state and its journal, kept in step: nothing comes of an event before it is written down (rule 24).

An event and what was decided upon it are one write. With two, a kill between them would lose decisions for good:
the next life replays events and takes for granted that what came of them was carried out.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

import breakd
from breakd.core import engine
from breakd.core.body.readiness import tightened
from breakd.core.decisions import Decision
from breakd.core.events import Configured, Entry, Event
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.daemon.store.contents import Routines, hash_of, routines_contents, routines_of
from breakd.daemon.store.journal import Journal, JournalError
from breakd.daemon.store.rows import Packed, packed

SNAPSHOT_EVERY = 200  # events: about a day, so that a start replays no more than that
SNAPSHOT_ON_THE_WAY = 2000  # events of a replay, so that after an update moments of the past are near as before
VERSION = f"{breakd.__version__}/9"  # of the shape of the state: another one is replayed instead

Decisions = tuple[Decision, ...]


class Replayed(msgspec.Struct, frozen=True):
    """What a journal adds up to. `last`: the latest core time it knows of; `absent`: see `Fold`."""

    state: State
    last: int
    absent: str = ""


def replay(journal: Journal) -> Replayed | None:
    """The state at the end of the journal; None if it is empty. A long replay, as after an update, leaves snapshots."""
    state, seq = nearest(journal) or (None, 0)
    for number, entry in enumerate(journal.entries(after=seq), 1):
        if state is None:
            state = begun(entry)
        state, _ = engine.step(state, entry)
        if number % SNAPSHOT_ON_THE_WAY == 0:
            with contextlib.suppress(JournalError):  # it only makes the next look faster
                keep(journal, state, entry.seq)
    if state is None:
        return None
    return Replayed(state, max(state.now, journal.latest or 0))


def resumed(journal: Journal) -> Replayed | None:
    """As `replay`, without the routines, which take longest; None unless the journal ends with a snapshot."""
    found = journal.latest_snapshot(VERSION)
    if found is None or next(iter(journal.entries(after=found[0])), None) is not None:
        return None
    try:
        absent, state = msgspec.json.decode(found[1], type=tuple[str, State])
    except ValueError:
        return None
    return Replayed(with_routines(state, ()), max(state.now, journal.latest or 0), absent)


def as_of(journal: Journal, core_ms: int) -> State | None:
    """The state as it was at that moment, by what was known then; None if the journal begins later."""
    to = journal.since(core_ms + 1)
    state, seq = nearest(journal, to) or (None, 0)
    for entry in itertools.takewhile(lambda entry: entry.seq <= to, journal.entries(after=seq)):
        state, _ = engine.step(state or begun(entry), entry)
    return None if state is None else engine.advance(state, core_ms)[0]


def begun(first: Entry) -> State:
    """The state before the first event of a journal, which tells the rules it began with."""
    if not isinstance(first.event, Configured):
        raise JournalError(f"the journal begins with {first.event.name!r} (seq {first.seq}), expected the rules")
    return engine.begin(first.event.rules, first.at)


def recomputed(entries: Iterable[Entry], to: int) -> list[Decision]:
    """Every decision of a journal made again, for `journal verify`; up to `to`."""
    state: State | None = None
    found: list[Decision] = []
    for entry in entries:
        state, decisions = engine.step(state or begun(entry), entry)
        found += decisions
    if state is not None:
        found += engine.advance(state, to)[1]
    return found


def nearest(journal: Journal, up_to: int | None = None) -> tuple[State, int] | None:
    """(state, row) of the latest snapshot up to that row; None if there is none, or none that can be read."""
    found = journal.latest_snapshot(VERSION, up_to)
    if found is None:
        return None
    seq, data = found
    try:
        routines, state = msgspec.json.decode(data, type=tuple[str, State])
        return with_routines(state, routines_of(routines, journal.content)), seq
    except ValueError:  # msgspec's are too
        return None  # it only makes the start faster


def keep(journal: Journal, state: State, seq: int) -> None:
    """Keep the state after that row as a snapshot. Raises JournalError."""
    routines = state.rules.routines
    name, lean = hash_of(routines), with_routines(state, ())
    shared = () if journal.keeps(name) else routines_contents(routines)
    journal.snapshot(seq, VERSION, msgspec.json.encode((name, lean)), shared)


def with_routines(state: State, routines: Routines) -> State:
    """The state with these routines in its rules: snapshots name them by their hash."""
    configured = replace(state.configured, routines=routines)
    return replace(state, configured=configured, rules=tightened(configured, state.body.readiness))


class Fold:
    """The live state. `say` is told when the journal cannot be written, and when it can again.

    `absent`: the hash of the routines that the state goes without until `complete`, "" if it has them. It may as long
    as none is offered (`core/asking.py:offers`); then `complete` makes it what it would be with them.
    """

    def __init__(self, journal: Journal, state: State, say: Callable[[str], None], absent: str = "") -> None:
        self.state = state
        self.absent = absent
        self._journal = journal
        self._say = say
        self._seq = 0
        self._since_snapshot = 0
        self._unwritten: list[tuple[Entry | None, Decisions, Packed | None]] = []

    @classmethod
    def new(cls, journal: Journal, rules: Rules, now: int, say: Callable[[str], None]) -> Fold:
        """A first life: the journal begins with the rules."""
        fold = cls(journal, engine.begin(rules, now), say)
        fold.take(Configured(rules), now, now, "breakd")
        return fold

    def complete(self, routines: Routines | None = None) -> None:
        """Let the state have its routines: these, if they are the same ones, else those of the journal."""
        absent, self.absent = self.absent, ""
        if not absent:
            return
        try:
            self.state = self._completed(absent, routines)
        except JournalError as error:  # so far nothing comes out otherwise without them, and the next rules bring some
            self._say(f"{error}; until routines are read again none is offered")

    def _completed(self, absent: str, routines: Routines | None) -> State:
        if routines is None or hash_of(routines) != absent:
            try:
                routines = routines_of(absent, self._journal.content)
            except ValueError:  # no use of a snapshot, then
                found = replay(self._journal)
                return self.state if found is None else engine.advance(found.state, self.state.now)[0]
        return with_routines(self.state, routines)

    def take(self, event: Event, at: int, seen: int, source: str) -> Decisions:
        """Fold an event in; what was decided up to `seen`. An event that cannot be written down did not happen."""
        try:
            ready = packed(event)
        except (TypeError, ValueError) as error:
            self._say(f"{source}: {event.name} is left out, it cannot be written down: {error}")
            return ()
        entry = Entry(seen, min(at, seen), event, source)
        self.state, decisions = engine.step(self.state, entry)
        self._write(entry, decisions, ready)
        self._since_snapshot += 1
        if self._since_snapshot >= SNAPSHOT_EVERY:
            self.snapshot()
        return decisions

    def report(
        self, told: Iterable[tuple[Event, int]], now: int, source: str, dry: bool
    ) -> tuple[list[Entry], dict[str, int], Decisions]:
        """Fold reports (event, core time) in that are news to the journal, in one write: those, what is left, and why.

        Raises ValueError if they cannot be written down; then nothing happened. `dry`: nothing happens anyway.
        """
        from breakd.core.reports import sift  # here: nobody imports every day
        from breakd.daemon.store.imports import known_reports

        try:
            news, left = sift(told, known_reports(self._journal, self.state.offset), now)
            entries = [Entry(now, min(at, now), event, source) for event, at in news]
            for entry in entries:
                packed(entry.event)
            if dry or not entries:
                return entries, left, ()
            if self._unwritten:
                raise JournalError("earlier events wait to be written down")
            state, decided = self.state, list[Decision]()
            for entry in entries:
                state, decisions = engine.step(state, entry)
                decided += decisions
            self._seq = self._journal.append_all(entries, decided)
        except (JournalError, TypeError) as error:
            raise ValueError(str(error)) from None
        self.state = state
        return entries, left, tuple(decided)

    def same_exercise(self, told: tuple[Event, int]) -> tuple[Event, int] | None:
        """The exercise in the journal (event, core time) that this is another word on; None if it is news."""
        from breakd.core.reports import same_exercise
        from breakd.daemon.store.imports import known_reports

        return same_exercise(told, known_reports(self._journal, self.state.offset))

    def look(self, now: int) -> Decisions:
        """Let time pass; what was decided on the way."""
        self.state, decisions = engine.advance(self.state, now)
        if decisions:
            self._write(None, decisions)
        return decisions

    def snapshot(self) -> None:
        """Make the next start fast."""
        if self._unwritten or not self._seq:
            return
        self.complete()
        self._since_snapshot = 0
        try:
            keep(self._journal, self.state, self._seq)
        except JournalError as error:
            self._say(str(error))

    def _write(self, entry: Entry | None, decisions: Decisions, ready: Packed | None = None) -> None:
        """Write this and what still waits, in order. On a full disk it waits in memory: reminders go on."""
        failed = bool(self._unwritten)
        self._unwritten.append((entry, decisions, ready))
        try:
            while self._unwritten:
                entry, decisions, ready = self._unwritten[0]
                if entry is None:
                    self._journal.decide(decisions)
                else:
                    self._seq = self._journal.append(entry, decisions, ready).seq
                del self._unwritten[0]
        except JournalError as error:
            if not failed:
                self._say(f"{error}; it is kept in memory until it can be written")
            return
        if failed:
            self._say("the journal is written again")
