"""Readiness, and what it tightens (rule 18): the worst of sleep debt, pain and sleepiness decides.

Less of it never loosens a limit and never permits a livelier routine.
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core.bars import BreakRule
from breakd.core.body.sleep import debt, nights
from breakd.core.body.state import FULL, Body, Pain
from breakd.core.rules import ReadinessRule, Rules, SleepRule
from breakd.core.units import SECOND, Ms

SEVERE = 7  # NRS, which only a number says, no tap: from here on easy movement only, and the warning signs (rule 22)


def pain_today(body: Body) -> Pain | None:
    """The last pain that was reported today."""
    return next((each for each in reversed(body.pains) if each.day == body.day), None)


def is_severe(body: Body) -> bool:
    """Whether pain of 7 or more was said today, as a number."""
    pain = pain_today(body)
    return pain is not None and pain.value >= SEVERE


def readiness(body: Body, rule: ReadinessRule, sleep: SleepRule) -> tuple[int, tuple[tuple[str, int, int], ...]]:
    """Readiness in hundredths, rounded down, and what lowers it, the worst first: (code, value, of)."""
    found = [_down("debt_ms", debt(body, sleep), 0, rule.debt)]
    pain = pain_today(body)
    if pain is not None:
        found.append(_down("pain", pain.value, rule.pain_from, rule.pain_to))
    if body.sleepy is not None and body.sleepy.day == body.day:
        found.append(_down("sleepiness", body.sleepy.value, rule.sleepy_from, rule.sleepy_to))
    last = nights(body, sleep).get(body.day)
    if last is not None and last < rule.short_night:
        found.append((round(rule.short_most * FULL), "short_night_ms", last, rule.short_night))
    lowering = sorted(each for each in found if each[0] < FULL)
    return (lowering[0][0] if lowering else FULL), tuple(each[1:] for each in lowering)


def _down(code: str, value: int, good: int, bad: int) -> tuple[int, str, int, int]:
    if value <= good:
        return FULL, code, value, bad
    return (0 if value >= bad else FULL * (bad - value) // (bad - good)), code, value, bad


def between(low: float, at: int) -> float:
    """From `low` at readiness 0 to 1 at full readiness."""
    return low + (1 - low) * at / FULL


def tightened(rules: Rules, at: int) -> Rules:
    """The rules at this readiness."""
    if at >= FULL:
        return rules
    rule, limits = rules.readiness, rules.limits
    sitting = _less(limits.sitting, rule.sitting, rule.sitting_least, at)
    desk = _less(limits.desk, rule.desk, rule.desk_least, at)
    breaks = tuple(_sooner(each, rule, at) for each in rules.breaks)
    return replace(rules, breaks=breaks, limits=replace(limits, sitting=sitting, desk=desk))


def _sooner(kind: BreakRule, rule: ReadinessRule, at: int) -> BreakRule:
    if not kind.leaving:
        return kind
    return replace(kind, every=max(kind.duration, _less(Ms(kind.every), rule.every, rule.every_least, at)))


def _less(value: Ms, share: float, least: Ms, at: int) -> Ms:
    """So much less, in whole seconds; what is as strict as `least` stays."""
    lowest = max(value * share, min(value, least))
    found = round((lowest + (value - lowest) * at / FULL) / SECOND) * SECOND
    return Ms(min(value, max(found, SECOND)))


def most_met(rule: ReadinessRule, at: int, easy: bool) -> float:
    """Livelier routines than this are not offered: METs. `easy`: on an easy day."""
    if easy or at < rule.moderate * FULL:
        return LIGHT
    return MODERATE if at < rule.vigorous * FULL else ANY


LIGHT, MODERATE, ANY = 2.99, 5.99, 12.0
