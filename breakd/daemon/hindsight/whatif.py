"""A person's own past under other settings, beside what it was: both from the same state, with the same presence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from breakd.core import engine
from breakd.core.decisions import Decision, Prompt
from breakd.core.events import Command, Configured, Entry
from breakd.core.rules import Rules
from breakd.core.state import State, rule
from breakd.daemon.fold import as_of, begun
from breakd.daemon.hindsight.history import Day, Sums, fresh
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.speech.status import local
from breakd.daemon.store.journal import Journal
from breakd.daemon.timing.calendar import Calendar

ANSWERS = ("start", "stop", "snooze", "skip")


@dataclass
class Outcome:
    """What a stretch came to; `hours`: prompts by the hour of the day at which they came."""

    sums: Day = field(default_factory=Day)
    hours: Counter[int] = field(default_factory=Counter)


class Lived(NamedTuple):
    """What happened: the state before it, each event with the kind of break that a command was about ("": none)."""

    start: State
    entries: list[tuple[Entry, str]]
    end: int
    outcome: Outcome


class WhatIf(NamedTuple):
    """`answers`: commands that answered a prompt, and of those how many had none to answer in the other run."""

    was: Outcome
    other: Outcome
    answers: int
    unanswered: int


def lived(journal: Journal, since: int) -> Lived | None:
    """What the journal has from that moment on; None if it is empty."""
    found = as_of(journal, since)
    if found is None:  # the journal begins later
        first = next(journal.entries(), None)
        if first is None:
            return None
        found = begun(first)
    start = fresh(found)
    state, gathered, entries = start, _Gathered(start), list[tuple[Entry, str]]()
    for entry in journal.entries(after=journal.since(since + 1)):
        before, earlier = engine.advance(state, entry.at if entry.event.unwatched else entry.seen)
        state, decided = engine.step(before, entry)
        gathered.see(state, (*earlier, *decided))
        entries.append((entry, _about(before) if isinstance(entry.event, Command) else ""))
    end = max(state.now, journal.latest or 0)
    state, decided = engine.advance(state, end)
    gathered.see(state, decided)
    return Lived(start, entries, end, gathered.outcome(state))


def compared(was: Lived, rules: Rules, calendar: Callable[[str], Calendar]) -> WhatIf:
    """The same under these rules, with the routines that there were. `calendar`: what they schedule in a zone."""
    rules = replace(rules, routines=was.start.rules.routines)
    run = Simulation(rules, calendar(was.start.zone), was.start.now, was.start)
    gathered, answers, unanswered = _Gathered(run.state), 0, 0
    for entry, about in was.entries:
        event = entry.event
        if isinstance(event, Configured):
            continue
        if about and isinstance(event, Command) and event.order in ANSWERS:
            run.run_to(entry.seen)
            answers += 1
            if _about(run.state) != about:
                unanswered += 1
                continue
        run.feed(event, entry.at, entry.seen, entry.source)
        gathered.see(run.state, run.taken())
    run.run_to(was.end)
    gathered.see(run.state, run.taken())
    return WhatIf(was.outcome, gathered.outcome(run.state), answers, unanswered)


def _about(state: State) -> str:
    return "" if state.slot.phase == "calm" else rule(state).name


class _Gathered:
    """What a run comes to, while it runs."""

    def __init__(self, start: State) -> None:
        self._sums, self._hours = Sums(start), Counter[int]()

    def see(self, state: State, decisions: Iterable[Decision]) -> None:
        """A step was taken."""
        decisions = tuple(decisions)
        self._sums.see(state, decisions)
        self._hours.update(local(state, each.at).hour for each in decisions if isinstance(each, Prompt))

    def outcome(self, state: State) -> Outcome:
        """What it came to."""
        return Outcome(self._sums.day("", state), self._hours)
