"""How long `breakd simulate` takes over a year of somebody's days, and how much of that is only reading.

    python -m benchmarks.simulate_year [--runs 3] [--days 365]

The year is made up, 300 events a day, and the same every time. `command` is the whole process, its output thrown away.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.desk import COMMAND, Desk
from benchmarks.table import medians, show

PAIRS = 150  # stretches of input a day
FIRST_DAY = datetime(2026, 1, 1, 9, tzinfo=UTC)
DAY_LASTS = 8 * 3600.0  # seconds between the first and the last input


def year(days: int) -> Iterator[str]:
    """The lines of the trace: bursts of input, pauses of seconds to minutes between them, a pause at noon."""
    dice = random.Random(1)
    for day in range(days):
        lengths = [dice.lognormvariate(4.6, 0.8) for _ in range(PAIRS)]
        pauses = [dice.lognormvariate(3.4, 0.9) + 5 for _ in range(PAIRS - 1)]
        pauses[PAIRS // 2] = 1800 * (sum(lengths) + sum(pauses)) / DAY_LASTS
        scale = DAY_LASTS / (sum(lengths) + sum(pauses))
        now = FIRST_DAY + timedelta(days=day)
        for length, pause in zip(lengths, [*pauses, 0.0], strict=True):
            yield told(now, "active")
            now += timedelta(seconds=length * scale)
            yield told(now, "idle")
            now += timedelta(seconds=pause * scale)


def told(at: datetime, event: str) -> str:
    """One line of a trace."""
    return json.dumps({"at": at.isoformat(timespec="milliseconds"), "event": event}) + "\n"


def reading(lines: list[str]) -> float:
    """Seconds to read the trace, in this process."""
    from breakd.daemon.store.trace import read

    began = time.perf_counter()
    for _ in read(lines, "year"):
        pass
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    lines = list(year(args.days))
    rows = []
    with Desk() as desk:
        trace = desk.folder / "year.jsonl"
        trace.write_text("".join(lines), encoding="utf-8")
        for _ in range(args.runs):
            began = time.perf_counter()
            command = [COMMAND, "simulate", str(trace), "--json"]
            subprocess.run(command, env=desk.env, check=True, stdout=subprocess.DEVNULL)
            took = time.perf_counter() - began
            rows.append({"seconds": took, "events_s": len(lines) / took, "reading_s": reading(lines)})
    show(f"{len(lines)} events, {args.days} days, {args.runs} run(s)", {"command": medians(rows)}, as_json=args.json)


if __name__ == "__main__":
    main()
