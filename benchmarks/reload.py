"""What it costs that a saved change of the settings comes into force by itself: memory, wake-ups, and its time.

    python -m benchmarks.reload [--minutes 1] [--runs 3]

`unwatched` is the same daemon without watching anything; `watching` as it comes; `after` is that one after a thousand
saves. `extra_mib` is over `unwatched`. `in_force_s`: from a save until the status tells of it, the median
of 20; 0.15 s of that are waited for the end of the save.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.desk import Desk, desktop, end, wait_for
from benchmarks.proc import counters, family, memory
from benchmarks.startup import answers
from benchmarks.table import Row, medians, show

BEGIN = "import sys; from breakd.daemon.lean import hurry, import_asyncio; hurry(); import_asyncio(); "
UNWATCHED = "from breakd.daemon.watching.reload import Reload; Reload.start = lambda *_: None; "
RUN = "sys.argv = ['breakd', 'run']; from breakd.cli.main import main; main()"
WARM = 12.0  # seconds until nothing of the start is seen any more
SAVES = 1000


def told(desk: Desk) -> dict[str, Any]:
    """What the status tells of the settings."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(desk.control))
        connection.sendall(b'{"do": "status"}\n')
        found: dict[str, Any] = json.loads(connection.makefile("rb").readline())
    settings: dict[str, Any] = found["status"]["settings"]
    return settings


def save(desk: Desk, minutes: int) -> None:
    """Save as most editors do: beside, and renamed over it."""
    file = Path(desk.env["HOME"], ".config", "breakd", "breakd.toml")
    beside = file.with_suffix(".new")
    beside.write_text(f'breaks.move.every = "{minutes}m"\n', encoding="utf-8")
    beside.replace(file)


def tells(desk: Desk, state: str) -> bool:
    """Whether the status says so of the settings."""
    return bool(told(desk)["state"] == state)


def reaction(desk: Desk) -> float:
    """Seconds from a broken save until the status tells that it is broken, and then that it is mended."""
    taken = []
    for number in range(20):
        save(desk, 30 if number % 2 else -1)
        began, state = time.perf_counter(), "ok" if number % 2 else "broken"
        wait_for("the reload", partial(tells, desk, state), 0.005)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measured(pid: int, minutes: float) -> dict[str, float]:
    """Memory and wake-ups of a daemon that is left alone."""
    time.sleep(WARM)
    before = counters(family(pid))
    time.sleep(60 * minutes)
    after = counters(family(pid))
    rss, pss = memory(family(pid))
    return {
        "rss_mib": rss,
        "pss_mib": pss,
        "threads": after.threads,
        "wakes_min": (after.wakes - before.wakes) / minutes,
    }


def one_run(minutes: float) -> dict[str, dict[str, float]]:
    """All three, one after the other."""
    rows: dict[str, dict[str, float]] = {}
    for name, extra in (("unwatched", UNWATCHED), ("watching", "")):
        with desktop() as desk:
            Path(desk.env["HOME"], ".config", "breakd").mkdir(parents=True)
            save(desk, 30)
            process = desk.start((sys.executable, "-c", BEGIN + extra + RUN))
            wait_for("the daemon to answer", partial(answers, desk), 0.01)
            rows[name] = {**measured(process.pid, minutes), "in_force_s": 0.0}
            if not extra:
                rows[name]["in_force_s"] = reaction(desk)
                for number in range(SAVES):
                    save(desk, number % 60 - 1)
                    time.sleep(0.002)
                rows["after"] = {**measured(process.pid, minutes), "in_force_s": reaction(desk)}
            end(process)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long each is measured")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many runs is printed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    runs = [one_run(args.minutes) for _ in range(args.runs)]
    rows: dict[str, Row] = {name: medians([run[name] for run in runs]) for name in runs[0]}
    bare = rows["unwatched"]["rss_mib"]
    shown = {
        name: {"extra_mib": row["rss_mib"] - bare, "ratio": row["rss_mib"] / bare, **row} for name, row in rows.items()
    }
    show(f"reload: {args.runs} run(s) of {args.minutes:g} min", shown, as_json=args.json)


if __name__ == "__main__":
    main()
