"""Delta debugging: the few of many things that are enough (Zeller & Hildebrandt 2002, ddmin)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def fewest(
    things: Sequence[T],
    enough: Callable[[Sequence[T]], bool],
    out_of_time: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _left: None,
) -> list[T]:
    """A part of `things`, in their order, that is `enough` and of which none can be left out; all of them must be.

    `out_of_time`: what is left may then be more than is needed. `progress` is told how many are left.
    """
    left, parts = list(things), 2
    while len(left) >= 2:
        size = -(-len(left) // parts)
        for start in range(0, len(left), size):
            if out_of_time():
                return left
            rest = [*left[:start], *left[start + size :]]
            if enough(rest):
                left, parts = rest, max(parts - 1, 2)
                progress(len(left))
                break
        else:
            if size == 1:
                return left
            parts = min(2 * parts, len(left))
    return [] if left and enough([]) else left
