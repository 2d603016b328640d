"""The ledger: a tally that can be corrected backwards, because leaving is noticed late.

That somebody left shows minutes later (rule 2), so the spans since the last sign of the person are kept open.
When it turns out that they were not what they seemed, they are rewritten and summed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from breakd.core.bars import Doing, Manner
from breakd.core.rules import Rules
from breakd.core.tally import Tally, accrue


class Span(NamedTuple):
    """From `start` on time was lived in this manner."""

    start: int
    manner: Manner


class Ledger(Struct, frozen=True, array_like=True, gc=False):
    """`tally` is the sum up to `at`: the `settled` one, which stands for good, and the open `spans` after it."""

    settled: Tally
    spans: tuple[Span, ...]
    tally: Tally
    at: int

    @property
    def manner(self) -> Manner:
        """How time is lived now."""
        return self.spans[-1].manner


def opened(tally: Tally, manner: Manner, at: int) -> Ledger:
    """A ledger that begins at `at`."""
    return Ledger(tally, (Span(at, manner),), tally, at)


def run(rules: Rules, ledger: Ledger, to: int) -> Ledger:
    """Let time pass up to `to`."""
    spans = ledger.spans
    return Ledger(ledger.settled, spans, accrue(rules, ledger.tally, spans[-1][1], to - ledger.at), to)


def switch(ledger: Ledger, manner: Manner) -> Ledger:
    """From now on time is lived in this manner."""
    if manner == ledger.manner:
        return ledger
    return replace(ledger, spans=(*ledger.spans, Span(ledger.at, manner)))


def settle(ledger: Ledger, manner: Manner) -> Ledger:
    """What was is certain; from now on time is lived in this manner."""
    return opened(ledger.tally, manner, ledger.at)


def rewrite(rules: Rules, ledger: Ledger, since: int, doing: Doing, at: int) -> Ledger:
    """Up to `at` all time after `since` was in truth lived `doing` that; what was before it is settled.

    It is summed up to where its last span begins: mostly more of the same follows before anybody asks, see `run`.
    """
    settled, spans, kept = ledger.settled, ledger.spans, []
    if len(spans) == 1:  # by far the most common, and the rest of this function takes twice as long
        start, manner = spans[0]
        return opened(accrue(rules, settled, manner, since - start), Manner(doing, *manner[1:]), since)
    for (start, manner), end in _ended(spans, at):
        settled = accrue(rules, settled, manner, min(end, since) - start)
        if end > since or end == at:
            kept.append(Span(max(start, since), Manner(doing, *manner[1:])))
    tally = settled
    for (start, manner), (end, _) in pairwise(kept):
        tally = accrue(rules, tally, manner, end - start)
    return Ledger(settled, tuple(kept), tally, kept[-1].start)


def _ended(spans: Sequence[Span], at: int) -> Iterator[tuple[Span, int]]:
    return zip(spans, [*(span.start for span in spans[1:]), at], strict=True)
