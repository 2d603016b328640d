"""How long `breakd config check` takes over a settings file of 2,000 lines with 50 mistakes.

    python -m benchmarks.check_settings [--runs 15]

Half of the mistakes are wrong values, a quarter unknown keys, a quarter breaks longer than the time between them; in
`no TOML` ten of them are no TOML. Beside it is `breakd --version`, a command that does nothing; times are of whole
processes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.desk import COMMAND
from benchmarks.table import show

LINES, MISTAKES = 2000, 50


def lines(broken: int) -> Iterator[str]:
    """A file of many kinds of break; `broken`: how many of the mistakes are no TOML."""
    every = LINES // MISTAKES
    for number in range(LINES // 5):
        yield f"[breaks.kind{number}]  # {number}"
        yield 'counts = "sitting"'
        yield 'every = "30m"'
        wrong, kind = number * 5 % every == 0, number * 5 // every
        if wrong and kind < broken:
            yield "for = 3m"
        elif wrong and kind % 4:
            yield "for = 3" if kind % 2 else 'for = "45m"'
        else:
            yield 'for = "3m"'
        yield 'fro = "3m"' if wrong and kind >= broken and not kind % 4 else ""


def timed(*command: str) -> tuple[float, str]:
    """Seconds of a whole process, and what it said."""
    began = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return time.perf_counter() - began, done.stdout


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands: dict[str, tuple[str, ...]] = {"nothing": (COMMAND, "--version")}
        for name, broken in (("TOML", 0), ("no TOML", 10)):
            file = Path(folder) / f"{broken}.toml"
            file.write_text("\n".join(lines(broken)))
            commands[name] = (COMMAND, "config", "check", str(file), "--json")
        times: dict[str, list[float]] = {name: [] for name in commands}
        found: dict[str, int] = {}
        for _ in range(args.runs):
            for name, command in commands.items():
                took, said = timed(*command)
                times[name].append(took * 1000)
                found[name] = len(json.loads(said)["problems"]) if said.startswith("{") else 0
    rows = {
        name: {"median_ms": statistics.median(each), "max_ms": max(each), "mistakes": found[name]}
        for name, each in times.items()
    }
    show(f"breakd config check: {args.runs} run(s)", rows, as_json=args.json)


if __name__ == "__main__":
    main()
