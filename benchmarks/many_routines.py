"""How long `breakd run` takes from exec until it answers with 5,000 routines of one's own, beside the bundled ones.

    python -m benchmarks.many_routines [--runs 15] [--routines 5000] [--files 50]

`first` reads every file; `next` is every later start, while the files stay as they are; `changed` is one after a change
in one of them. `cpu_ms` is what it computed until then, which other programs disturb less; `memory` is the RSS once
ready, in MiB. The programs take turns; medians are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from benchmarks.desk import Desk, desktop, end, wait_for
from benchmarks.proc import counters, memory
from benchmarks.startup import BREAKD, LOOK_EVERY, answers
from benchmarks.table import Row, show

ROUTINE = """
[[routine]]
id = "r{number}"
title = "Routine number {number}"
kind = "{kind}"
regions = ["lower back", "hips"]
needs = ["wall"]
involves = ["standing"]
warm_up = true
because = "Written by a program, to see how long a start takes with so many of them; nothing else is known of it."
cautions = ["Leave out any of these that makes your back hurt more than before."]
{steps}"""
STEP = """
[[routine.steps]]
text = "Do the number {number}"
seconds = {seconds}
hint = "A sentence on how it is done, about as long as those of the bundled routines are. Then a second one."
"""
KINDS = ("walking", "stretching", "strength", "mobility")


def write(folder: Path, routines: int, files: int) -> None:
    """So many routines of five steps, in so many files."""
    folder.mkdir(parents=True)
    steps = "".join(STEP.format(number=number, seconds=30 + number) for number in range(5))
    for place in range(files):
        numbers = range(place * routines // files, (place + 1) * routines // files)
        text = "".join(ROUTINE.format(number=each, kind=KINDS[each % 4], steps=steps) for each in numbers)
        (folder / f"many{place}.toml").write_text(text, encoding="utf-8")


def started(desk: Desk) -> tuple[float, float, float]:
    """(seconds from exec until the daemon answers, those of its processor, its MiB then)."""
    began = time.perf_counter()
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took = time.perf_counter() - began
    cpu, mib = counters([process.pid]).cpu, memory([process.pid])[0]
    end(process)
    return took, cpu, mib


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--routines", type=int, default=5000)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    found: dict[str, list[tuple[float, float, float]]] = {"bundled": [], "first": [], "next": [], "changed": []}
    with desktop() as few, desktop() as many:
        started(few)  # compiles what is not compiled yet, and brings the files into memory
        folder = Path(many.env["HOME"], ".config", "breakd", "routines")
        write(folder, args.routines, args.files)
        found["first"].append(started(many))
        for run in range(args.runs):
            found["bundled"].append(started(few))
            found["next"].append(started(many))
            with (folder / "many0.toml").open("a", encoding="utf-8") as file:
                file.write(f"# run {run}\n")
            found["changed"].append(started(many))
    bare = statistics.median(took for took, _, _ in found["bundled"])
    show(f"exec to ready with {args.routines} routines", {name: row(each, bare) for name, each in found.items()},
         as_json=args.json)  # fmt: skip


def row(found: list[tuple[float, float, float]], bare: float) -> Row:
    """The medians, and the ratio to the bundled set."""
    took, cpu, mib = (statistics.median(column) for column in zip(*found, strict=True))
    return {"ratio": took / bare, "median_ms": took * 1000, "cpu_ms": cpu * 1000, "memory": mib}


if __name__ == "__main__":
    main()
