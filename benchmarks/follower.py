"""What a status bar costs: wake-ups of the daemon without and with a follower, and the follower's own.

    python -m benchmarks.follower [--minutes 2]

On a desktop of its own (Xvfb, session bus) somebody types, so that the daemon has what it usually has to do. The same
daemon is measured twice, first alone. `lines` is how many the follower printed, the first apart.
"""

from __future__ import annotations

import argparse
import time

from benchmarks.desk import COMMAND, Desk, desktop, end
from benchmarks.proc import Counters, counters, family
from benchmarks.table import Row, show

KEY_EVERY = 0.5  # seconds
WARM = 20.0  # seconds until nothing of the start is seen any more


def types(desk: Desk, seconds: float) -> None:
    """Type for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        desk.key()
        time.sleep(KEY_EVERY)


def row(before: Counters, after: Counters, minutes: float, lines: int) -> Row:
    """What it came to, by the minute."""
    wakes, cpu = after.wakes - before.wakes, after.cpu - before.cpu
    return {"wakes_min": wakes / minutes, "cpu_ms_min": cpu * 1000 / minutes, "lines": lines}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long each is measured")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    rows: dict[str, Row] = {}
    with desktop() as desk:
        daemon = desk.start([COMMAND, "run"])
        types(desk, WARM)
        before = counters(family(daemon.pid))
        types(desk, 60 * args.minutes)
        rows["daemon alone"] = row(before, counters(family(daemon.pid)), args.minutes, 0)
        follower = desk.start(["sh", "-c", f"exec {COMMAND} status --follow --format plain"])
        types(desk, 2)
        said, daemons, followers = desk.log("sh"), counters(family(daemon.pid)), counters(family(follower.pid))
        first = len(said.read_text(encoding="utf-8").splitlines())
        types(desk, 60 * args.minutes)
        lines = len(said.read_text(encoding="utf-8").splitlines()) - first
        rows["daemon, followed"] = row(daemons, counters(family(daemon.pid)), args.minutes, lines)
        rows["follower"] = row(followers, counters(family(follower.pid)), args.minutes, lines)
        end(follower)
        end(daemon)
    show(f"a follower, {args.minutes:g} min each", rows, as_json=args.json)


if __name__ == "__main__":
    main()
