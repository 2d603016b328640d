"""What each source of a desktop costs by itself, in front of the real thing: wake-ups, memory, how late it tells.

    python -m benchmarks.sources [--seconds 60] [--short] [--desktop x11]... [--json]

Each source runs alone in a process of its own, all desktops and sources at the same time; beside them `nothing` (a
process without any), `all` (all of the desktop in one process), and the daemon. Three scenes, each as long: `typing`,
an input every 0.5 s; `idle`, from the last input on, with the notice of the pause; `away`, after that. In a minute of
each, wake-ups (voluntary context switches) may be at most 1, 1 and 0.3; a source above that has a `!`. `late_ms` is
from the moment the pause was 20 s long to its event. It takes three times `--seconds`, and half a minute to begin
with. Only root can give each process terminals of its own; else every terminal of this user that is typed into wakes
`tty.tty`, and the daemon with it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from math import nan
from pathlib import Path
from typing import NamedTuple

from benchmarks.desk import COMMAND, Desk
from benchmarks.desktops import DESKTOPS, Touch, own_terminals, typing
from benchmarks.proc import alive, counters, family, memory
from benchmarks.source_alone import PAUSE
from benchmarks.table import Row, show

EVERY = 0.5  # seconds between inputs
WARM = 10.0  # seconds until nothing is seen of the start
SHORT = 25.0  # seconds of each scene, of which a pause takes 20
LIMITS = {"typing": 1.0, "idle": 1.0, "away": 0.3}  # wake-ups a minute
NOTHING, ALL, DAEMON = "nothing", "all", "daemon"
TERMINALS = "tty.tty"  # typed into, where there is this source


class Subject(NamedTuple):
    """A process that is measured."""

    desktop: str
    name: str
    desk: Desk
    process: subprocess.Popen[bytes]

    def said(self) -> list[list[str]]:
        """The lines that it printed, in words."""
        text = self.desk.log(self.name).read_text(encoding="utf-8", errors="replace")
        return [line.split(maxsplit=3) for line in text.splitlines()]

    def wakes(self) -> int:
        """How often it woke up, all in all."""
        return counters(family(self.process.pid)).wakes


def started(desktop: str, desk: Desk) -> list[Subject]:
    """One process for each source of a desktop, and those beside them."""
    sources = DESKTOPS[desktop].sources
    alone = [sys.executable, "-u", "-m", "benchmarks.source_alone"]
    commands = {NOTHING: alone, **{name: [*alone, name] for name in sources}, ALL: [*alone, *sources]}
    commands[DAEMON] = [COMMAND, "run"]
    env = {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    return [
        Subject(desktop, name, desk, desk.start(own_terminals(command), env, log_as=name))
        for name, command in commands.items()
    ]


def scene(subjects: list[Subject], touches: list[Touch], seconds: float) -> tuple[list[float], float]:
    """Wake-ups a minute of each while these hands make input, and the time of the last."""
    before, end, last = [subject.wakes() for subject in subjects], time.monotonic() + seconds, 0.0
    while (left := end - time.monotonic()) > 0:
        for touch in touches:
            touch()
            last = time.monotonic()
        time.sleep(min(EVERY, left) if touches else left)
    after = [subject.wakes() for subject in subjects]
    return [(now - then) * 60 / seconds for then, now in zip(before, after, strict=True)], last


def measured(names: list[str], seconds: float) -> dict[str, dict[str, Row]]:
    """The rows of each desktop."""
    rows: dict[str, dict[str, Row]] = {name: {} for name in names}
    with ExitStack() as stack:
        desks = {name: stack.enter_context(Desk()) for name in names}
        touches = [DESKTOPS[name].build(desk) for name, desk in desks.items()]
        subjects = [subject for name, desk in desks.items() for subject in started(name, desk)]
        time.sleep(1)  # until each has the terminals that it is to see
        touches += [
            typing(subject.desk, subject.process.pid)
            for subject in subjects
            if TERMINALS in DESKTOPS[subject.desktop].sources and subject.name in (TERMINALS, ALL, DAEMON)
        ]
        scene([], touches, WARM)
        typed, last = scene(subjects, touches, seconds)
        idle, _ = scene(subjects, [], seconds)
        away, _ = scene(subjects, [], seconds)
        for subject, *wakes in zip(subjects, typed, idle, away, strict=True):
            if problem := gone(subject):
                print(f"{subject.desktop}, {subject.name}: {problem}", file=sys.stderr)  # noqa: T201
                continue
            told = [float(words[2]) for words in subject.said() if words[1:2] == ["idle"] and float(words[2]) > last]
            late = 1000 * (told[0] - last - PAUSE) if told and subject.name not in (ALL, DAEMON) else nan
            rss = memory(family(subject.process.pid))[0]
            rows[subject.desktop][subject.name] = dict(zip(LIMITS, wakes, strict=True)) | {
                "late_ms": late,
                "rss_mib": rss,
            }
    return rows


def gone(subject: Subject) -> str:
    """Why there is nothing to measure; empty if there is."""
    if not alive(subject.process.pid):
        return f"it has ended: {subject.said()[-1:]}"
    why = [" ".join(words[1:2] + words[3:]) for words in subject.said() if words[1:2] in (["unavailable"], ["failed"])]
    return why[0] if why and subject.name != ALL else ""


def marked(rows: dict[str, Row], seconds: float) -> dict[str, Row]:
    """The rows as people read them: the names of sources above a limit with a mark. A pause has its one notice."""
    limits = LIMITS | {"idle": max(LIMITS["idle"], 60 / seconds)}

    def above(name: str, row: Row) -> bool:
        return "." in name and any(row[scene] > limit for scene, limit in limits.items())

    return {name + "!" * above(name, row): row for name, row in rows.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help=f"how long each scene is, at least {SHORT:g}")
    parser.add_argument("--short", action="store_true", help=f"scenes of {SHORT:g} s, whose numbers are coarse")
    parser.add_argument("--desktop", action="append", choices=list(DESKTOPS), help="only this one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    names = []
    for name in args.desktop or DESKTOPS:
        missing = [program for program in DESKTOPS[name].needs if not shutil.which(program)]
        if missing:
            print(f"{name}: not installed: {', '.join(missing)}", file=sys.stderr)  # noqa: T201
        else:
            names.append(name)
    seconds = SHORT if args.short else max(SHORT, args.seconds)
    for name, rows in measured(names, seconds).items():
        show(f"{name}: scenes of {seconds:g} s", rows if args.json else marked(rows, seconds), as_json=args.json)


if __name__ == "__main__":
    main()
