"""Stretches of time as lists: joined where they touch, so that telling the same twice tells nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]  # from, to, ms


def joined(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """The same time in as few stretches as there are, in order; those at most `gap` ms apart are one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + gap:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def length(spans: Iterable[Span]) -> int:
    """What they come to, ms; they may not overlap."""
    return sum(end - begin for begin, end in spans)
