"""How long `breakd run` takes from exec until its control socket answers, beside a Python that imports asyncio.

And how long `breakd status --json` takes, beside a Python that does nothing.

    python -m benchmarks.startup [--runs 15]

`first` starts without a journal, `next` goes on with one. The programs take turns; medians are printed.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time

from benchmarks.desk import COMMAND, Desk, desktop, end, wait_for
from benchmarks.table import show

FLOOR = (sys.executable, "-c", "import asyncio")
NOTHING = (sys.executable, "-c", "pass")
BREAKD = (COMMAND, "run")
LOOK_EVERY = 0.001  # seconds


def floor(desk: Desk) -> float:
    """Seconds of a whole process that does nothing but import asyncio."""
    began = time.perf_counter()
    subprocess.run(FLOOR, env=desk.env, check=True)
    return time.perf_counter() - began


def breakd(desk: Desk) -> float:
    """Seconds from exec until the daemon answers."""
    began = time.perf_counter()
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took = time.perf_counter() - began
    end(process)
    return took


def status(desk: Desk) -> dict[str, float]:
    """Seconds of a Python that does nothing, and of `breakd status --json` while a daemon runs."""
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took = {}
    for name, words in (("floor", NOTHING), ("status --json", (COMMAND, "status", "--json"))):
        began = time.perf_counter()
        subprocess.run(words, env=desk.env, check=True, stdout=subprocess.DEVNULL)
        took[name] = time.perf_counter() - began
    end(process)
    return took


def answers(desk: Desk) -> bool:
    """Whether the daemon answers a request."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(desk.control))
        except OSError:
            return False
        connection.sendall(b'{"do": "status"}\n')
        return bool(json.loads(connection.makefile("rb").readline())["ok"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    times: dict[str, list[float]] = {"floor": [], "first": [], "next": []}
    short: dict[str, list[float]] = {"floor": [], "status --json": []}
    with desktop() as warm:  # compiles what is not compiled yet, and brings the files into memory
        floor(warm)
        breakd(warm)
        status(warm)
    for _ in range(args.runs):
        with desktop() as desk:
            times["floor"].append(floor(desk))
            times["first"].append(breakd(desk))
            times["floor"].append(floor(desk))
            times["next"].append(breakd(desk))
            for name, seconds in status(desk).items():
                short[name].append(seconds)
    show(f"exec to ready: {args.runs} run(s)", rows(times), as_json=args.json)
    show(f"a short command: {args.runs} run(s)", rows(short), as_json=args.json)


def rows(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """A row for each: the median beside that of the floor."""
    bare = statistics.median(times["floor"])
    return {
        name: {
            "ratio": statistics.median(each) / bare,
            "median_ms": statistics.median(each) * 1000,
            "min_ms": min(each) * 1000,
        }
        for name, each in times.items()
    }


if __name__ == "__main__":
    main()
