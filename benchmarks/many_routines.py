"""How long `breakd run` takes from exec until it answers with 5,000 routines of one's own, beside the bundled ones.

    python -m benchmarks.many_routines [--runs 15] [--routines 5000] [--files 50]

`first` knows no file yet; `next` is every later start, while the files stay as they are; `changed` is one after a
change in one of them; `touched` is one after each was written again as it was. `cpu_ms` is what it computed until then,
which other programs disturb less; `read_ms`: from exec until all routines are in force; `memory`: the RSS a moment
after that, in MiB. The programs take turns; medians are printed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import statistics
import time
from pathlib import Path
from typing import NamedTuple

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
SETTLED = 3.0  # seconds after which a daemon has given back what only its start needed
KINDS = ("walking", "stretching", "strength", "mobility")


def write(folder: Path, routines: int, files: int) -> None:
    """So many routines of five steps, in so many files."""
    folder.mkdir(parents=True)
    steps = "".join(STEP.format(number=number, seconds=30 + number) for number in range(5))
    for place in range(files):
        numbers = range(place * routines // files, (place + 1) * routines // files)
        text = "".join(ROUTINE.format(number=each, kind=KINDS[each % 4], steps=steps) for each in numbers)
        (folder / f"many{place}.toml").write_text(text, encoding="utf-8")


class Start(NamedTuple):
    """Seconds from exec until the daemon answers, those of its processor, those until all is read, its MiB at last."""

    took: float
    cpu: float
    read: float
    mib: float


def started(desk: Desk, *, then: float = 0) -> Start:
    """A start, and an end `then` seconds after all is read."""
    began = time.perf_counter()
    process = desk.start(BREAKD)
    wait_for("the daemon to answer", lambda: answers(desk), LOOK_EVERY)
    took, cpu = time.perf_counter() - began, counters([process.pid]).cpu
    wait_for("all routines", lambda: not unread(desk), LOOK_EVERY)
    read = time.perf_counter() - began
    time.sleep(then)
    mib = memory([process.pid])[0]
    end(process)
    return Start(took, cpu, read, mib)


def edit(file: Path, run: int) -> None:
    """Another title for its first routine."""
    text = file.read_text("utf-8")
    file.write_text(re.sub('(?m)^title = ".*"$', f'title = "Edited {run}"', text, count=1), "utf-8")


def unread(desk: Desk) -> int:
    """How many files of routines are not read yet."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(desk.control))
        connection.sendall(b'{"do": "status"}\n')
        return int(json.loads(connection.makefile("rb").readline())["status"]["settings"]["unread"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--routines", type=int, default=5000)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    found: dict[str, list[Start]] = {name: [] for name in ("bundled", "first", "next", "changed", "touched")}
    with desktop() as few, desktop() as many:
        started(few)  # compiles what is not compiled yet, and brings the files into memory
        folder = Path(many.env["HOME"], ".config", "breakd", "routines")
        write(folder, args.routines, args.files)
        files = sorted(folder.iterdir())
        for run in range(args.runs):
            shutil.rmtree(Path(many.env["HOME"], ".local"), ignore_errors=True)
            found["bundled"].append(started(few, then=SETTLED))
            found["first"].append(started(many, then=SETTLED))
            found["next"].append(started(many, then=SETTLED))
            edit(files[0], run)
            found["changed"].append(started(many, then=SETTLED))
            for file in files:
                file.touch()
            found["touched"].append(started(many, then=SETTLED))
    bare = statistics.median(start.took for start in found["bundled"])
    show(f"exec to ready with {args.routines} routines", {name: row(each, bare) for name, each in found.items()},
         as_json=args.json)  # fmt: skip


def row(found: list[Start], bare: float) -> Row:
    """The medians, and the ratio to the bundled set."""
    took, cpu, read, mib = (statistics.median(column) for column in zip(*found, strict=True))
    return {"ratio": took / bare, "median_ms": took * 1000, "cpu_ms": cpu * 1000, "read_ms": read * 1000, "memory": mib}


if __name__ == "__main__":
    main()
