"""The loop without asyncio, processes or waiting: clocks that a test moves, surroundings that note what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from breakd.core.decisions import Decision
from breakd.core.events import Entry, Event
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.fold import Decisions
from breakd.daemon.loop import Loop
from breakd.daemon.restore import restored
from breakd.daemon.store.journal import Journal
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.daemon.timing.clock import Beat
from breakd.settings.load import load

MORNING = round(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)  # a Monday
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE


class FakeClock:
    """A machine's three clocks, ms, moved by hand."""

    def __init__(self) -> None:
        self.boot_id = "first"
        self._boot, self._awake, self._wall = 5 * MINUTE, 5 * MINUTE, MORNING

    def boot(self) -> int:
        """Since boot, sleep included."""
        return self._boot

    def awake(self) -> int:
        """Since boot, sleep not included."""
        return self._awake

    def wall(self) -> int:
        """By the wall clock."""
        return self._wall

    def passes(self, ms: int) -> None:
        """Time passes."""
        self._boot, self._awake, self._wall = self._boot + ms, self._awake + ms, self._wall + ms

    def sleeps(self, ms: int) -> None:
        """The machine sleeps."""
        self._boot, self._wall = self._boot + ms, self._wall + ms

    def jumps(self, ms: int) -> None:
        """Somebody sets the wall clock."""
        self._wall += ms

    def reboots(self, ms: int) -> None:
        """The machine is off for so long, then starts."""
        self.boot_id, self._boot, self._awake, self._wall = "second", 10 * SECOND, 10 * SECOND, self._wall + ms


class Life:
    """One life of the daemon, and all that its loop asks of the rest: it is the loop's surroundings."""

    def __init__(
        self,
        journal: Journal,
        clock: FakeClock,
        sets: Sequence[str] = (),
        *,
        routines: tuple[Routine, ...] = (),
        late: bool = False,
    ) -> None:
        self.entries: list[Entry] = []
        self.decided: list[Decision] = []
        self.asked: list[float] = []
        self.said: list[str] = []
        self.armed = 0
        self.woken = 0
        self.waiting = late  # whether nobody has read the routines yet
        self._journal = journal
        self._clock = clock
        settings = load(None, sets)
        rules = self._rules = replace(settings.rules(), routines=routines)
        if late:  # as the daemon does
            rules = replace(rules, routines=())
        fold, anchor, alive = restored(journal, rules, clock, self.said.append, late=late)
        self.fold = fold
        self.taken_up = fold.state
        self.loop = Loop(fold, clock, anchor, lambda name: Calendar.of(settings, zone(name)), self)
        self.loop.start(alive, rules)

    def arm(self, boot_ms: int) -> None:
        """See `Surroundings`."""
        self.armed = boot_ms

    def ask(self, seconds: float) -> None:
        """See `Surroundings`."""
        self.asked.append(seconds)

    def beat(self, boot_ms: int, core_ms: int) -> None:
        """See `Surroundings`."""
        self._journal.beat(Beat(self._clock.boot_id, boot_ms, core_ms))

    def happened(self, entry: Entry | None, decisions: Decisions, state: State) -> None:
        """See `Surroundings`."""
        self.entries += [entry] if entry else []
        self.decided += decisions

    def unread(self) -> int:
        """See `Surroundings`: all that wait are in one file."""
        return int(self.waiting)

    def read(self) -> Rules:
        """See `Surroundings`."""
        assert self.waiting, "they were read already"
        self.waiting = False
        return self._rules

    def tell(self, event: Event, ago: float = 0, source: str = "x11") -> None:
        """A source tells something, `ago` seconds late."""
        self.loop.deliver(event, ago, None, source)

    def runs(self, ms: int) -> None:
        """Time passes, and the timer rings whenever it was armed for."""
        end = self._clock.boot() + ms
        while self.armed <= end:
            self._clock.passes(max(0, self.armed - self._clock.boot()))
            self.woken += 1
            self.loop.wake()
        self._clock.passes(end - self._clock.boot())

    @property
    def names(self) -> list[str]:
        """The events of this life."""
        return [entry.event.name for entry in self.entries]

    @property
    def did(self) -> list[str]:
        """The decisions of this life."""
        return [decision.did for decision in self.decided]

    @property
    def sitting(self) -> int:
        """All the sitting so far, ms, as of now."""
        return self.loop.current().tally.sitting_ms


@contextmanager
def life(
    path: Path, clock: FakeClock, *sets: str, routines: tuple[Routine, ...] = (), late: bool = False
) -> Iterator[Life]:
    """A life with the journal at `path`, by these settings over the shipped; `late`: its routines are to be read yet.

    It ends as a kill ends it, unless the test stops the loop.
    """
    with Journal.open(path) as journal:
        yield Life(journal, clock, sets, routines=routines, late=late)
