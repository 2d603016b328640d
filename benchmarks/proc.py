"""What the kernel knows of running programs: memory, processor time, wake-ups, threads. Linux only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Counters(NamedTuple):
    """Of a program and its children. `cpu`: seconds; `wakes`: voluntary context switches since the start."""

    cpu: float
    wakes: int
    threads: int


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(entry)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def alive(pid: int) -> bool:
    """Whether it runs, and is no zombie."""
    fields = _stat(PROC / str(pid))
    return bool(fields) and fields[0] != "Z"


def memory(pids: list[int]) -> tuple[float, float]:
    """(RSS, PSS) in MiB. Pages that programs share count in each one's RSS, and in parts in the PSS."""
    total = {"Rss": 0, "Pss": 0}
    for pid in pids:
        for line in _text(PROC / str(pid) / "smaps_rollup").splitlines()[1:]:
            key, value = line.split(":")
            if key in total:
                total[key] += int(value.split()[0])
    return total["Rss"] / 1024, total["Pss"] / 1024


def counters(pids: list[int]) -> Counters:
    """All that counts up; children that are gone count with whoever waited for them."""
    cpu, wakes, threads = 0.0, 0, 0
    for pid in pids:
        fields = _stat(PROC / str(pid))
        cpu += (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK") if fields else 0
        for task in _tasks(pid):
            threads += 1
            ran = _text(task / "schedstat").split()
            cpu += int(ran[0]) / 1e9 if ran else 0
            for line in _text(task / "status").splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    wakes += int(line.split()[1])
    return Counters(cpu, wakes, threads)


def _tasks(pid: int) -> list[Path]:
    try:
        return list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return []


def _stat(folder: Path) -> list[str]:
    """The fields of `stat` behind the program's name, which may hold blanks: state, parent ..."""
    text = _text(folder / "stat")
    return text[text.rindex(")") + 2 :].split() if text else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
