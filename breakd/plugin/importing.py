"""Imports: what an importer emits is kept until it has returned, so that it counts as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from breakd.core.events import Event
from breakd.plugin.calls import Calls
from breakd.plugin.emitting import REPORTS, check_event, check_moment, check_progress
from breakd.plugin.interfaces import Sleep
from breakd.plugin.loaded import Thing
from breakd.plugin.streams import Feed

MOST = 200_000  # reports in one import: centuries of nights


class Report(NamedTuple):
    """What an importer told, and the moment it is about."""

    event: Event
    at: datetime


class Collector:
    """The `Emit` of an import. `now`: the moment it began; `told`: what was emitted so far."""

    def __init__(self, now: datetime, progress: Callable[[float], None]) -> None:
        self.told: list[Report] = []
        self._now = now
        self._progress = progress

    def __call__(self, event: Event, /, *, ago: float = 0, at: datetime | None = None) -> None:
        """See `Emit`. A sleep is about the moment of its end, if none is given."""
        check_event(event, REPORTS)
        check_moment(ago, at)
        if isinstance(event, Sleep) and at is None and not ago:
            at = event.end
            check_moment(0, at)
        elif at is None and not ago:
            raise ValueError(f"when was it? write emit({type(event).__name__}(...), at=moment)")
        if len(self.told) >= MOST:
            raise ValueError(f"more than {MOST} reports in one import")
        self.told.append(Report(event, at or self._now - timedelta(seconds=ago)))

    def idle_after(self) -> Feed[float]:
        """An import is no source of presence: an empty stream."""
        feed: Feed[float] = Feed(1)
        feed.end()
        return feed

    def progress(self, done: float, /) -> None:
        """See `Emit.progress`."""
        check_progress(done)
        self._progress(done)


async def run_import(calls: Calls, thing: Thing, path: Path, collector: Collector) -> list[Report]:
    """Run an importer to its end: all that it told, the earliest first. Raises what it raises."""
    call = await calls.begin(thing)
    call.start(thing.target, path, collector)
    await call.finish()
    return sorted(collector.told, key=lambda report: report.at)
