"""What it costs to leave breakd running: memory, threads, wake-ups, processor time, beside a bare asyncio process.

    python -m benchmarks.footprint [--minutes 4] [--runs 1] [--scene typing]... [NAME=COMMAND]...

Every program lives on a desktop of its own (Xvfb, session bus) in every scene, all at the same time. Scenes:
`idle`: no input since the start; `typing`: a key every 0.5 s; `away`: no input, measured after 11 minutes of it.
`rss_ratio` is over the floor. More programs can be put beside: workrave=workrave.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.desk import COMMAND, Desk, desktop
from benchmarks.proc import Counters, alive, counters, family, memory
from benchmarks.table import Row, medians, show

FLOOR = f"{sys.executable} -c 'import asyncio; asyncio.run(asyncio.sleep(9999))'"
BREAKD = f"{COMMAND} run"
# Seconds until nothing of the start is seen any more; whoever has not typed yet may be reading for 10 minutes.
WARM = {"idle": 20.0, "typing": 20.0, "away": 660.0}
KEY_EVERY = 0.5  # seconds
SAMPLE_EVERY = 10.0  # seconds between looks at the memory


@dataclass
class Subject:
    """A program that is measured in a scene."""

    name: str
    scene: str
    desk: Desk
    command: list[str]
    process: subprocess.Popen[bytes]
    began: tuple[float, Counters] | None = None
    sizes: list[tuple[float, float]] = field(default_factory=list)

    def look(self, now: float) -> None:
        """Take a sample. Exits if the program has ended."""
        if not alive(self.process.pid):
            said = self.desk.log(self.command[0]).read_text(encoding="utf-8", errors="replace")
            sys.exit(f"{self.name} has ended ({shlex.join(self.command)}); it said:\n{said[-1000:]}")
        pids = family(self.process.pid)
        if self.began is None:
            self.began = now, counters(pids)
        self.sizes.append(memory(pids))

    def row(self, now: float) -> dict[str, float]:
        """What it came to, by the minute."""
        assert self.began is not None
        since, before = self.began
        after, minutes = counters(family(self.process.pid)), (now - since) / 60
        rss, pss = (statistics.median(sizes) for sizes in zip(*self.sizes, strict=True))
        return {
            "rss_mib": rss,
            "pss_mib": pss,
            "threads": after.threads,
            "wakes_min": (after.wakes - before.wakes) / minutes,
            "cpu_ms_min": (after.cpu - before.cpu) * 1000 / minutes,
        }


def one_run(programs: dict[str, str], scenes: list[str], minutes: float) -> dict[tuple[str, str], dict[str, float]]:
    """All programs in all scenes at once; the rows by (scene, program)."""
    with ExitStack() as stack:
        subjects = []
        for scene in scenes:
            for name, command in programs.items():
                desk = stack.enter_context(desktop())
                words = shlex.split(command)
                subjects.append(Subject(name, scene, desk, words, desk.start(words)))
        return measured(subjects, minutes)


def measured(subjects: list[Subject], minutes: float) -> dict[tuple[str, str], dict[str, float]]:
    """Type where there is typing, sample each subject once it is warm, for so many minutes."""
    start = time.monotonic()
    rows: dict[tuple[str, str], dict[str, float]] = {}
    samples = dict.fromkeys(range(len(subjects)), 0.0)  # when each is to be looked at next
    samples.update({number: start + WARM[subject.scene] for number, subject in enumerate(subjects)})
    while samples:
        for subject in subjects:
            if subject.scene == "typing":
                subject.desk.key()
        now = time.monotonic()
        for number in [number for number, due in samples.items() if due <= now]:
            subject = subjects[number]
            subject.look(now)
            samples[number] = now + SAMPLE_EVERY
            if now - start >= WARM[subject.scene] + 60 * minutes:
                rows[subject.scene, subject.name] = subject.row(now)
                del samples[number]
        time.sleep(KEY_EVERY)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long each scene is measured")
    parser.add_argument("--runs", type=int, default=1, help="the median of so many runs is printed")
    parser.add_argument("--scene", action="append", choices=list(WARM), help="only this one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("programs", nargs="*", metavar="NAME=COMMAND", help="more programs to put beside")
    args = parser.parse_args()
    scenes = args.scene or list(WARM)
    programs = {"floor": FLOOR, "breakd": BREAKD, **dict(item.split("=", 1) for item in args.programs)}
    runs = [one_run(programs, scenes, args.minutes) for _ in range(args.runs)]
    for scene in scenes:
        rows: dict[str, Row] = {name: medians([run[scene, name] for run in runs]) for name in programs}
        floor = rows["floor"]["rss_mib"]
        shown = {name: {"rss_ratio": row["rss_mib"] / floor, **row} for name, row in rows.items()}
        show(f"{scene}: {args.runs} run(s) of {args.minutes:g} min", shown, as_json=args.json)


if __name__ == "__main__":
    main()
