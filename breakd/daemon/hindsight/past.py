"""Presence of the past, as importers tell it: a trace beside the journal, which has only what breakd saw itself.

Why it is not in the journal: `docs/decisions/0014-the-past-is-a-trace.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from breakd.core.events import Active, Configured, Entry, Idle, Zone
from breakd.core.rules import Rules
from breakd.core.spans import Span, joined, length
from breakd.core.units import DAY, SECOND
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import read
from breakd.daemon.timing.calendar import Calendar

GAP = 20 * SECOND  # no decision uses shorter idleness (rule 1)


class Stored(NamedTuple):
    """What a trace came to. `new_ms`, `known_ms`: presence that it had not, and had; `spans`: its stretches now."""

    new_ms: int
    known_ms: int
    spans: list[Span]


def spans_of(lines: Iterable[str], name: str) -> list[Span]:
    """The stretches of presence in a trace, wall time. Raises TraceError."""
    found: list[Span] = []
    since: int | None = None
    for each in read(lines, name):
        if isinstance(each.what, Active):
            since = each.at if since is None else since
        elif since is not None:
            found.append((since, each.at))
            since = None
    return found


def added(file: Path, spans: Iterable[Span]) -> Stored:
    """What `file` has together with these. Raises TraceError, OSError if it is there and cannot be read."""
    try:
        with file.open(encoding="utf-8") as lines:
            old = spans_of(lines, str(file))
    except FileNotFoundError:
        old = []
    told = joined(spans, GAP)
    every = joined([*old, *told], GAP)
    new = length(every) - length(old)
    return Stored(new, max(0, length(told) - new), every)


def write(file: Path, spans: Iterable[Span], zone: str) -> None:
    """Keep them as a trace, in one piece and for the user alone. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.writelines(f"{text}\n" for text in trace(spans, zone))
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def trace(spans: Iterable[Span], zone: str) -> Iterator[str]:
    """The lines, by the clock of this zone. When an idleness was noticed they leave to whoever simulates."""
    wall = Wall(0, zone)
    for number, (begin, end) in enumerate(spans):
        if not number:
            yield f'{{"at": "{wall.text(begin)}", "event": "zone", "name": "{zone}"}}'
        yield f'{{"at": "{wall.text(begin)}", "event": "active"}}'
        yield f'{{"at": "{wall.text(end)}", "event": "idle"}}'


class _Recorded(Simulation):
    """A simulation that keeps each step, as a journal would."""

    def __init__(self, rules: Rules, calendar: Calendar, start: int) -> None:
        self.steps: list[Entry] = [Entry(start, start, Configured(rules), "breakd")]
        super().__init__(rules, calendar, start)

    def _step(self, entry: Entry) -> None:
        self.steps.append(entry)
        super()._step(entry)


def lived(spans: list[Span], days: int, rules: Rules, calendar: Calendar, zone: str) -> Journal:
    """The last `days` of it as a journal in memory: what breakd would have written by these rules."""
    end = spans[-1][1]
    recent = [(begin, to) for begin, to in spans if to > end - days * DAY]
    start = recent[0][0]
    run = _Recorded(rules, calendar, start)
    run.feed(Zone(zone), start)
    for begin, to in recent:
        run.feed(Active(), begin)
        run.feed(Idle(), to)
    run.run_to(end + GAP)
    journal = Journal.in_memory()
    journal.append_all(run.steps)
    return journal
