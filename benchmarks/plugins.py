"""What plugins cost: the start with a hundred of them, a step of one on the loop, and the way to one's own first.

    python -m benchmarks.plugins [--runs 7] [--plugins 100]

- `start`: from exec until the control socket answers, without plugins of one's own and with many, which are single
  files of every kind that `breakd plugins new` begins; medians, and `ratio`
- `step`: a step of a coroutine by itself and watched by the host, in us
- `first`: from `breakd plugins new` until `breakd demo --plugin` shows its routine: commands and seconds
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import time
from collections.abc import Coroutine
from itertools import cycle, islice
from pathlib import Path

from benchmarks.desk import COMMAND, Desk
from benchmarks.startup import breakd
from benchmarks.table import show
from breakd.cli.plugin_new import KINDS
from breakd.plugin.holding import Watch
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Thing
from breakd.plugin.timed import Timed

STEPS = 20_000
FIRST = ("plugins", "new", "neck"), ("demo", "--no-notifications", "--plugin", "{file}")
SHOWN = "Look around"


def furnish(desk: Desk, count: int) -> None:
    """So many single files, of every kind in turn."""
    for number, kind in enumerate(islice(cycle(KINDS), count)):
        subprocess.run(
            [COMMAND, "plugins", "new", f"mine_{number}", "--kind", kind], env=desk.env, check=True, capture_output=True
        )


def starts(runs: int, count: int) -> dict[str, float]:
    """Seconds of a start without and with plugins, in turns, and how much longer it is."""
    times: dict[str, list[float]] = {"none": [], "many": []}
    with Desk() as none, Desk() as many:
        furnish(many, count)
        for desk in (none, many):  # what is not compiled yet
            breakd(desk)
        for _ in range(runs):
            times["none"].append(breakd(none))
            times["many"].append(breakd(many))
    none_s, many_s = (statistics.median(each) for each in times.values())
    return {"none_ms": none_s * 1000, f"with_{count}": many_s * 1000, "ratio": many_s / none_s}


async def _steps() -> None:
    for _ in range(STEPS):
        await asyncio.sleep(0)


def step() -> dict[str, float]:
    """A step by itself, watched, and the difference, us."""
    watch, thing = Watch(Limits(), print), Thing("bench", "source", "bench", None)

    def seconds(made: Coroutine[object, object, object]) -> float:
        began = time.perf_counter()
        asyncio.run(_awaited(made))
        return time.perf_counter() - began

    bare = min(seconds(_steps()) for _ in range(5)) / STEPS
    watched = min(seconds(Timed(_steps(), thing, watch)) for _ in range(5)) / STEPS
    return {"bare_us": bare * 1e6, "watched_us": watched * 1e6, "cost_us": (watched - bare) * 1e6}


async def _awaited(made: Coroutine[object, object, object]) -> None:
    await asyncio.get_running_loop().create_task(made)


def first() -> dict[str, float]:
    """Commands and seconds from nothing to a routine of one's own that is shown."""
    with Desk() as desk:
        file = Path(desk.env["HOME"], ".config", "breakd", "plugins", "neck.py")
        began = time.perf_counter()
        for words in FIRST:
            command = [COMMAND, *(word.format(file=file) for word in words)]
            with subprocess.Popen(command, env=desk.env, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                if any(SHOWN in line for line in process.stdout):
                    took = time.perf_counter() - began
                    process.kill()
    return {"commands": len(FIRST), "seconds": took}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--plugins", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    show("the way to a plugin of one's own", {"first": first()}, as_json=args.json)
    show("a step on the loop", {"step": step()}, as_json=args.json)
    show(f"exec to ready: {args.runs} run(s)", {"start": starts(args.runs, args.plugins)}, as_json=args.json)


if __name__ == "__main__":
    main()
