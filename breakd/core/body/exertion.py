"""Exertion as load, session-RPE (Borg CR10) times time, and movement (rule 17).

A load is no measure of risk: it tells what a person is used to. Changes of position and easy walking are free.
"""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from breakd.core.body.state import Body, Effort, Exerted, Gauge, day_of
from breakd.core.routines import Routine
from breakd.core.rules import ExertionRule
from breakd.core.units import DAY, HOUR, MINUTE

WEEK, MONTH, KEPT = 7, 28, 36  # days
MODERATE_RPE, VIGOROUS_RPE = 3, 5  # CR10: "moderate", "hard"
MODERATE_MET, VIGOROUS_MET = 3, 6
# What a routine is taken for until the person says how hard it was: the bands of METs and of perceived exertion that
# one guideline gives for the same intensities (Garber 2011, 10.1249/MSS.0b013e318213fefb), straight lines between.
RPE_OF_MET = ((1.0, 0.0), (3.0, 3.0), (6.0, 5.0), (8.8, 8.0), (12.0, 10.0))
FREE = frozenset(("walking", "posture", "breathing", "eyes"))  # when they are light
EASY_KINDS = frozenset(("walking", "posture"))
STRENGTH = frozenset(("strength", "weights", "gym", "lifting", "calisthenics", "climbing"))  # words of exercise
WALKS = frozenset(("walk", "walking", "stroll"))
LIGHT_RPE = 2  # CR10: "easy"
LONGEST = 12 * HOUR


def rpe_of(met: float) -> float:
    """Session-RPE (CR10) that a routine of so many METs is taken for."""
    for (low, easy), (high, hard) in pairwise(RPE_OF_MET):
        if met <= high:
            return easy + (hard - easy) * (met - low) / (high - low)
    return RPE_OF_MET[-1][1]


def is_free(routine: Routine) -> bool:
    """Whether it is no exertion: a change of position, or walking that is easy."""
    return routine.kind in FREE and routine.met < MODERATE_MET


def load_of(routine: Routine) -> int:
    """The load of a whole routine, in CR10 x ms."""
    return 0 if is_free(routine) else round(rpe_of(routine.met) * routine.seconds * 1000)


def done(body: Body, at: int, routine: Routine, ms: int) -> Body:
    """With this routine done for so long, all of it at most, as hard as routines of its METs are taken for."""
    ms = min(ms, round(routine.seconds * 1000))
    times = 0 if routine.met < MODERATE_MET else 1 if routine.met < VIGOROUS_MET else 2
    load = 0 if is_free(routine) else round(rpe_of(routine.met) * ms)
    strength = routine.kind == "strength"
    if not (load or times or strength):
        return body
    body = add(body, at, Exerted(0, load, times * ms, strength))
    return replace(body, effort=Effort(body.day, routine.id, ms, load) if load else body.effort)


def of_report(minutes: float, rpe: float, what: str) -> Exerted:
    """What exercise outside adds."""
    ms, words = round(minutes * MINUTE), set(what.lower().split())
    times = 0 if rpe < MODERATE_RPE else 1 if rpe < VIGOROUS_RPE else 2
    easy_walk = rpe <= LIGHT_RPE and not WALKS.isdisjoint(words)
    return Exerted(0, 0 if easy_walk else round(rpe * ms), times * ms, not STRENGTH.isdisjoint(words))


def add(body: Body, at: int, more: Exerted) -> Body:
    """With this on the day of that moment."""
    day = day_of(body, at)
    if not body.day - KEPT < day <= body.day:
        return body
    there = next((each for each in body.exerted if each.day == day), Exerted(day))
    sum_ = Exerted(day, there.load + more.load, there.moved + more.moved, there.strength or more.strength)
    others = [each for each in body.exerted if each.day not in (day,) and each.day > body.day - KEPT]
    return replace(body, exerted=tuple(sorted([*others, sum_])))


def harder(body: Body, rpe: float) -> Body:
    """The last routine was so hard (CR10): its load by that, instead of what it was taken for."""
    last = body.effort
    if last is None:
        return body
    found = round(rpe * last.ms)
    there = next((each for each in body.exerted if each.day == last.day), Exerted(last.day))
    changed = there._replace(load=there.load - last.load + found)
    others = [each for each in body.exerted if each.day != last.day]
    return replace(body, exerted=tuple(sorted([*others, changed])), effort=last._replace(load=found))


def reported(body: Body, at: int, more: Exerted) -> Body:
    """With this exercise outside, which the person or an importer told."""
    day = min(day_of(body, at), body.day)
    first = day if body.first_report is None else min(day, body.first_report)
    return replace(add(body, at, more), first_report=first, last_report=max(body.last_report, day))


def load(body: Body, first: int, days: int) -> int:
    """All load of so many days up to and with day `first`."""
    return sum(each.load for each in body.exerted if first - days < each.day <= first)


def moved(body: Body, first: int) -> int:
    """Moderate movement in the week up to and with day `first`, ms."""
    return sum(each.moved for each in body.exerted if first - WEEK < each.day <= first)


def strength_days(body: Body) -> int:
    """Days with strength exercise in the last week."""
    return sum(each.strength for each in body.exerted if body.day - WEEK < each.day <= body.day)


def cap(body: Body, rule: ExertionRule, share: float) -> int:
    """The load of a day that is enough; `share`: what readiness leaves of it."""
    mean = load(body, body.day - 1, MONTH) / MONTH
    return round(max(rule.day * MINUTE, rule.times * mean) * share)


def day_gauge(body: Body, rule: ExertionRule, share: float, near: float) -> Gauge:
    """Exertion today."""
    return _gauge(load(body, body.day, 1), cap(body, rule, share), near)


def week_gauge(body: Body, rule: ExertionRule, near: float) -> Gauge:
    """Exertion in seven days against the mean of the four weeks before; no limit while that mean is small."""
    value, mean = load(body, body.day, WEEK), load(body, body.day - WEEK, MONTH) / (MONTH / WEEK)
    floor = rule.spike_from * MINUTE
    limit = round((1 + rule.spike) * max(mean, floor))
    return _gauge(value, limit, near) if mean >= floor else Gauge(value, limit)


def movement_gauge(body: Body, rule: ExertionRule) -> Gauge:
    """Moderate movement in seven days: a limit from below, which is short, never over; known a week after a report."""
    # Of two weeks the better one: today is still to come.
    value, limit = max(moved(body, body.day), moved(body, body.day - 1)), target(body, rule)
    first = body.first_report
    known = first is not None and body.day - first >= WEEK and body.day - body.last_report <= MONTH
    return Gauge(value, limit, int(known and value < limit), known)


def target(body: Body, rule: ExertionRule) -> int:
    """The movement of a week to aim at, ms: step by step for a beginner."""
    if not rule.beginner or body.first_report is None:
        return rule.beginner_from if rule.beginner else rule.week
    behind = max(0, (body.day - body.first_report) // WEEK - 1)  # the week that is behind has its own aim
    weeks = min(behind, rule.beginner_weeks)
    return min(rule.week, rule.beginner_from + (rule.week - rule.beginner_from) * weeks // rule.beginner_weeks)


def rest_gauge(body: Body, rule: ExertionRule, long_nights: int) -> Gauge:
    """Days in a row on which the week before had little movement, as far as is known. `long_nights`: without debt."""
    limit, first = rule.rest_weeks * WEEK, body.first_report
    known = first is not None and body.day - body.last_report <= MONTH
    days = 0
    if first is not None and known:
        weeks = range(body.day - 1, max(first + WEEK - 2, body.day - 1 - limit), -1)
        enough = min(rule.rest, rule.beginner_from) if rule.beginner else rule.rest
        days = next((body.day - 1 - day for day in weeks if moved(body, day) >= enough), len(weeks))
    reached = 2 if days >= limit else int(long_nights >= MANY_LONG_NIGHTS)
    return Gauge(days * DAY, limit * DAY, reached, known or long_nights > 0)


MANY_LONG_NIGHTS = 3


def _gauge(value: int, limit: int, near: float) -> Gauge:
    return Gauge(value, limit, 2 if value >= limit else int(value >= near * limit), True)


def day_ended(body: Body, rule: ExertionRule, share: float) -> str:
    """Whether the day that ends asks for an easy one after it: what was too much, "" if nothing was."""
    if load(body, body.day, 1) > cap(body, rule, share):
        return "exertion"
    spike = week_gauge(body, rule, 1).reached == 2 and body.day - body.spiked >= WEEK
    return "exertion_week" if spike else ""
