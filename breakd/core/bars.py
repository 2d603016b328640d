"""Kinds of break and how their bars move (rules 6, 7, 9).

A bar is a leaky bucket. Its level is counted in parts (thirds, as shipped) of ms x ms, so that filling (3 x duration a
ms), resting (3 x every a ms) and standing (a third of resting) are all whole numbers: a sum never depends on how often
it was taken.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

Counts = Literal["sitting", "input", "screen"]
Doing = Literal["input", "reading", "away"]
Stance = Literal["sitting", "standing", "walking"]


class Manner(NamedTuple):
    """How a span of time is lived. `reading`: at the desk without input, which a call or a film is too.

    `worn_out`: the standing bout is over, so that standing no longer eases (rule 9).
    """

    doing: Doing
    stance: Stance = "sitting"
    paused: bool = False
    worn_out: bool = False


class BreakRule(Struct, frozen=True, kw_only=True, dict=True):
    """One kind of break: `duration` ms of rest pay back `every` ms of what it `counts` (rule 6).

    `longest`: the longest break an overdue bar asks for; `attempts`: prompts a cycle (rule 12);
    `stays`: how long a prompt waits for an answer; `transient`: small, silent, never missed (micro-breaks);
    `standing`: rest is so many times what standing is (rule 9); `most`: how many times full a bar gets at most.
    """

    name: str
    every: int
    duration: int
    longest: int
    counts: Counts
    attempts: int
    stays: int
    transient: bool
    standing: int = 3
    most: int = 2

    @property
    def fill(self) -> int:
        """How fast the bar fills, in level a ms."""
        return self.standing * self.duration

    @property
    def drain(self) -> int:
        """How fast it empties in full rest, in level a ms."""
        return self.standing * self.every

    @cached_property
    def full(self) -> int:
        """The level of a full bar, 1.0."""
        return self.fill * self.every

    @cached_property
    def bound(self) -> int:
        """The level the bar never exceeds: `longest / duration`, at most `most`."""
        return min(self.drain * self.longest, self.most * self.full)

    @property
    def leaving(self) -> bool:
        """Whether resting from it means leaving the chair, or only the keyboard."""
        return self.counts != "input"

    def length(self, level: int) -> int:
        """How long a break at this level lasts, ms: rest drains the bar to 0 in just that time (rule 7)."""
        return min(max(self.duration, -(-level // self.drain)), self.longest)

    def speed(self, manner: Manner) -> int:
        """How fast the bar moves, in level a ms."""
        if _rests(self.counts, manner):
            return -self.drain
        if self.counts == "sitting" and manner.stance == "standing" and not manner.worn_out:
            return -self.every
        return 0 if manner.paused else self.fill


def _rests(counts: Counts, manner: Manner) -> bool:
    if manner.doing == "away":
        return True
    return {"sitting": manner.stance == "walking", "input": manner.doing == "reading", "screen": False}[counts]


Speeds = dict[Manner, tuple[int, ...]]


def speeds(breaks: tuple[BreakRule, ...]) -> Speeds:
    """For every manner the speed of every bar."""
    manners = [Manner(*key) for key in product(get_args(Doing), get_args(Stance), (False, True), (False, True))]
    return {manner: tuple(rule.speed(manner) for rule in breaks) for manner in manners}
