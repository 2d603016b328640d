"""Reads an export: mapped into memory, not loaded, and only the buckets of presence are looked into.

Format: https://docs.activitywatch.net/en/latest/buckets-and-events.html. Who writes "not-afk" is `aw-watcher-afk`: a
stretch ends with the last input before three minutes without any.
"""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from breakd import Emit, Present

AFK = "afkstatus"  # the type of its buckets
GAP = timedelta(seconds=20)  # no decision of breakd uses shorter idleness
LONGEST = timedelta(days=2)  # nobody stays at a desk longer: a watcher that hung
NO_EXPORT = 'no export of ActivityWatch: expected {"buckets": ...}, from Raw Data, "Export all buckets as JSON"'


class Data(msgspec.Struct):
    """Of the data of an event what matters."""

    status: str = ""


class Event(msgspec.Struct):
    """An event of a bucket of presence: from `timestamp` on for `duration` s."""

    timestamp: datetime
    duration: float
    data: Data


class Bucket(msgspec.Struct):
    """A bucket; its events are not looked at before it is known to be about presence."""

    type: str = ""
    hostname: str = ""
    events: msgspec.Raw = msgspec.Raw(b"[]")


class Export(msgspec.Struct):
    """An export of all buckets, or of one."""

    buckets: dict[str, Bucket]


Stretch = tuple[datetime, datetime]


def import_(path: Path, emit: Emit, hosts: Collection[str]) -> None:
    """Tell when somebody was there. Raises ValueError with what is wrong with the file, OSError."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise ValueError(f"{path}: empty, {NO_EXPORT}")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # closed with the last that looks into it
    try:
        stretches, left = _read(mapped, hosts, emit)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"{path}: {error}; damaged, or {NO_EXPORT}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    for start, end in joined(stretches):
        emit(Present(start, end))
    for why, count in left.items():
        emit.left(why, count)
    emit.progress(1.0)


def _read(mapped: mmap.mmap, hosts: Collection[str], emit: Emit) -> tuple[list[Stretch], Counter[str]]:
    left: Counter[str] = Counter()
    found: list[Stretch] = []
    if mapped[:64].lstrip().startswith(b"["):  # what GET /api/0/buckets/ID/events answers
        found += _stretches(msgspec.json.decode(mapped, type=list[Event]), left)
        return found, left
    buckets = msgspec.json.decode(mapped, type=Export).buckets
    emit.progress(0.5)
    presence = {name: bucket for name, bucket in buckets.items() if bucket.type == AFK}
    if not presence:
        raise ValueError(
            f"none of its {len(buckets)} buckets is about presence (type {AFK}): is aw-watcher-afk running?"
        )
    left["bucket that is not about presence"] += len(buckets) - len(presence)
    for number, bucket in enumerate(presence.values(), 1):
        if hosts and bucket.hostname not in hosts:
            left["bucket of a computer that is not in hosts"] += 1
            continue
        found += _stretches(msgspec.json.decode(bucket.events, type=list[Event]), left)
        emit.progress(0.5 + number / len(presence) / 2)
    return found, left


def _stretches(events: Iterable[Event], left: Counter[str]) -> Iterator[Stretch]:
    now = datetime.now(UTC)
    for event in events:
        start = event.timestamp if event.timestamp.tzinfo else event.timestamp.replace(tzinfo=UTC)
        if event.data.status != "not-afk":
            if event.data.status not in ("afk", "system-afk", "hibernating"):
                raise ValueError(f'an event has the status {event.data.status[:40]!r}, expected "afk" or "not-afk"')
            left["stretch away from the keyboard"] += 1
        elif not 0 <= event.duration <= LONGEST.total_seconds():
            left["event of an impossible length"] += 1
        elif start + timedelta(seconds=event.duration) > now:
            left["event of the future"] += 1
        elif not event.duration:
            left["event without length"] += 1
        else:
            yield start, start + timedelta(seconds=event.duration)


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same presence, each moment once, whichever computers it was at."""
    found: Stretch | None = None
    for start, end in sorted(stretches):
        if found is None or start > found[1] + GAP:
            if found is not None:
                yield found
            found = start, end
        else:
            found = found[0], max(found[1], end)
    if found is not None:
        yield found
