"""Sleep: nights that were reported, upper bounds of those that were not, and the debt of fourteen (rule 17).

A long absence never makes sleep: it bounds what a night can have been, and only a bound below the need says anything.
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core.body.state import NEVER, UP, Asleep, Body, Bound, Window, day_of
from breakd.core.rules import SleepRule
from breakd.core.units import DAY, HOUR

NIGHTS = 14
KEPT = (NIGHTS + 2) * DAY
AFTER_BEDTIME = 4 * HOUR  # who is still up then winds down as well
LONGEST = 20 * HOUR  # a longer sleep is a mistake


def senseless(since: int, until: int, now: int) -> str:
    """What is wrong with this sleep, seen from `now`; "" if nothing is."""
    if until <= since:
        return "the sleep ends before it begins"
    if until > now:
        return "the sleep ends in the future"
    if until - since > LONGEST:
        return f"the sleep lasts {(until - since) / HOUR:.3g} h, expected at most {LONGEST // HOUR} h"
    return ""


def overlapping(body: Body, since: int, until: int) -> Asleep | None:
    """A sleep that is known already and overlaps this one; None if none does."""
    return next((each for each in body.sleeps if each.since < until and since < each.until), None)


def slept(body: Body, since: int, until: int, now: int, instead: bool) -> Body:
    """With this sleep; what overlaps is joined to it, or makes way for it. One that makes no sense is left out."""
    if senseless(since, until, now):
        return body
    apart = []
    for each in body.sleeps:
        if each.until < since or until < each.since:
            apart.append(each)
        elif not instead:
            since, until = min(since, each.since), max(until, each.until)
    found = sorted([*apart, Asleep(since, until)])
    return replace(body, sleeps=tuple(each for each in found if each.until > now - KEPT))


def is_main(rule: SleepRule, sleep: Asleep) -> bool:
    """Whether this may be the night, and is no nap."""
    return sleep.until - sleep.since >= rule.main


def night_of(body: Body, rule: SleepRule, sleep: Asleep) -> int:
    """The day that this sleep belongs to: one slept in the night before it, naps on it."""
    return day_of(body, sleep.until + (UP if is_main(rule, sleep) else 0))


def came_back(body: Body, rule: SleepRule, since: int, now: int) -> Body:
    """The person was away from `since` until `now`. Whether that may have been a night, only its window can say."""
    absence = Asleep(since, now)
    if _touches(absence, body.night) and now - since > body.gone.until - body.gone.since:
        body = replace(body, gone=absence)
    if is_main(rule, absence):  # whatever was known before, they may have slept in it
        body = replace(body, maybe_slept=since)
    return closed(body, now)


def dawned(body: Body, rule: SleepRule, at: int) -> Body:
    """The calendar's day started `at` then: the night around it, or the first after it, and the next bedtime.

    So windows follow the clock on the wall from one day to the next, and need no alarms of their own.
    """
    since = at + rule.window_from
    if since + rule.window_for - DAY > at:
        since -= DAY
    body = replace(closed(body, max(at, body.night.until)), dawn=at, night=Window(since, since + rule.window_for))
    if rule.bedtime is None:
        return replace(body, bedtime=NEVER)
    bedtime = at + rule.bedtime
    return replace(body, bedtime=Window(bedtime - rule.wind_down, bedtime + AFTER_BEDTIME))


def closed(body: Body, now: int) -> Body:
    """Once the window is over the longest absence in it bounds the night. Without one a call may have been left open.

    Before, who is up for an hour in the night would be told of two hours of sleep.
    """
    gone, night = body.gone, body.night
    if night == NEVER or now < night.until:
        return body
    body = replace(body, gone=Asleep(0, 0), night=NEVER)
    if gone.until == 0:
        return replace(body, maybe_slept=max(body.maybe_slept, night.since))
    bound = Bound(day_of(body, gone.until + UP), gone.until - gone.since, gone.until)
    others = [each for each in body.bounds if body.day - NIGHTS <= each.day != bound.day]
    return replace(body, bounds=(*others, bound))


def _touches(absence: Asleep, window: Window) -> bool:
    return absence.since < window.until and window.since < absence.until


def nights(body: Body, rule: SleepRule) -> dict[int, int]:
    """For each of the last fourteen days of which something is known how long was slept, or at most, ms."""
    known: dict[int, int] = {}
    for each in body.sleeps:
        day = night_of(body, rule, each)
        known[day] = known.get(day, 0) + each.until - each.since
    mains = {night_of(body, rule, each) for each in body.sleeps if is_main(rule, each)}
    for bound in body.bounds:
        if bound.day not in mains and bound.at_most + known.get(bound.day, 0) < rule.need:
            known[bound.day] = bound.at_most + known.get(bound.day, 0)
            mains.add(bound.day)
    return {day: ms for day, ms in known.items() if day in mains and body.day - NIGHTS < day <= body.day}


def debt(body: Body, rule: SleepRule) -> int:
    """Sleep missed in fourteen nights, less extra sleep; never below 0, ms."""
    return max(0, sum(rule.need - ms for ms in nights(body, rule).values()))


def woke(body: Body, rule: SleepRule) -> int | None:
    """When the last night that is known ended; None if somebody may have slept since, unknown to us."""
    told = [each for each in body.sleeps if is_main(rule, each)]
    days = {night_of(body, rule, each) for each in told}
    bounds = [each.until for each in body.bounds if each.day not in days and each.at_most >= rule.main]
    if is_main(rule, body.gone):  # of the night that is on
        bounds.append(body.gone.until)
    last = max([*(each.until for each in told), *bounds], default=None)
    return None if last is None or last < body.maybe_slept else last


def up_since(body: Body, rule: SleepRule, now: int) -> int:
    """When the person got up, as far as is known: when they came back from the night, else now."""
    ends = [each.until for each in body.bounds if each.day == body.day]
    if is_main(rule, body.gone):
        ends.append(body.gone.until)
    return max(ends, default=now)


def long_nights(body: Body, rule: SleepRule) -> int:
    """How many of the last seven reported nights were long."""
    told = [each for each in body.sleeps if is_main(rule, each)][-7:]
    return sum(each.until - each.since > rule.long for each in told)
