"""Rows of the journal: events and decisions as SQLite keeps them, and the content that many rows share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from breakd.core.events import Configured, Entry, Event
from breakd.core.rules import Rules
from breakd.daemon.facts import Did, fields_of
from breakd.daemon.fields import EVENTS, PLAIN

COLUMNS = "seq, type, seen, at, source, name, data"
Lookup = Callable[[str], str | None]  # content by its hash


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


class Content(NamedTuple):
    """Rules in the one form that equal rules have, so that their hash is the same too."""

    hash: str
    data: str


def content(rules: Rules) -> Content:
    """The rules as kept: JSON with sorted keys, numbers as their types say (20 seconds are 20.0)."""
    same = msgspec.convert(msgspec.to_builtins(rules), Rules)
    data = msgspec.json.encode(same, order="sorted")
    return Content(sha256(data.decode()), data.decode())


def sha256(data: str) -> str:
    """The hash that content is known by."""
    try:  # as `random` does: hashlib would bring OpenSSL, a tenth of the daemon's memory, for this one hash
        from _sha2 import sha256 as hashed  # type: ignore[import-not-found]
    except ImportError:  # before Python 3.12
        from hashlib import sha256 as hashed
    return str(hashed(data.encode()).hexdigest())


def packed(event: Event) -> tuple[str, Content | None]:
    """The column `data`, and content to keep beside it.

    Raises TypeError for what is no event of the journal, ValueError for what could not be read back.
    """
    fields_of(event)
    if event.name in PLAIN:
        return "{}", None
    kept = content(event.rules) if isinstance(event, Configured) else None
    data = msgspec.json.encode({"rules": kept.hash} if kept else event).decode()
    try:
        _event(event.name, data, lambda _: kept.data if kept else None)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"{event} cannot be journalled: it would not read back: {error}") from None
    return data, kept


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
    return Configured(_rules(text))


@cache
def _decoder(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(EVENTS[name])


def _rules(text: str) -> Rules:
    return msgspec.json.decode(text, type=Rules)
