"""A timeline in characters, a row an hour: sitting, rest and prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from breakd.daemon.hindsight.timeline import Part

LEGEND = "█ sitting   ░ standing   · rest   ▲ prompt   ● break done   ✕ missed"
MARKS = (("done", "●"), ("missed", "✕"), ("prompt", "▲"))


def rows(parts: Sequence[Part], clock: Callable[[int], datetime]) -> list[str]:
    """The timeline, a row an hour, its first column the hour's first part. `clock` gives local time."""
    found: dict[str, list[str]] = {}
    for part in parts:
        moment = clock(part.start)
        row = found.setdefault(f"{moment:%H}:00", [])
        width = round(60 * _per_minute(parts))
        column = round((moment.minute + moment.second / 60) * _per_minute(parts))
        row += [" "] * (min(column, width) - len(row))
        row.append(cell(part))
    return [f"{hour}  {''.join(cells)}" for hour, cells in found.items()]


def cell(part: Part) -> str:
    """One character for one part."""
    for mark, char in MARKS:
        if mark in part.marks:
            return char
    standing = 1 - part.sitting - part.resting
    return max((part.sitting, "█"), (part.resting, "·"), (standing, "░"))[1]


def _per_minute(parts: Sequence[Part]) -> float:
    return 60_000 / (parts[1].start - parts[0].start) if len(parts) > 1 else 1.0
