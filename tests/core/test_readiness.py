"""Rule 18: readiness tightens, and never loosens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core.body.readiness import between, is_severe, most_met, tightened
from breakd.core.body.state import FULL
from breakd.core.decisions import Because, Prompt, Warn
from breakd.core.events import Felt, Slept
from breakd.core.rules import ReadinessRule
from breakd.core.units import HOUR, MINUTE
from tests.core.driver import ONLY_MOVE, Day, configured, ms

SHIPPED = configured()
readinesses = st.integers(0, FULL)


@pytest.mark.parametrize(
    ("at", "every", "sitting", "desk"), [(100, 30, 60, 480), (50, 25, 52.5, 420), (0, 20, 45, 360)]
)
def test_from_one_to_zero(at: int, every: float, sitting: float, desk: float) -> None:
    """Rule 18: the move bar from 30 to 20 min, the bout from 60 to 45, the desk from 8 to 6 h; micro-breaks stay."""
    rules = tightened(SHIPPED, at)
    micro, move = rules.breaks
    assert (move.every / MINUTE, rules.limits.sitting / MINUTE, rules.limits.desk / MINUTE) == (every, sitting, desk)
    assert micro == SHIPPED.breaks[0]


sets = st.fixed_dictionaries(
    {
        "breaks.move.every": st.sampled_from(("3m", "20m", "45m", "12h")),
        "limits.sitting": st.sampled_from(("1s", "45m", "90m")),
        "limits.desk": st.sampled_from(("4h", "8h", "16h")),
        "readiness.every": st.floats(0.01, 1),
        "readiness.sitting": st.floats(0.01, 1),
        "readiness.exertion": st.floats(0.01, 1),
    }
)


@given(sets, readinesses, readinesses)
def test_less_readiness_never_loosens(keys: dict[str, object], one: int, other: int) -> None:
    """Rule 18: no limit, no time between breaks, no intensity rises as readiness falls, under any settings."""
    rules = configured(*(f"{key}={value}" for key, value in keys.items()))
    low, high = sorted((one, other))
    less, more = tightened(rules, low), tightened(rules, high)
    assert less.limits.sitting <= more.limits.sitting <= rules.limits.sitting
    assert less.limits.desk <= more.limits.desk <= rules.limits.desk
    for tight, loose, own in zip(less.breaks, more.breaks, rules.breaks, strict=True):
        assert tight.duration == loose.duration <= tight.every <= loose.every <= own.every
    assert most_met(rules.readiness, low, False) <= most_met(rules.readiness, high, False)
    assert most_met(rules.readiness, high, True) <= most_met(rules.readiness, high, False)
    assert between(rules.readiness.exertion, low) <= between(rules.readiness.exertion, high) <= 1


@pytest.mark.parametrize(
    ("event", "readiness"),
    [
        (Felt(pain=0), 100),
        (Felt(pain=3), 100),
        (Felt(pain=5), 50),
        (Felt(pain=6), 25),
        (Felt(pain=7), 0),
        (Felt(pain=10), 0),
        (Felt(sleepiness=5), 100),
        (Felt(sleepiness=7), 33),
        (Felt(sleepiness=9), 0),
        (Felt(pain=5, sleepiness=6), 50),
        (Slept(ms("01:00"), ms("06:30")), 70),  # a night under 6 h; its debt alone would leave 89
        (Slept(ms("00:00"), ms("06:30")), 96),
    ],
)
def test_the_worst_decides(event: Felt | Slept, readiness: int) -> None:
    """1 - max(D/14 h, (pain-3)/4, (KSS-5)/3); a night under 6 h leaves 0.7 at most."""
    assert Day().tells(event).state.body.readiness == readiness


def test_reports_fade() -> None:
    """Pain and sleepiness count for the day they were given; sleep debt stays."""
    day = Day().tells(Felt(pain=6, sleepiness=7)).at("1+04:00").day_starts()
    assert day.state.body.readiness == 100
    day.tells(Slept(ms("1+01:00"), ms("1+04:00"))).at("2+04:00").day_starts()
    assert day.state.body.readiness == 71


def test_the_bar_keeps_its_share() -> None:
    """Rule 18: a report changes how fast the bar fills, not how full it is; the prompt comes the sooner."""
    day = Day(ONLY_MOVE).types(until="09:15")
    assert day.bar() == 0.5
    assert day.tells(Felt(pain=7)).bar() == 0.5
    assert day.at("09:30").prompts() == ["09:27:00"]  # 10 min for the other half, 2 min without a lull
    (prompt,) = [it for it in day.decided if isinstance(it, Prompt)]
    assert prompt.because[2:4] == (Because("readiness", 0, 1), Because("pain", 7, 7))  # and it says why so soon
    assert day.tells(Felt(pain=2)).state.rules is day.state.configured


def test_a_break_goes_on_whatever_is_reported() -> None:
    """A report in a break neither ends nor lengthens it."""
    day = Day(ONLY_MOVE).types(until="09:32").says("start").idles(until="09:33").tells(Felt(pain=8)).at("09:40")
    assert day.said[-1] == "09:35:12 break_done move 192s"


def test_warnings_tell_what_tightened_the_limit() -> None:
    """Rule 19: a limit that was tightened says so, and why."""
    day = Day("breaks.move.every=6h", "breaks.micro.every=6h").tells(Felt(pain=7)).types(until="10:00")
    (warn,) = [it for it in day.decided if isinstance(it, Warn)]
    assert (warn.limit, warn.of_ms) == ("sitting", 45 * MINUTE)
    assert warn.because[1:] == (Because("readiness", 0, 1), Because("pain", 7, 7))


def test_severe_is_said_as_a_number() -> None:
    """Rule 22: 7 and more, today."""
    day = Day().tells(Felt(pain=6))
    assert not is_severe(day.state.body)
    assert is_severe(day.tells(Felt(pain=7)).state.body)
    assert not is_severe(day.tells(Felt(pain=4)).state.body)


def test_settings_decide() -> None:
    """`[readiness]` is the person's own."""
    day = Day("readiness.debt=4h", "readiness.short_night=1h").tells(Slept(ms("00:00"), ms("05:00")))
    assert day.state.body.readiness == 50
    assert day.configures("readiness.debt=8h", "readiness.short_night=1h").state.body.readiness == 75
    assert ReadinessRule().debt == 14 * HOUR
