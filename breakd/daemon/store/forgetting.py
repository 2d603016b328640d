"""Forgetting a span of time: its rows go for good, and the journal goes on as if nobody had watched then.

What stands in their place are plain events, so that the fold of what is left needs nothing new: suspended at the
beginning, resumed at the end, and between them what still holds, such as the rules, told at the end of the span.
Why it is no state that is kept: `docs/decisions/0015-forgetting-leaves-plain-events.md`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from breakd.core.events import (
    Alarm,
    Busy,
    Clock,
    Command,
    Configured,
    Entry,
    Event,
    Exercised,
    Felt,
    Free,
    Locked,
    NotWatching,
    Posture,
    Resumed,
    Slept,
    Suspended,
    Unlocked,
    Watching,
    Zone,
)
from breakd.core.units import MINUTE
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.rows import COLUMNS, Row, packed

FORGOTTEN = "forget"  # the source of what stands in the place of the span
REPORTS = (Slept.name, Felt.name, Exercised.name)


class Forgotten(NamedTuple):
    """How many rows went; the span as it could be had, core ms."""

    rows: int
    since: int
    until: int


def forget(journal: Journal, since: int, until: int, *, dry: bool = False) -> Forgotten:
    """Forget what happened from `since` up to `until` (core ms), and what was reported of that time.

    `dry`: only say how much it would be. Raises JournalError.
    """
    first, latest = journal.first(), journal.latest
    if first is None or latest is None:
        return Forgotten(0, since, until)
    since, until = max(since, first), min(until, latest + 1)
    after, up_to = journal.since(since), journal.since(until)
    reports = [each.seq for each in journal.events_of(REPORTS) if _is_about(each, since, until)]
    also = [seq for seq in reports if not after < seq <= up_to]
    gone = max(0, up_to - after) + len(also)
    if dry or not gone:
        return Forgotten(gone, since, until)
    span = [entry for entry in journal.entries(after) if entry.seq <= up_to]
    put = list(instead(span, since, until, begins=after == 0))
    cut = _Cut(after, up_to, also, since, until, put)
    journal.rewrite(cut.carry_out)
    return Forgotten(gone, since, until)


def instead(span: Iterable[Entry], since: int, until: int, *, begins: bool) -> Iterable[Entry]:
    """What stands in the place of these events. `begins`: the journal begins with them, so there was nobody before."""
    lasting: dict[object, Event] = {}
    ahead = 0
    for entry in span:
        key = _lasts(entry.event)
        if isinstance(entry.event, Clock):
            ahead += entry.event.shift_ms
        elif key is not None:
            lasting[key] = entry.event
    clock: list[Event] = [Clock(ahead)] if ahead else []
    events = sorted([*lasting.values(), *clock], key=lambda event: not isinstance(event, Configured))
    if not begins:
        yield Entry(since, since, Suspended(), FORGOTTEN)
    yield from (Entry(until, until, event, FORGOTTEN) for event in events)
    if not begins:
        yield Entry(until, until, Resumed(), FORGOTTEN)


def _lasts(event: Event) -> object:
    """Of each key the last event holds on; None: it says only what happened."""
    match event:
        case Busy() | Free():
            return event.reason
        case Alarm():
            return event.what, event.label
        case Command():
            return "pause" if event.order in ("pause", "resume") else None
    return next((names for names in LASTING if isinstance(event, names)), None)


LASTING: tuple[tuple[type[Event], ...], ...] = (
    (Configured,),
    (Zone,),
    (Posture,),
    (Locked, Unlocked),
    (Watching, NotWatching),
)


def _is_about(entry: Entry, since: int, until: int) -> bool:
    """Whether what somebody reported took place in the span, be it in part."""
    event = entry.event
    if isinstance(event, Slept):
        return event.from_ms < until and event.to_ms > since
    begin = entry.at - round(event.minutes * MINUTE) if isinstance(event, Exercised) else entry.at
    return begin < until and entry.at >= since


class _Cut(NamedTuple):
    """Rows behind `after`, up to `up_to`, and those of `also` go, for the time from `since` to `until`; `put` comes."""

    after: int
    up_to: int
    also: Sequence[int]
    since: int
    until: int
    put: Sequence[Entry]

    def carry_out(self, db: sqlite3.Connection) -> None:
        """In one transaction of somebody else's."""
        db.executemany("DELETE FROM rows WHERE seq = ?", [(seq,) for seq in self.also])
        db.execute("DELETE FROM rows WHERE seq > ? AND seq <= ?", (self.after, self.up_to))
        # Learned later, but of that time: such as an idleness, or when the daemon last lived.
        learned = "UPDATE rows SET at = ? WHERE seq > ? AND at >= ? AND at < ?"
        db.execute(learned, (self.until, self.up_to, self.since, self.until))
        before = min([self.after, *(seq - 1 for seq in self.also)])
        db.execute("DELETE FROM snapshots WHERE seq > ?", (before,))
        self._number_anew(db, before, [_row(number, entry, db) for number, entry in enumerate(self.put, 1)])

    def _number_anew(self, db: sqlite3.Connection, before: int, rows: Sequence[Row]) -> None:
        """Put these rows in their place, and number all behind row `before` without gaps."""
        db.execute("CREATE TEMP TABLE kept AS SELECT * FROM rows WHERE seq > ?", (before,))
        db.execute("DELETE FROM rows WHERE seq > ?", (before,))
        insert = f"INSERT INTO rows ({COLUMNS}) SELECT row_number() OVER (ORDER BY seq) + ?, {COLUMNS[5:]} FROM kept"
        db.execute(f"{insert} WHERE seq <= ?", (before, self.after))
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM rows").fetchone()
        put = [row._replace(seq=last + row.seq) for row in rows]
        db.executemany(f"INSERT INTO rows ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", put)
        db.execute(f"{insert} WHERE seq > ?", (last + len(put), self.after))
        db.execute("DROP TABLE kept")


def _row(number: int, entry: Entry, db: sqlite3.Connection) -> Row:
    data, contents = packed(entry.event)
    for content in contents:
        db.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", content)
    return Row(number, "event", entry.seen, entry.at, entry.source, entry.event.name, data)
