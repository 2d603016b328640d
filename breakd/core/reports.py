"""What reports of the past tell that is news: nothing counts twice, whoever told it first.

Importers read the same file again, a longer one later, and files of several programs that saw the same night.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from breakd.core.body import sleep
from breakd.core.events import Event, Exercised, Slept
from breakd.core.units import DAY, MINUTE

Report: TypeAlias = tuple[Event, int]  # what, and the core time it is about

KNOWN = "known before"
SAME_NIGHT = "another sleep is known for that time"
YET_TO_COME = "it is yet to come"
TOO_LONG = "no sleep is that long"
SAME_EXERCISE = "other exercise is known for that time"
LONGEST = 2 * DAY  # ms: nothing that a person does without a pause takes as long


class Sifted(NamedTuple):
    """`new`: what nobody has told, in the order given; `left`: how many are left out, by reason."""

    new: list[Report]
    left: dict[str, int]


def span(event: Event, at: int) -> tuple[int, int] | None:
    """From when to when somebody slept or exercised (core time); None for what takes no time.

    Exercise is told of at its end.
    """
    if isinstance(event, Slept):
        return event.from_ms, event.to_ms
    if isinstance(event, Exercised):
        return at - round(event.minutes * MINUTE), at
    return None


def sift(told: Iterable[Report], known: Iterable[Report], now: int | None = None) -> Sifted:
    """What of `told` is news beside `known`, and beside what stands before it in `told`.

    What was told first stands. A sleep that overlaps one that is known is left out: two programs never agree about the
    minute. Exercise may overlap a little, as one thing leads to the next: half of the shorter is the same exercise.
    What is not over by `now` is left out.
    """
    seen: set[Report] = set()
    sleeps, efforts = _Spans(), _Spans()
    for event, at in known:
        seen.add((event, at))
        _note(event, at, sleeps, efforts)
    new: list[Report] = []
    left: Counter[str] = Counter()
    for event, at in told:
        reason = KNOWN if (event, at) in seen else _taken(event, at, sleeps, efforts)
        if now is not None and max(at, *(span(event, at) or (at,))) > now:
            reason = YET_TO_COME
        if reason:
            left[reason] += 1
            continue
        seen.add((event, at))
        _note(event, at, sleeps, efforts)
        new.append((event, at))
    return Sifted(new, dict(left))


def same_exercise(told: Report, known: Iterable[Report]) -> Report | None:
    """The exercise among `known` that this is another word on, by the rule of `sift`; None if it is news."""
    event, at = told
    for other, ended in known:
        efforts = _Spans()
        if isinstance(other, Exercised):
            _note(other, ended, _Spans(), efforts)
        if _taken(event, at, _Spans(), efforts):
            return other, ended
    return None


def _note(event: Event, at: int, sleeps: _Spans, efforts: _Spans) -> None:
    times = span(event, at)
    if times is not None:
        (sleeps if isinstance(event, Slept) else efforts).add(*times)


def _taken(event: Event, at: int, sleeps: _Spans, efforts: _Spans) -> str:
    times = span(event, at)
    if times is None:
        return ""
    if isinstance(event, Slept) and times[1] - times[0] > sleep.LONGEST:
        return TOO_LONG
    if isinstance(event, Slept):
        return SAME_NIGHT if sleeps.beside(*times) else ""
    length = times[1] - times[0]
    same = any(2 * shared >= min(length, other) for shared, other in efforts.beside(*times))
    return SAME_EXERCISE if same else ""


class _Spans:
    """Stretches of time, which may overlap."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def add(self, begin: int, end: int) -> None:
        """One more."""
        insort(self._spans, (begin, end))

    def beside(self, begin: int, end: int) -> list[tuple[int, int]]:
        """(what it shares with this one, its length) of each that overlaps it, ms."""
        first, last = (bisect_left(self._spans, (moment, 0)) for moment in (begin - LONGEST, end))
        near = self._spans[first:last]
        return [(min(end, to) - max(begin, since), to - since) for since, to in near if to > begin]
