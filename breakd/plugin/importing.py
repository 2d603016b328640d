"""Imports: what an importer emits is kept until it has returned, so that it counts as a whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from breakd.core.events import Event
from breakd.plugin.calls import Calls
from breakd.plugin.emitting import IMPORTED, check_event, check_left, check_moment, check_progress
from breakd.plugin.interfaces import Present, Sleep
from breakd.plugin.loaded import Thing
from breakd.plugin.streams import Feed

MOST = 500_000  # reports in one import: centuries of nights, or thirty years of leaving the desk 40 times a day
REASONS = 100  # of what is left out; more are no reasons but data


class Report(NamedTuple):
    """What an importer told, and the moment it is about."""

    event: Event
    at: datetime


class Read(NamedTuple):
    """What an importer read: its reports, the earliest first, and how many it left out, by reason."""

    told: list[Report]
    left: dict[str, int]


class Collector:
    """The `Emit` of an import. `now`: the moment it began; `told`, `missed`: what was emitted and left out so far."""

    def __init__(self, now: datetime, progress: Callable[[float], None]) -> None:
        self.told: list[Report] = []
        self.missed: Counter[str] = Counter()
        self._now = now
        self._progress = progress

    def __call__(self, event: Event, /, *, ago: float = 0, at: datetime | None = None) -> None:
        """See `Emit`. What has an end is about that moment, if none is given."""
        check_event(event, IMPORTED)
        check_moment(ago, at)
        if isinstance(event, (Sleep, Present)):
            check_moment(0, event.end)
        if isinstance(event, (Sleep, Present)) and at is None and not ago:
            at = event.end
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

    def left(self, why: str, /, count: int = 1) -> None:
        """See `Emit.left`."""
        check_left(why, count)
        if why not in self.missed and len(self.missed) >= REASONS:
            raise ValueError(f"more than {REASONS} reasons to leave something out")
        if count:
            self.missed[why] += count


async def run_import(calls: Calls, thing: Thing, path: Path, collector: Collector) -> Read:
    """Run an importer to its end: all that it told, and what it left out. Raises what it raises."""
    call = await calls.begin(thing)
    call.start(thing.target, path, collector)
    await call.finish()
    return Read(sorted(collector.told, key=lambda report: report.at), dict(collector.missed))
