"""What the body bears now: the routines that readiness, exertion left, pain and bedtime leave (rules 21, 22)."""

from __future__ import annotations

from msgspec import Struct

from breakd.core.body.exertion import EASY_KINDS, VIGOROUS_MET, load_of
from breakd.core.body.health import GAUGES
from breakd.core.body.readiness import ANY, is_severe, most_met, pain_today
from breakd.core.body.state import Body
from breakd.core.choosing.habit import Part
from breakd.core.choosing.permission import BENDS
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.units import DAY, HOUR

HARDEST = 10  # CR10
EXERTION = GAUGES.index("exertion")
MOST_LOAD = 2**62
NOON, EVENING = 8 * HOUR, 14 * HOUR  # after the start of a day at 4:00, local


class Bearing(Struct, frozen=True, gc=False):
    """`most`: METs; `left`: load; `gentle`: changes of position and easy walking alone; `winding`: bedtime is near.

    `hurts`: where it hurts today, as it was said; `rested`: there was much rest; `part`: of the day, 0 to 2;
    `ready`: whether there may be more than last time.
    """

    most: float = ANY
    left: int = MOST_LOAD
    gentle: bool = False
    winding: bool = False
    hurts: str = ""
    rested: bool = False
    part: Part = 0
    ready: bool = True


ANYTHING = Bearing()


def bearing(rules: Rules, body: Body, now: int) -> Bearing:
    """What the body bears now. `rules`: the configured ones."""
    easy = body.easy == body.day
    most = most_met(rules.readiness, body.readiness, easy)
    pain, exerted = pain_today(body), body.gauges[EXERTION]
    since, until = body.bedtime
    return Bearing(
        most,
        max(0, exerted.limit - exerted.value),
        is_severe(body),
        since <= now < until,
        pain.where if pain is not None and pain.value > 0 else "",
        body.gauges[-1].reached > 0,
        part_of(body, now),
        most == ANY,
    )


def part_of(body: Body, now: int) -> Part:
    """The part of the day: 0 until noon, 1 until 18:00, 2 after."""
    into = (now - (body.began if body.dawn is None else body.dawn)) % DAY
    return 0 if into < NOON else 1 if into < EVENING else 2


def bears_all(bears: Bearing, longest: int) -> bool:
    """Whether every routine of up to this length (ms) is borne, as on most days."""
    free = bears.most >= ANY and not bears.gentle and not bears.winding
    return free and bears.left >= HARDEST * longest


def beyond(routine: Routine, bears: Bearing, length: int | None = None) -> str:
    """What speaks against this routine now; "" if nothing does. `length`: of it, ms, if that is at hand."""
    if bears.gentle and not is_gentle(routine):
        return "severe_pain"
    if routine.met > bears.most:
        return "intensity"
    if bears.winding and routine.met >= VIGOROUS_MET:
        return "bedtime"
    if length is None:
        length = round(routine.seconds * 1000)
    # Most often there is no need to know its load: all of it at 10 of 10 would be borne.
    return "exertion" if HARDEST * length > bears.left and load_of(routine) > bears.left else ""


def is_gentle(routine: Routine) -> bool:
    """Whether it is a change of position or an easy walk, and bends nothing."""
    return routine.kind in EASY_KINDS and routine.intensity == "light" and BENDS.isdisjoint(routine.involves)


def hurting(routine: Routine, bears: Bearing) -> str:
    """The first of its regions in which it hurts today; "" if in none."""
    return next((region for region in routine.regions if bears.hurts and is_at(region, bears.hurts)), "")


def is_at(region: str, where: str) -> bool:
    """Whether this place, in a person's own words, is about this region: "left ankle" is about "ankles"."""
    return region in where or where in region
