"""A report of what went wrong around a moment: the fewest events by which the real core decides the same again.

Nothing in it tells of the person: all times are moved, there are no words of theirs, no names of sources, and of the
routines that were asked for only how long and how hard they are.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

import breakd
from breakd.core import conditions as when
from breakd.core import engine
from breakd.core.choosing.permission import MeRule, refused
from breakd.core.decisions import Decision
from breakd.core.events import (
    Active,
    Alarm,
    Busy,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Gathered,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Slept,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.limits import GAUGES, reading
from breakd.core.routines import Routine, Step
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.core.units import DAY, MINUTE
from breakd.core.vocabulary import KINDS
from breakd.daemon.fold import as_of, begun
from breakd.daemon.hindsight.minimize import fewest
from breakd.daemon.store.facts import decision_facts, line
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.journal import Journal, JournalError

BACK = 35 * DAY  # as far as anything that was told has a part in what is decided
AROUND = 10 * MINUTE  # ms before and after the moment in which the same must be decided
NEW_YEAR = 946_684_800_000  # 2000-01-01T00:00:00Z, about when all reports play
ROUTINELESS = ("routine", "because")  # of a decision: no part of a report

# What sort of source it is, by the first that it told.
SORTS: tuple[tuple[tuple[type[Event], ...], str], ...] = (
    ((Active, Idle), "input"),
    ((Locked, Unlocked), "session"),
    ((Busy, Free, Watching, NotWatching), "busy"),
    ((Alarm,), "alarm"),
    ((Command, Posture), "person"),
)
LEFT_OUT = (Configured, Gathered, Zone)  # the rules stand at the top; advice and places tell of the person


class Report(NamedTuple):
    """The lines; how many events there were and are left; whether time ran out; how many decisions it shows."""

    lines: list[str]
    events: int
    left: int
    decided: int
    fewest: bool


class Window(NamedTuple):
    """The moment, from when to when decisions must be the same, and when the journal began, core ms."""

    moment: int
    since: int
    until: int
    born: int

    def begin(self, entries: Sequence[Entry]) -> int:
        """When life begins if these events are all: never before the journal, whatever was told of earlier."""
        return max(self.born, min([self.moment, *(entry.at for entry in entries)]))


class Outcome(NamedTuple):
    """What must come out again: decisions in the window, and how things stood at the moment."""

    decided: tuple[tuple[int, str, str], ...]
    stood: tuple[object, ...]


class Names(msgspec.Struct, frozen=True):
    """What stands in the place of words that the person chose."""

    breaks: dict[str, str] = {}
    schedule: dict[str, str] = {}
    routines: dict[str, str] = {}

    @classmethod
    def of(cls, rules: Rules, shipped: Collection[str]) -> Names:
        """For these rules. `shipped`: names of breaks that anybody may have."""
        own = [kind.name for kind in rules.breaks if kind.name not in shipped]
        breaks = {name: f"break-{number}" for number, name in enumerate(own, 1)}
        schedule = {each.name: f"time-{number}" for number, each in enumerate(rules.schedule, 1)}
        return cls(breaks, schedule, {each.id: f"routine-{number}" for number, each in enumerate(rules.routines, 1)})

    def rules(self, rules: Rules, asked: Collection[str]) -> Rules:
        """The rules without what `[me]` tells but the desk; of routines those `asked` for: they make breaks long."""
        routines = {each.id: each for each in rules.routines if each.id in asked}
        for each in rules.schedule:
            found = rules.by_id.get(each.routine)
            if found is not None and refused(found, rules.me) is None:
                routines[found.id] = found
        kinds = tuple(replace(kind, name=self.breaks.get(kind.name, kind.name)) for kind in rules.breaks)
        times = tuple(
            replace(
                each,
                name=self.schedule[each.name],
                kind=self.breaks.get(each.kind, each.kind),
                routine=self.routines[each.routine] if each.routine in routines else "",
            )
            for each in rules.schedule
        )
        kept = tuple(self._unnamed(each, rules) for each in routines.values())
        return replace(rules, breaks=kinds, schedule=times, routines=kept, me=MeRule(desk=rules.me.desk))

    def _unnamed(self, routine: Routine, rules: Rules) -> Routine:
        """As long and as hard; for no break, so that it comes only where it is named, unless it tells which one."""
        fits = [kind.name for kind in rules.breaks if kind.name in routine.breaks]
        only = [self.breaks.get(name, name) for name in fits[-1:] if name != rules.breaks[-1].name]
        return Routine(
            id=self.routines[routine.id],
            title=self.routines[routine.id],
            steps=(Step("as long", routine.seconds),),
            met=routine.met,
            kind=routine.kind if routine.kind in KINDS else "stretching",
            breaks=tuple(only),
        )

    def facts(self, decision: Decision) -> dict[str, Any]:
        """What a decision says, without words of the person."""
        facts = {key: value for key, value in decision_facts(decision).items() if key not in ROUTINELESS}
        renamed = {"break": self.breaks, "schedule": self.schedule}
        return {key: renamed.get(key, {}).get(str(value), value) for key, value in facts.items()}


def report(
    journal: Journal,
    core_ms: int,
    shipped: Collection[str],
    *,
    out_of_time: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _left, _of: None,
    dice: random.Random | None = None,
) -> Report:
    """The report of that moment. `shipped`: names of breaks that tell nothing of anybody.

    Raises JournalError if the journal begins later, or what was decided cannot be had again from its events.
    """
    until = max(core_ms, min(core_ms + AROUND, journal.latest or core_ms))  # what comes after is not known
    window = Window(core_ms, core_ms - AROUND, until, journal.first() or 0)
    row = journal.since(window.until + 1)
    told = journal.latest_of(Configured.name, row)
    if not isinstance(told, Entry) or not isinstance(told.event, Configured):
        raise JournalError("the journal begins later")
    names = Names.of(told.event.rules, shipped)
    entries, away, outcome = _lived(journal, window, row, names)
    asked = {entry.event.routine for entry in entries if isinstance(entry.event, Command)}
    rules = names.rules(told.event.rules, asked)
    public = _anonymous(entries, names)

    def enough(part: Sequence[Entry]) -> bool:
        return run(rules, part, window) == outcome

    start = _start(public, away, enough)
    if start is None:
        raise JournalError(
            "what was decided then does not come out again from the events of the last weeks alone: settings that "
            "changed in between, or advice of a plugin, may have had a part in it"
        )
    left = fewest(start, enough, out_of_time, lambda left: progress(left, len(start)))
    lines = list(_lines(rules, left, window, dice or random.SystemRandom()))
    return Report(lines, len(public), len(left), len(outcome.decided), not out_of_time())


def run(rules: Rules, entries: Sequence[Entry], window: Window) -> Outcome:
    """What comes out of these events alone, if nobody was there before."""
    decided: list[Decision] = []
    stood: State | None = None
    state = engine.begin(rules, window.begin(entries))
    for entry in entries:
        if stood is None and entry.seen > window.moment:
            stood, _ = engine.advance(state, window.moment)
        state, decisions = engine.step(state, entry)
        decided += decisions
    if stood is None:
        stood, _ = engine.advance(state, window.moment)
    decided += engine.advance(state, window.until)[1]
    return _outcome(decided, stood, window, Names())


def _lived(journal: Journal, window: Window, row: int, names: Names) -> tuple[list[Entry], list[int], Outcome]:
    """The events up to the end of the window, the rows at which nobody was there, and what came of it all."""
    state = as_of(journal, window.moment - BACK)
    entries: list[Entry] = []
    away: list[int] = []
    decided: list[Decision] = []
    stood: State | None = None
    for entry in journal.entries(after=journal.since(window.moment - BACK + 1)):
        if entry.seq > row:
            break
        before, earlier = engine.advance(state or begun(entry), entry.at if entry.event.unwatched else entry.seen)
        if stood is None and entry.seen > window.moment:
            stood, _ = engine.advance(state or before, window.moment)
        if before.presence.away:
            away.append(entry.seq)
        state, decisions = engine.step(before, entry)
        decided += (*earlier, *decisions)
        entries.append(entry)
    if state is None:
        raise JournalError("the journal begins later")
    if stood is None:
        stood, _ = engine.advance(state, window.moment)
    decided += engine.advance(state, window.until)[1]
    return entries, away, _outcome(decided, stood, window, names)


def _outcome(decided: Sequence[Decision], stood: State, window: Window, names: Names) -> Outcome:
    inside = [each for each in decided if window.since <= each.at <= window.until]
    told = tuple((each.at, each.did, msgspec.json.encode(names.facts(each)).decode()) for each in inside)
    return Outcome(told, _stood(stood))


def _stood(state: State) -> tuple[object, ...]:
    """How things stood, as far as somebody would call it right or wrong: bars to a tenth, limits by their level."""
    slot, presence = state.slot, state.presence
    bars = [round(10 * level / kind.full) for level, kind in zip(state.tally.levels, state.rules.breaks, strict=True)]
    limits = [reading(state, gauge)[2] for gauge in GAUGES]
    paused = state.paused_until is not None
    return (
        slot.phase,
        slot.kind,
        slot.attempt,
        presence.doing,
        presence.stance,
        paused,
        when.hold(state),
        *bars,
        *limits,
    )


def _anonymous(entries: Sequence[Entry], names: Names) -> list[Entry]:
    """The events without words of the person, and sources by their sort."""
    sources: dict[str, str] = {}
    counts: Counter[str] = Counter()
    found = []
    for entry in entries:
        if isinstance(entry.event, LEFT_OUT):
            continue
        if entry.source and entry.source not in sources:
            sort = next((name for types, name in SORTS if isinstance(entry.event, types)), "system")
            counts[sort] += 1
            sources[entry.source] = sort if counts[sort] == 1 else f"{sort}-{counts[sort]}"
        found.append(replace(entry, event=_wordless(entry.event, names), source=sources.get(entry.source, "")))
    return found


def _wordless(event: Event, names: Names) -> Event:
    match event:
        case Command() if event.routine:
            return replace(event, routine=names.routines.get(event.routine, ""))
        case Felt() if event.where:
            return replace(event, where="")
        case Exercised() if event.what:
            return replace(event, what="")
        case Alarm() if event.label:
            return replace(event, label=names.schedule.get(event.label, "time-0"))
    return event


def _start(
    entries: Sequence[Entry], away: Sequence[int], enough: Callable[[Sequence[Entry]], bool]
) -> list[Entry] | None:
    """The events from the last absence on from which the same comes out, with what still held then; None: from none."""
    seqs = [entry.seq for entry in entries]
    backwards = [2**power for power in range(len(away).bit_length())]
    for row in [*(away[-steps] for steps in backwards), 0]:
        place = bisect_left(seqs, row)
        found = [*_still_holding(entries[:place]), *entries[place:]]
        if enough(found):
            return found
    return None


def _still_holding(entries: Sequence[Entry]) -> list[Entry]:
    """What was told before and may hold for long: the latest of each, and all that is said of the body."""
    latest: dict[object, Entry] = {}
    for entry in entries:
        key = _holds(entry)
        if key is not None:
            latest[key] = entry
    return sorted(latest.values(), key=lambda entry: entry.seq)


def _holds(entry: Entry) -> object:
    """Two events of the same key replace each other; None: it does not hold for long."""
    key = HOLDS.get(type(entry.event))
    return None if key is None else key(entry)


# The events that hold for long, each with what is replaced by a later one.
HOLDS: dict[type[Event], Callable[[Entry], object]] = {
    Posture: lambda _: "posture",
    Locked: lambda _: "lock",
    Unlocked: lambda _: "lock",
    Busy: lambda it: (getattr(it.event, "reason", ""), it.source),
    Free: lambda it: (getattr(it.event, "reason", ""), it.source),
    Watching: lambda it: ("film", it.source),
    NotWatching: lambda it: ("film", it.source),
    Alarm: lambda it: (getattr(it.event, "what", ""), getattr(it.event, "label", "")),
    Command: lambda it: "pause" if getattr(it.event, "order", "") in ("pause", "resume") else None,
    Slept: lambda it: it.seq,
    Felt: lambda it: it.seq,
    Exercised: lambda it: it.seq,
}


def _lines(rules: Rules, entries: Sequence[Entry], window: Window, dice: random.Random) -> Iterator[str]:
    """The lines of the report, all times moved by as much: what the person's clock showed is nobody's business."""
    begin = window.begin(entries)
    wall = Wall(NEW_YEAR + MINUTE * dice.randrange(DAY // MINUTE) - begin)
    head = {
        "at": wall.text(begin),
        "event": "report",
        "breakd": breakd.__version__,
        "moment": wall.text(window.moment),
        "rules": msgspec.to_builtins(rules),
    }
    yield msgspec.json.encode(head).decode()
    state = engine.begin(rules, begin)
    for entry in [*entries, None]:
        if entry is None:
            state, decisions = engine.advance(state, window.until)
        else:
            state, decisions = engine.step(state, entry)
        shown = [each for each in decisions if window.since <= each.at <= window.until]
        yield from (_did(each, wall) for each in shown)
        if entry is not None:
            yield line(replace(entry, seq=0), wall)
            wall = wall.after(entry.event)
    yield msgspec.json.encode({"at": wall.text(window.until), "event": "end"}).decode()


def _did(decision: Decision, wall: Wall) -> str:
    facts = {"at": wall.text(decision.at), "did": decision.did, **Names().facts(decision)}
    return msgspec.json.encode(facts).decode()
