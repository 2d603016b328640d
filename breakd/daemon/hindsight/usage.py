"""How prompts were answered, from the journal: the last days folded through the core once more."""

from __future__ import annotations

from typing import NamedTuple

from breakd.core import engine, usage
from breakd.core.bars import BreakRule
from breakd.core.decisions import Decision
from breakd.core.state import State
from breakd.core.usage import Asked
from breakd.daemon.fold import as_of, begun
from breakd.daemon.speech.status import local
from breakd.daemon.store.journal import Journal

# From which hour on it is which part of the day.
PARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))


class Used(NamedTuple):
    """From `since` to `until` (core ms): prompts with the part of day of each, how many breaks were taken unasked."""

    since: int
    until: int
    prompts: list[Asked]
    parts: dict[int, str]  # by the moment of the prompt
    unasked: int
    kinds: tuple[BreakRule, ...]  # of now


def used(journal: Journal, since: int, until: int) -> Used | None:
    """What came of the prompts between; None if the journal is empty."""
    state = as_of(journal, since)
    decisions: list[Decision] = []
    absences: list[tuple[int, int]] = []
    parts: dict[int, str] = {}
    for entry in journal.entries(after=journal.since(since + 1)):
        if entry.seen > until:
            break
        watched = entry.at if entry.event.unwatched else entry.seen
        before, earlier = engine.advance(state or begun(entry), watched)
        state, decided = engine.step(before, entry)
        decided = (*earlier, *decided)
        decisions += decided
        parts.update((each.at, part(state, each.at)) for each in decided)
        if before.presence.away and not state.presence.away:
            absences.append((before.presence.since, state.now))
    if state is None:
        return None
    state, decided = engine.advance(state, until)
    decisions += decided
    parts.update((each.at, part(state, each.at)) for each in decided)
    prompts, done = usage.asked(decisions)
    taken = usage.taken(absences, decisions, state.rules.breaks)
    return Used(since, until, prompts, parts, len(done) + len(taken), state.rules.breaks)


def part(state: State, core_ms: int) -> str:
    """The part of the person's day."""
    hour = local(state, core_ms).hour
    return next(name for begin, name in reversed(PARTS) if hour >= begin)
