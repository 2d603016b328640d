"""What reports, nights and days do to the body, and what follows for readiness and the slow gauges (rules 17, 18).

Everything here runs on a report, on coming back, when a routine is done and at the start of a day: never just because
time passes, but for the hours awake, whose next level is known beforehand (`Body.turns`).
"""

from __future__ import annotations

from msgspec.structs import replace

from breakd.core.body import exertion, sleep
from breakd.core.body.readiness import between, readiness
from breakd.core.body.state import HALF_DAY, Asleep, Back, Body, Gauge, Pain, Sleepy, day_of
from breakd.core.events import Exercised, Felt, Slept
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.units import DAY, HOUR

GAUGES = ("awake", "sleep_debt", "exertion", "exertion_week", "movement", "rest")
MID_DAY = 14 * HOUR  # so long after a night that was reported the calendar starts no day for those who are up
FLARE = 2  # pain up by so much (NRS)
REMEMBERED = 7  # days of pain


def assessed(rules: Rules, body: Body, now: int) -> Body:
    """The body with all that follows from what is known of it."""
    found, worst = readiness(body, rules.readiness, rules.sleep)
    body = replace(body, readiness=found, worst=worst, woke=sleep.woke(body, rules.sleep))
    near, limits = rules.limits.near, rules.limits
    share, debt = between(rules.readiness.exertion, found), sleep.debt(body, rules.sleep)
    reached = 2 if debt >= limits.sleep_debt else int(debt >= near * limits.sleep_debt)
    long_nights = 0 if debt else sleep.long_nights(body, rules.sleep)
    awake, turns = awake_gauge(rules, body, now)
    gauges = (
        awake._replace(value=0),  # it grows, see `awake_gauge`
        Gauge(debt, limits.sleep_debt, reached, bool(sleep.nights(body, rules.sleep))),
        exertion.day_gauge(body, rules.exertion, share, near),
        exertion.week_gauge(body, rules.exertion, near),
        exertion.movement_gauge(body, rules.exertion),
        exertion.rest_gauge(body, rules.exertion, long_nights),
    )
    return replace(body, gauges=gauges, turns=turns, alert=any(gauge.reached for gauge in gauges))


def awake_gauge(rules: Rules, body: Body, now: int) -> tuple[Gauge, int | None]:
    """The hours awake, and when they reach the next level; None: they do not."""
    limits = rules.limits
    if body.woke is None:
        return Gauge(0, limits.awake), None
    value = now - body.woke
    near = min(limits.awake_near, limits.awake)
    reached = 2 if value >= limits.awake else int(value >= near)
    return Gauge(value, limits.awake, reached, True), (body.woke + near, body.woke + limits.awake, None)[reached]


def slept(rules: Rules, body: Body, event: Slept, now: int) -> Body:
    """With a sleep that was reported. The end of the night may be the start of the day (rule 17)."""
    after = sleep.slept(body, event.from_ms, event.to_ms, now, event.instead)
    told = Asleep(event.from_ms, event.to_ms)
    if after is body or not sleep.is_main(rules.sleep, told):
        return after
    if told.since >= body.began and told.until > body.began:  # a day lies between: that of who works at night
        return next_day(rules, after, told.until, 1)
    return after


def felt(body: Body, event: Felt, at: int) -> Body:
    """With pain, sleepiness or an effort that was reported."""
    day = min(day_of(body, at), body.day)
    if event.pain is not None:
        flared = day == body.day and _flared(body, event.pain)
        pains = sorted([*body.pains, Pain(day, event.pain, event.where)], key=lambda each: each.day)
        body = replace(body, pains=tuple(each for each in pains if each.day > body.day - REMEMBERED))
        if flared:
            body = replace(body, easy=day, easy_because="pain")
    if event.sleepiness is not None and (body.sleepy is None or day >= body.sleepy.day):
        body = replace(body, sleepy=Sleepy(day, event.sleepiness))
    return body if event.effort is None else exertion.harder(body, event.effort)


def _flared(body: Body, value: int) -> bool:
    """Whether pain rose by 2 yesterday and has not settled: the first report of today says."""
    reports = [each for each in body.pains if each.day <= body.day]
    yesterday = [place for place, each in enumerate(reports) if each.day == body.day - 1]
    if not yesterday or reports[-1].day == body.day:
        return False
    before = reports[max(0, yesterday[0] - 1)].value
    peak = max(reports[place].value for place in yesterday)
    return peak - before >= FLARE and value - before >= FLARE


def exercised(body: Body, event: Exercised, at: int) -> Body:
    """With exercise outside that was reported."""
    return exertion.reported(body, at, exertion.of_report(event.minutes, event.rpe, event.what))


def done(rules: Rules, body: Body, routine: Routine, ms: int, now: int) -> Body:
    """With a routine that was done. Most are light, and leave all as it was."""
    after = exertion.done(body, now, routine, ms)
    return body if after is body else assessed(rules, after, now)


def day_starts(rules: Rules, body: Body, at: int, up: bool) -> Body:
    """The calendar's day starts, and with it the person's; after days that nobody lived through it is a later one.

    Not so in the middle of the day of who works at night: they slept lately, as they said, and are `up`.
    """
    again = body.dawn is not None and at - body.dawn < HALF_DAY  # the clock on the wall was set back
    body = sleep.dawned(body, rules.sleep, at)
    told = [each.until for each in body.sleeps if sleep.is_main(rules.sleep, each) and each.until <= at]
    if again or (up and told and at - told[-1] < MID_DAY):
        return body
    return next_day(rules, body, at, max(1, round((at - body.began) / DAY)))


def next_day(rules: Rules, body: Body, at: int, days: int) -> Body:
    """So many days later, from `at` on. After too much the next is an easy one."""
    share = between(rules.readiness.exertion, body.readiness)
    too_much = exertion.day_ended(body, rules.exertion, share)
    if too_much == "exertion_week":
        body = replace(body, spiked=body.day)
    body = replace(body, day=body.day + days, began=at)
    return replace(body, easy=body.day, easy_because=too_much) if too_much and days == 1 else body


def came_back(rules: Rules, body: Body, since: int, now: int, desk_ms: int) -> Body:
    """The person came back from an absence, after so long at the desk today."""
    after = sleep.came_back(body, rules.sleep, since, now)
    if now - since >= rules.sleep.main:
        after = replace(after, back=Back(since, now, desk_ms))
    return body if after is body else assessed(rules, after, now)


def turned(rules: Rules, body: Body, now: int) -> Body:
    """The hours awake have reached their next level."""
    gauge, turns = awake_gauge(rules, body, now)
    return replace(body, gauges=(gauge._replace(value=0), *body.gauges[1:]), turns=turns, alert=True)
