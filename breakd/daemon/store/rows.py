"""Rows of the journal: events and decisions as SQLite keeps them, and the content that many rows share."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeAlias

import msgspec

from breakd.core.events import Configured, Entry, Event
from breakd.daemon.store.contents import Content, Lookup, contents, readable, rules_of
from breakd.daemon.store.facts import Did, fields_of
from breakd.daemon.store.fields import EVENTS, PLAIN

COLUMNS = "seq, type, seen, at, source, name, data"


class Row(NamedTuple):
    """One row, as in the table `rows`."""

    seq: int
    type: str
    seen: int | None
    at: int
    source: str
    name: str
    data: str

    def item(self, lookup: Lookup) -> Entry | Did:
        """What the row says. Raises ValueError, which says why it cannot be read."""
        try:
            if self.type == "did":
                return Did(self.at, self.name, msgspec.json.decode(self.data, type=dict[str, object]), self.seq)
            return Entry(self.seen or 0, self.at, _event(self.name, self.data, lookup), self.source, self.seq)
        except (ValueError, TypeError, msgspec.MsgspecError) as error:
            raise ValueError(f"row {self.seq}, {self.type} {self.name}: {error}") from None


Packed: TypeAlias = tuple[str, tuple[Content, ...]]


def packed(event: Event) -> Packed:
    """The column `data`, and contents to keep beside it.

    Raises TypeError for what is no event of the journal, ValueError for what could not be read back.
    """
    fields_of(event)
    if event.name in PLAIN:
        return "{}", ()
    try:
        if isinstance(event, Configured):
            kept = contents(event.rules)
            readable(kept)
            return msgspec.json.encode({"rules": kept[0].hash}).decode(), kept
        data = msgspec.json.encode(event).decode()
        _event(event.name, data, lambda _: None)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"{event} cannot be journalled: it would not read back: {error}") from None
    return data, ()


def _event(name: str, data: str, lookup: Lookup) -> Event:
    if name in PLAIN:
        return PLAIN[name]
    if name not in EVENTS:
        raise ValueError("an unknown event")
    if name != Configured.name:
        found: Event = _decoder(name).decode(data)
        return found
    hash_ = msgspec.json.decode(data, type=dict[str, str])["rules"]
    text = lookup(hash_)
    if text is None:
        raise ValueError(f"its content {hash_[:12]} is missing")
    return Configured(rules_of(text, lookup))


@cache
def _decoder(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(EVENTS[name])
