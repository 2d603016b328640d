"""How a stretch of time was spent, in equal parts: what timelines are drawn from."""

from __future__ import annotations

from msgspec import Struct

from breakd.core.decisions import BreakDone, Decision, Missed, Prompt
from breakd.core.tally import Tally

MARKS: dict[type[Decision], str] = {Prompt: "prompt", BreakDone: "done", Missed: "missed"}


class Part(Struct, frozen=True):
    """One part: shares of it spent sitting, otherwise present, and resting, and what was decided in it."""

    start: int
    sitting: float
    resting: float
    marks: tuple[str, ...]


class Timeline:
    """Gathers the parts of a run. Give it the tally at each multiple of `width` ms after `start`, and all decisions."""

    def __init__(self, start: int, width: int) -> None:
        self.start = start
        self.width = width
        self._tallies: list[Tally] = []
        self._decided: list[Decision] = []

    @property
    def next_sample(self) -> int:
        """When the next tally is wanted, ms."""
        return self.start + len(self._tallies) * self.width

    def sample(self, tally: Tally) -> None:
        """The tally at `next_sample`."""
        self._tallies.append(tally)

    def decided(self, decision: Decision) -> None:
        """Something was decided."""
        self._decided.append(decision)

    def parts(self) -> list[Part]:
        """All whole parts so far.

        Leaving is noticed late, so a part may have been counted as sitting that turns out to be rest: the next one
        then sums to less than nothing, which is laid on the parts before it.
        """
        pairs = list(zip(self._tallies, self._tallies[1:], strict=False))
        sitting = _corrected([after.sitting_ms - before.sitting_ms for before, after in pairs])
        marks: dict[int, list[str]] = {}
        for decision in self._decided:
            if type(decision) in MARKS:
                marks.setdefault((decision.at - self.start) // self.width, []).append(MARKS[type(decision)])
        resting = _corrected([after.rest_ms - before.rest_ms for before, after in pairs], self.width)
        return [
            Part(self.start + place * self.width, sat / self.width, rest / self.width, tuple(marks.get(place, ())))
            for place, (sat, rest) in enumerate(zip(sitting, resting, strict=True))
        ]


def _corrected(sums: list[int], most: int | None = None) -> list[int]:
    """Sums of parts where what is below 0 (or above `most`) was meant for the parts before."""
    for place in range(len(sums) - 1, 0, -1):
        spare = min(0, sums[place]) if most is None else max(0, sums[place] - most)
        sums[place] -= spare
        sums[place - 1] += spare
    return [max(0, part) for part in sums]
