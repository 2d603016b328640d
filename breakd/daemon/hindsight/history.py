"""What each day came to: the journal folded through the core once more, with a mark at the start of each day.

The sums of days that are over are kept beside the journal, with the state after them, so that only what came since is
folded again. They are worth nothing without the journal: another one, or another version of the core, begins anew.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from breakd.core import engine
from breakd.core.decisions import BreakDone, Decision, Missed, Prompt
from breakd.core.events import Alarm, Entry
from breakd.core.state import State
from breakd.daemon.fold import VERSION, begun
from breakd.daemon.store.journal import Journal


@dataclass
class Day:
    """The sums of a day, ms and counts; `prompts`, `done` and `missed` by kind of break.

    `rest_ms`: between the first and the last sitting of the day, so that a night is no rest.
    """

    day: str = ""  # ISO 8601
    sitting_ms: int = 0
    rest_ms: int = 0
    longest_ms: int = 0
    prompts: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)


class Kept(NamedTuple):
    """The days before row `seq`, which starts `day`, and the state after it. `row`: to know the journal by."""

    version: str
    seq: int
    row: str
    day: str
    state: State
    days: list[Day]


class Sums:
    """What a stretch of time, such as a day, comes to while it is folded. `since`: the state it began with."""

    def __init__(self, since: State) -> None:
        self._since = since.tally
        self._rest: int | None = None  # the counter when the first sitting began
        self._last = since.tally.rest_ms  # the counter when there was more sitting than ever before
        self._most = since.tally.sitting_ms
        self._counts: dict[type[Decision], Counter[str]] = {Prompt: Counter(), BreakDone: Counter(), Missed: Counter()}

    def see(self, state: State, decisions: Iterable[Decision]) -> None:
        """A step was taken."""
        tally = state.tally
        if tally.sitting_ms > self._most:
            if self._rest is None:
                self._rest = self._last
            self._most, self._last = tally.sitting_ms, tally.rest_ms
        elif self._rest is None:
            self._last = tally.rest_ms
        for decision in decisions:
            if type(decision) in self._counts:
                self._counts[type(decision)][getattr(decision, "kind", "")] += 1

    def day(self, name: str, state: State) -> Day:
        """The sums up to this state."""
        tally = state.tally
        prompts, done, missed = (dict(self._counts[type_]) for type_ in (Prompt, BreakDone, Missed))
        rest = 0 if self._rest is None else max(0, self._last - self._rest)
        return Day(name, tally.sitting_ms - self._since.sitting_ms, rest, tally.longest_ms, prompts, done, missed)


def history(journal: Journal, cache: Path | None, to: int | None = None) -> list[Day]:
    """Every day from the first to the last, also those on which nothing was journalled.

    `to`: the core time up to which the last day is lived, ms; None: up to what the journal knows.
    """
    kept = _kept(journal, cache)
    days, fold = ([], None) if kept is None else (list(kept.days), _Fold(kept.state, kept.day))
    again = kept
    for entry in journal.entries(after=kept.seq if kept else 0):
        if fold is None:
            fold = _Fold(begun(entry), _date(journal, entry.at, -EARLY))
        if not _starts_day(entry):
            fold.step(entry)
            continue
        days.append(fold.end(entry))
        fold = _Fold(fold.state, _date(journal, entry.at, LATE))
        again = Kept(_version(), entry.seq, "", fold.day, fold.state, list(days))
    if fold is None:
        return []
    if cache is not None and again is not None and again is not kept:
        _keep(cache, again._replace(row=_row(journal, again.seq)))
    return _all_days([*days, fold.last(max(fold.state.now, journal.latest or 0, to or 0))])


EARLY = timedelta(hours=4)  # a journal begun at 3 in the morning belongs to the day before
LATE = timedelta(hours=12)  # a day is that of its middle, whenever it starts


def _date(journal: Journal, at: int, shift: timedelta) -> str:
    # By the clock and zone of now: names of days must not depend on how much of the journal was read.
    return (journal.wall().moment(at) + shift).date().isoformat()


def _starts_day(entry: Entry) -> bool:
    return isinstance(entry.event, Alarm) and entry.event.what == engine.DAY_STARTS


class _Fold:
    """The core going through one day. `day`: its name."""

    def __init__(self, state: State, day: str) -> None:
        self.state, self.day = state, day
        self._sums = Sums(state)

    def step(self, entry: Entry) -> None:
        """An event of this day."""
        self.state, decisions = engine.step(self.state, entry)
        self._sums.see(self.state, decisions)

    def end(self, alarm: Entry) -> Day:
        """The day, ended by this alarm; the state is that at the start of the next."""
        day = self.last(alarm.seen)
        self.step(alarm)
        self.state = fresh(self.state)
        return day

    def last(self, to: int) -> Day:
        """The day so far, if nothing happens until `to`."""
        self.state, decisions = engine.advance(self.state, to)
        self._sums.see(self.state, decisions)
        return self._sums.day(self.day, self.state)


def fresh(state: State) -> State:
    """The state with no longest sitting yet: the core decides nothing by that number."""
    ledger = state.ledger
    tally, settled = (replace(each, longest_ms=0) for each in (ledger.tally, ledger.settled))
    return replace(state, ledger=replace(ledger, tally=tally, settled=settled))


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _all_days(days: list[Day]) -> list[Day]:
    """With those on which there was no daemon; two of one name, as after a journey, are one."""
    found: list[Day] = []
    for day in days:
        while found and _next(found[-1].day) < day.day:
            found.append(Day(_next(found[-1].day)))
        if found and found[-1].day >= day.day:
            found[-1] = _both(found[-1], day)
        else:
            found.append(day)
    return found


def _both(one: Day, other: Day) -> Day:
    return Day(
        one.day,
        one.sitting_ms + other.sitting_ms,
        one.rest_ms + other.rest_ms,
        max(one.longest_ms, other.longest_ms),
        *(dict(Counter(a) + Counter(b)) for a, b in zip(_counts(one), _counts(other), strict=True)),
    )


def _counts(day: Day) -> tuple[dict[str, int], ...]:
    return day.prompts, day.done, day.missed


# -- what is kept -----------------------------------------------------------------------------------------------------


def _version() -> str:
    return f"{VERSION}/1"  # of the shape of what is kept


def _row(journal: Journal, seq: int) -> str:
    found = next(journal.rows(seq - 1), None)
    return repr(found) if found is not None and found.seq == seq else ""


def _kept(journal: Journal, cache: Path | None) -> Kept | None:
    try:
        found = msgspec.json.decode(cache.read_bytes(), type=Kept) if cache is not None else None
    except (OSError, msgspec.MsgspecError):
        return None
    if found is None or found.version != _version() or found.row != _row(journal, found.seq):
        return None
    return found


def _keep(cache: Path, kept: Kept) -> None:
    """Write it in one piece, for the user alone. It is no loss if that cannot be done."""
    new = cache.with_name(f"{cache.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(kept))
        new.replace(cache)
