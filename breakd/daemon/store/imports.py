"""What importers read, on its way into the journal: as trace lines, all or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from breakd.core.events import Clock, Entry, Event, Exercised, Felt, Slept
from breakd.daemon.store.facts import line
from breakd.daemon.store.fields import Wall, wall_ms
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import TraceError, read
from breakd.plugin.interfaces import Sleep

REPORTS = (Slept, Felt, Exercised)


def known(event: Event, offset: int = 0) -> Event:
    """A report as the core knows it: a `Sleep` becomes `Slept` in core time, by the offset of the wall clock."""
    if isinstance(event, Sleep):
        return Slept(wall_ms(event.start) - offset, wall_ms(event.end) - offset)
    return event


def lines(reports: Iterable[tuple[Event, datetime]]) -> Iterator[str]:
    """Reports with their moments, as trace lines without line ends."""
    for event, moment in reports:
        at = wall_ms(moment)
        yield line(Entry(at, at, known(event)), Wall())


def reports(path: object, offset: int) -> list[tuple[Event, int]]:
    """(event, core time) of each line in this file. Raises ValueError with what is wrong."""
    if not isinstance(path, str):
        raise ValueError(f'"file" is {path!r}, expected the path of a file of trace lines')
    try:
        with Path(path).open(encoding="utf-8") as file:
            found = [(each.what, each.at) for each in read(file, path)]
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except TraceError as error:
        raise ValueError(str(error)) from None
    told: list[tuple[Event, int]] = []
    for event, at in found:
        if not isinstance(event, REPORTS):
            raise ValueError(f"{path}: {getattr(event, 'name', 'end')} is no report; those are: slept, felt, exercised")
        told.append((_by_core(event, offset), at - offset))
    return told


def known_reports(journal: Journal, offset: int) -> Iterator[tuple[Event, int]]:
    """The reports in a journal, as they would be told now that the wall clock is `offset` ahead.

    They are about moments of the wall clock, so one that jumped since does not make another night of the same.
    """
    then = 0
    for entry in journal.events_of([Clock.name, *(kind.name for kind in REPORTS)]):
        if isinstance(entry.event, Clock):
            then += entry.event.shift_ms
        else:
            yield _by_core(entry.event, offset - then), entry.at + then - offset


def _by_core(event: Event, offset: int) -> Event:
    if isinstance(event, Slept):
        return replace(event, from_ms=event.from_ms - offset, to_ms=event.to_ms - offset)
    return event
