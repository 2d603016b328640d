"""Journal lines as observers are given them."""

from __future__ import annotations

from breakd.core.decisions import Decision
from breakd.core.events import Configured, Entry
from breakd.daemon.store.facts import decision_facts, event_facts
from breakd.daemon.store.fields import Wall
from breakd.plugin.interfaces import Record


def record(item: Entry | Decision, wall: Wall) -> Record:
    """The line of an event or a decision. Of `configured` only that it happened: the rules are no news to read."""
    if isinstance(item, Decision):
        return Record(wall.moment(item.at), "did", item.did, decision_facts(item))
    facts = {} if isinstance(item.event, Configured) else event_facts(item, wall)
    if item.source:
        facts["source"] = item.source
    return Record(wall.moment(item.at), "event", item.event.name, facts)
