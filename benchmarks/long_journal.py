"""What a journal of many years costs: the start, the short commands, and `breakd why --at` in it.

    python -m benchmarks.long_journal [--runs 5] [--years 10]

The last year is lived by the real fold, as in `simulate_year`; the years before are copies of its rows. Times are those
of whole processes, medians; `empty` has a journal of a day. `why --at` asks for moments all over the last year.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from benchmarks.desk import COMMAND, Desk, desktop, end, wait_for
from benchmarks.simulate_year import year
from benchmarks.startup import BREAKD, LOOK_EVERY, answers
from benchmarks.table import medians, show
from breakd.core.events import Entry, Event
from breakd.daemon.fold import Fold
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import read
from breakd.daemon.timing.calendar import Calendar
from breakd.settings.load import load

DAY = 86_400_000  # ms


class Lived(Simulation):
    """A simulation that writes a journal as the daemon does, a week in a transaction."""

    def __init__(self, journal: Journal, start: int, zone: tzinfo) -> None:
        settings = load()
        rules = settings.rules()
        self._fold = Fold.new(journal, rules, start, print)
        super().__init__(rules, Calendar.of(settings, zone), start)

    def _step(self, entry: Entry) -> None:
        self._fold.take(entry.event, entry.at, entry.seen, entry.source)
        self.state = self._fold.state

    def _pass(self, to: int) -> None:
        self._fold.look(to)
        self.state = self._fold.state


def write(path: Path, days: int, years: int) -> None:
    """A journal that ends today: `days` lived, and so many years in all."""
    shift = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - datetime(2026, 1, 1, tzinfo=UTC)
    ahead = round((shift - timedelta(days=days)).total_seconds() * 1000)
    path.parent.mkdir(mode=0o700, parents=True)
    with Journal.in_memory() as journal:
        run: Lived | None = None
        for line in read(year(days), "year"):
            at = line.at + ahead
            run = run or Lived(journal, at, UTC)
            assert isinstance(line.what, Event)
            run.feed(line.what, at)
        journal._db.execute("VACUUM INTO ?", (str(path),))
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT max(seq) FROM rows").fetchone()[0]
        copies = years - 1
        with db:
            db.execute("UPDATE rows SET seq = -seq - ?", (copies * rows,))
            db.execute("UPDATE rows SET seq = -seq")
            db.execute("UPDATE snapshots SET seq = -seq - ?", (copies * rows,))
            db.execute("UPDATE snapshots SET seq = -seq")
            for copy in range(copies):
                earlier = (copies - copy) * 365 * DAY
                db.execute(
                    "INSERT INTO rows SELECT seq - ?, type, seen - ?, at - ?, source, name, data FROM rows "
                    "WHERE seq > ? ORDER BY seq",
                    ((copies - copy) * rows, earlier, earlier, copies * rows),
                )
        db.execute("PRAGMA journal_mode = WAL")
    path.chmod(0o600)


def start(desk: Desk) -> float:
    """Seconds from exec until the daemon answers."""
    began = time.perf_counter()
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took = time.perf_counter() - began
    end(process)
    return took


def command(desk: Desk, *words: str) -> float:
    """Seconds of a command."""
    began = time.perf_counter()
    subprocess.run([COMMAND, *words], env=desk.env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def moments(count: int) -> Iterator[str]:
    """Moments in the last year, the same every time."""
    dice = random.Random(1)
    for _ in range(count):
        at = datetime.now(UTC) - timedelta(days=dice.uniform(1, 360))
        yield at.isoformat(timespec="seconds")


def measured(path: Path, runs: int, of: Callable[[Desk], dict[str, float]]) -> dict[str, float]:
    """Medians of runs, each in a desktop of its own with this journal."""
    rows = []
    for _ in range(runs):
        with desktop() as desk:
            place = Path(desk.env["HOME"], ".local/state/breakd/journal.db")
            place.parent.mkdir(mode=0o700, parents=True)
            subprocess.run(["cp", str(path), str(place)], check=True)
            rows.append(of(desk))
    return medians(rows)


def once(desk: Desk) -> dict[str, float]:
    """Start, short commands and looks at the past, ms."""
    start(desk)
    took = {"start_ms": start(desk)}
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took["status_ms"] = min(command(desk, "status", "--json") for _ in range(3))
    took["why_ms"] = min(command(desk, "why", "--json") for _ in range(2))
    took["limits_ms"] = min(command(desk, "limits", "--json") for _ in range(3))
    took["log_ms"] = command(desk, "log", "-n", "5")
    end(process)
    return {name: 1000 * seconds for name, seconds in took.items()}


def at_once(desk: Desk) -> dict[str, float]:
    """Looks at the past, ms: the median, and the slowest."""
    took = sorted(1000 * command(desk, "why", "--at", moment, "--json") for moment in moments(15))
    return {"median_ms": took[len(took) // 2], "slowest_ms": took[-1]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    with Desk() as place:
        empty, one, many = (place.folder / name / "journal.db" for name in ("empty", "one", "many"))
        write(empty, 1, 1)
        write(one, 365, 1)
        write(many, 365, args.years)
        sizes = {name: {"MB": path.stat().st_size / 1e6} for name, path in (("1 year", one), (f"{args.years}", many))}
        show("the file", sizes, as_json=args.json)
        rows = {"empty": measured(empty, args.runs, once), f"{args.years} years": measured(many, args.runs, once)}
        show(f"a day and {args.years} years: {args.runs} run(s)", rows, as_json=args.json)
        show("why --at", {"in 1 year": measured(one, 1, at_once)}, as_json=args.json)


if __name__ == "__main__":
    main()
