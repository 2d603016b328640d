"""How long `breakd history` takes over a journal of a year: the first time, when all is folded, and after that.

    python -m benchmarks.history [--days 365]

The year is that of `benchmarks.simulate_year`, lived through the real core into a real journal.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from msgspec.structs import replace

from benchmarks.desk import COMMAND, Desk
from benchmarks.simulate_year import year
from benchmarks.table import show
from breakd.core import engine
from breakd.core.decisions import Decision
from breakd.core.events import Configured, Entry, Event
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.store.facts import Did, did, line
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import read
from breakd.daemon.timing.calendar import Calendar
from breakd.settings.load import load

Step = tuple[Entry | None, tuple[Decision, ...]]


class Lived(Simulation):
    """A simulation of which every step is kept."""

    steps: list[Step]

    def _step(self, entry: Entry) -> None:
        self.state, decisions = engine.step(self.state, entry)
        self.steps.append((entry, decisions))

    def _pass(self, to: int) -> None:
        self.state, decisions = engine.advance(self.state, to)
        if decisions:
            self.steps.append((None, decisions))


def export(days: int) -> Iterator[str]:
    """The journal of so many days, as it is exported."""
    settings, run, seq = load(), None, 0
    for told in read(year(days), "year"):
        if run is None:
            run = Lived(settings.rules(), Calendar(settings.day_start, UTC), told.at)
            run.steps = [(Entry(told.at, told.at, Configured(settings.rules()), "breakd"), ())]
        if isinstance(told.what, Event):
            run.feed(told.what, told.at, told.seen, "x11")
        for entry, decisions in run.steps:
            items: list[Entry | Did] = [] if entry is None else [entry]
            for item in items + [did(decision) for decision in decisions]:
                seq += 1
                yield line(replace(item, seq=seq), Wall())
        run.steps = []


def command(desk: Desk) -> float:
    """Milliseconds of the whole command."""
    began = time.perf_counter()
    subprocess.run((COMMAND, "history", "--json"), env=desk.env, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    with Desk() as desk:
        with Journal.open(Path(desk.env["HOME"], ".local/state/breakd/journal.db")) as journal:
            journal.import_(export(args.days), "year")
        rows = {name: {"ms": command(desk)} for name in ("first", "again", "and again")}
    show(f"breakd history: {args.days} days", rows, as_json=args.json)


if __name__ == "__main__":
    main()
