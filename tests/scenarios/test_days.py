"""Whole days: slow readers, short breaks, and the promise of how rarely an office worker is prompted."""

from __future__ import annotations

import functools

import pytest

from breakd.core.decisions import BreakDone, Decision, Missed, Prompt
from breakd.core.units import HOUR, MINUTE, SECOND
from tests.scenarios.days import NINE, OfficeDay, decisions, on_and_off, touches

SEEDS = range(5)


@functools.cache
def lived(seed: int, *, obeys: bool) -> OfficeDay:
    """An office day, lived once."""
    return OfficeDay(seed, obeys=obeys).live()


def prompts(decided: list[Decision], kind: str = "move") -> list[float]:
    """When this kind was prompted for, in seconds after nine."""
    return [(each.at - NINE) / SECOND for each in decided if isinstance(each, Prompt) and each.kind == kind]


# Somebody touches the mouse every `gap` seconds. The move bar is full after 1800 s of sitting; the prompt comes 5 s
# after the touch that follows, or at once if it has waited for 2 min. Then no input for a minute is rest, since that
# touch: the break lasts a tenth of the sitting. With the first touch after it sitting begins anew: so long is a cycle.
#
# gap 170: touch 11 at 1870, prompt 1875; 187 s of rest, with touch 12 in it, at 2040; so touch 13, at 2210, is next
# gap 302: touch  6 at 1812, prompt 1817; 181.2 s of rest; next touch 2114
# gap 400: touch  5 at 2000, 200 s after 1800: prompt 2000; 200 s of rest; next touch 2400
# gap 590: touch  4 at 2360, 560 s after 1800: prompt 2360; 236 s of rest; next touch 2950
READERS = {170: (1875, 2210, 13), 302: (1817, 2114, 13), 400: (2000, 2400, 12), 590: (2360, 2950, 9)}


@pytest.mark.parametrize("gap", READERS)
def test_a_slow_reader_gets_breaks(gap: int) -> None:
    """Rule 3: rare input for 8 h is sitting, and after a prompt the idle person is believed."""
    first, cycle, count = READERS[gap]
    decided = decisions(touches(gap * SECOND, 8 * HOUR))
    assert prompts(decided) == [first + cycle * nth for nth in range(count)]
    assert sum(isinstance(each, BreakDone) for each in decided) == count
    assert [each for each in decided if isinstance(each, Missed)] == []
    assert prompts(decided, "micro") == []


def test_gaps_over_ten_minutes_are_absence() -> None:
    """Rule 3, accepted: input every 601 s is nobody."""
    assert decisions(touches(601 * SECOND, 8 * HOUR)) == []


def test_five_on_five_off_gets_none() -> None:
    """Rule 3: 5 min of input make a gap of 5 min believable, which pays back 50 min: no bar is ever full."""
    assert decisions(on_and_off(5 * MINUTE, 5 * MINUTE, 8 * HOUR)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_who_obeys_is_asked_at_most_14_times_a_day(seed: int) -> None:
    """An office day of somebody who stops when asked: few prompts, none of them firm.

    The longest sitting: half an hour, a meeting of up to 44 min that holds the prompt back, and a few minutes to stop.
    """
    day = lived(seed, obeys=True)
    asked = [each for each in day.decided if isinstance(each, Prompt) and each.kind == "move"]
    assert 7 <= len(asked) <= 14
    assert {each.tone for each in asked} == {"gentle"}
    assert [each for each in day.decided if isinstance(each, Missed)] == []
    assert day.run.summary()["longest_sitting_s"] < 80 * 60


@pytest.mark.parametrize("seed", SEEDS)
def test_who_ignores_is_asked_at_most_18_times_a_day(seed: int) -> None:
    """An office day of somebody who types on: attempts and silences keep the prompts few (rule 12)."""
    day = lived(seed, obeys=False)
    assert 10 <= len(prompts(day.decided)) <= 18
    assert [each for each in day.decided if isinstance(each, Missed)] != []


def test_most_prompts_meet_a_lull() -> None:
    """Rule 11: with natural pauses most prompts come in one. Every other pause here is a lull; four come in 2 min."""
    asked = [each for seed in SEEDS for each in lived(seed, obeys=False).decided if isinstance(each, Prompt)]
    without = [each for each in asked if any(because.code == "no_lull_ms" for because in each.because)]
    assert len(without) <= len(asked) / 5
