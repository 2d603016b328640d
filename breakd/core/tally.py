"""What accrues while time passes: the bars, and the counters of the gauges (rules 6, 17)."""

from __future__ import annotations

from msgspec import Struct

from breakd.core.bars import Manner
from breakd.core.rules import Rules


class Tally(Struct, frozen=True, array_like=True, gc=False):
    """What has accrued, in ms; `levels` are the bars, in the order of `Rules.breaks`."""

    levels: tuple[int, ...]
    input_ms: int = 0  # in all, as are the next three
    idle_ms: int = 0
    rest_ms: int = 0
    sitting_ms: int = 0
    bout_ms: int = 0  # the sedentary bout that is on
    off_ms: int = 0  # not sitting, in a row
    stood_ms: int = 0  # the standing bout that is on
    desk_ms: int = 0  # today
    longest_ms: int = 0  # the longest sedentary bout


def accrue(rules: Rules, tally: Tally, manner: Manner, ms: int) -> Tally:
    """The tally after `ms` more, all lived in one manner."""
    if ms <= 0:
        return tally
    doing, stance, _, worn_out = manner
    if stance == "standing" and not worn_out and doing != "away":
        left = rules.limits.standing - tally.stood_ms
        if left <= 0:
            manner = worn(rules, tally, manner)
        elif left < ms:  # the rate changes when the standing bout is over
            return accrue(rules, accrue(rules, tally, manner, left), manner, ms - left)
    levels = []
    for level, (speed, bound) in zip(tally.levels, rules.paces[manner]):  # noqa: B905  strict costs a tenth
        reached = level + speed * ms
        levels.append(0 if reached < 0 else bound if reached > bound else reached)
    input_ms, idle_ms, rest_ms, sitting_ms = tally.input_ms, tally.idle_ms, tally.rest_ms, tally.sitting_ms
    bout_ms, stood_ms, desk_ms, longest_ms = tally.bout_ms, tally.stood_ms, tally.desk_ms, tally.longest_ms
    if doing == "input":
        input_ms += ms
    else:
        idle_ms += ms
    if doing != "away" and stance == "sitting":
        sitting_ms, bout_ms, desk_ms = sitting_ms + ms, bout_ms + ms, desk_ms + ms
        off_ms = stood_ms = 0
        longest_ms = bout_ms if bout_ms > longest_ms else longest_ms
    else:
        rest_ms += ms if doing == "away" else 0
        stood_ms = stood_ms + ms if doing != "away" and stance == "standing" else 0
        desk_ms += ms if stood_ms else 0
        off_ms = tally.off_ms + ms
        bout_ms = bout_ms if off_ms < rules.limits.bout_ends else 0
    return Tally(tuple(levels), input_ms, idle_ms, rest_ms, sitting_ms, bout_ms, off_ms, stood_ms, desk_ms, longest_ms)


def worn(rules: Rules, tally: Tally, manner: Manner) -> Manner:
    """The manner with what the standing bout says of it."""
    if manner.stance != "standing" or tally.stood_ms < rules.limits.standing:
        return manner
    return manner._replace(worn_out=True)
