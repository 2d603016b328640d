"""What people say of themselves: how they slept, how they feel, what they did. Of a mistake nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from breakd.core.body import exertion, sleep
from breakd.core.body.readiness import is_severe
from breakd.core.body.state import FULL, Asleep
from breakd.core.choosing.bearing import is_at
from breakd.core.events import Event, Exercised, Felt, Slept
from breakd.core.limits import reading
from breakd.core.state import State
from breakd.core.units import DAY, HOUR, MINUTE
from breakd.core.vocabulary import REGIONS
from breakd.daemon.control.server import Misuse
from breakd.daemon.loop import Loop
from breakd.daemon.speech import bodily, words
from breakd.daemon.speech.lengths import times
from breakd.daemon.speech.status import local
from breakd.daemon.timing.calendar import zone
from breakd.daemon.timing.weeks import instant
from breakd.settings.durations import parse
from breakd.settings.routine_values import slip

Facts = Mapping[str, Any]
AGO = 366 * DAY  # ms: what was longer ago is no slip of the tongue, and counts for nothing
LONGEST_WORDS = 60
NIGHT_EXPECTED = "expected from and to such as 23:30-07:10, or how long, such as 6h30m"
DATE_EXPECTED = "expected the day of getting up, such as 2026-03-02, today or yesterday"


def slept(loop: Loop, request: Facts) -> dict[str, Any]:
    """Take over a sleep: `time` as on the command line, `date` of getting up, `instead` of what it overlaps."""
    state = loop.current()
    night = read_night(str(request.get("time", "")), request.get("date"), state)
    wrong = sleep.senseless(night.since, night.until, state.now)
    if wrong:
        raise Misuse(f"{wrong}: {_times(state, night)}; nothing was noted")
    instead = request.get("instead") is True
    known = sleep.overlapping(state.body, night.since, night.until)
    if known is not None and not instead:
        raise ValueError(
            f"a sleep from {_times(state, known)} is known already, and this one overlaps it; "
            "with --instead it takes its place"
        )
    loop.tell(Slept(night.since, night.until, instead), night.until, "command")
    after = loop.current()
    told = [f"noted: asleep from {_times(after, night)}, {words.span(night.until - night.since)}"]
    missed = sleep.debt(after.body, after.configured.sleep)
    told.append(f"sleep debt: {words.span(missed)} in 14 nights" if missed else "no sleep debt in 14 nights")
    return {"said": told + readiness(after)}


def felt(loop: Loop, request: Facts) -> dict[str, Any]:
    """Take over how somebody feels: `pain` with `where`, `sleepiness`, `effort` of the last routine."""
    event = Felt(
        pain=_whole(request, "pain"),
        where=_words(request, "where").lower(),
        sleepiness=_whole(request, "sleepiness"),
        effort=_whole(request, "effort"),
    )
    if event.pain is None and event.where:
        raise Misuse('"where" goes with "pain"')
    if event.pain is None and event.sleepiness is None and event.effort is None:
        raise Misuse("nothing was said: expected pain, sleepiness or effort")
    if event.effort is not None and loop.state.body.effort is None:
        raise ValueError("no routine was done that an effort could be about; nothing was noted")
    loop.tell(event, loop.now(), "command")
    after = loop.current()
    return {"said": [f"noted: {bodily.felt(event)}", *_meant(event.where), *readiness(after), *severe(after, event)]}


def _meant(where: str) -> list[str]:
    """That no routine is for this place, if it looks like one of theirs written wrongly."""
    if not where or any(is_at(region, where) for region in REGIONS):
        return []
    meant = slip(where, REGIONS)
    return [f'no routine is for "{where}": did you mean "{meant}"? Say it again, and that counts'] if meant else []


def exercised(loop: Loop, request: Facts) -> dict[str, Any]:
    """Take over exercise outside: `for` so long, how hard (`rpe`, CR10), `what`; it ended `at` (ISO 8601), or now."""
    ms, rpe = _length(request.get("for")), request.get("rpe")
    if isinstance(rpe, bool) or not isinstance(rpe, int | float):
        raise Misuse(f'"rpe" is {rpe!r}, expected a number from 0 to 10')
    if not 0 < ms <= exertion.LONGEST:
        raise Misuse(f"{request.get('for')} of exercise: expected more than nothing and at most 12h")
    event = Exercised(ms / MINUTE, rpe, _words(request, "what"))
    ended = _ended(loop, request.get("at"))
    known = loop.same_exercise((event, ended))
    if known is not None:
        raise ValueError(_doubled(loop.state, *known))
    loop.tell(event, ended, "command")
    after = loop.current()
    body = after.body
    until = f", until {_time(after, ended)}" if request.get("at") else ""
    load, enough, _ = reading(after, "exertion")
    moved = max(exertion.moved(body, body.day), exertion.moved(body, body.day - 1))
    return {
        "said": [
            f"noted: {bodily.exercised(event)}{until}",
            f"today: a load of {load / MINUTE:.0f}, enough is {enough / MINUTE:.0f}; "
            f"in 7 days: {words.span(moved)} of movement ({bodily.COUNTED['movement']}), "
            f"strength on {times(exertion.strength_days(body), 'day')}",
        ]
    }


def _doubled(state: State, known: Event, ended: int) -> str:
    """Why exercise is not taken over beside what is known of that time, and what to do about it."""
    assert isinstance(known, Exercised)
    began = ended - round(known.minutes * MINUTE)
    since, until = (f'"{local(state, moment):%Y-%m-%d %H:%M}"' for moment in (began, ended + MINUTE))
    return (
        f"{bodily.exercised(known)} is known from {_times(state, Asleep(began, ended))}, and this would count that "
        "time twice; nothing was noted. If it is another one, say when it ended: --at 18:30; "
        f"`breakd forget {since} {until}`, with the daemon stopped, takes the first back"
    )


def readiness(state: State) -> list[str]:
    """What readiness is after a report, if it tightens anything."""
    body = state.body
    if body.readiness == FULL:
        return []
    move = next((each for each in reversed(state.rules.breaks) if each.leaving), None)
    told = f"readiness {body.readiness / FULL:.2f}: limits are tighter today"
    return [f"{told}, a {move.name} break comes after {words.span(move.every)}" if move else told]


def severe(state: State, event: Felt) -> list[str]:
    """The warning signs, where pain is severe (rule 22)."""
    if event.pain is None or not is_severe(state.body):
        return []
    return ["", *bodily.SEVERE]


def read_night(text: str, day: object, state: State) -> Asleep:
    """The sleep that these words mean at `state.now`, in core time. Raises Misuse, which says what is expected."""
    since, dash, until = text.replace(" ", "").partition("-")
    if dash and since:
        return _between(since, until, day, state)
    try:
        length = parse(text)
    except ValueError:
        raise Misuse(f"{NIGHT_EXPECTED}, found {text!r}") from None
    if length <= 0:
        raise Misuse(f"{NIGHT_EXPECTED}, found {text!r}")
    if length > AGO:
        raise Misuse(f"{text} of sleep, expected at most {sleep.LONGEST // HOUR} h; nothing was noted")
    if day is not None:
        raise Misuse(f"of a night of another day: {NIGHT_EXPECTED.partition(',')[0]}")
    end = sleep.up_since(state.body, state.configured.sleep, state.now)
    return Asleep(end - length, end)


def _between(since: str, until: str, day: object, state: State) -> Asleep:
    now, place = local(state, state.now), zone(state.zone)
    date_ = _date(day, now)
    up, down = _moment(until, date_), _moment(since, date_)
    if down >= up:
        down -= timedelta(days=1)
    end = instant(up, place) - state.offset
    if day is None and end > state.now:
        raise Misuse(f"{until} today is yet to come; of another day say so: --date yesterday. Nothing was noted")
    return Asleep(instant(down, place) - state.offset, end)


def _moment(text: str, day: date) -> datetime:
    try:
        hour, minute = text.split(":")
        return datetime(day.year, day.month, day.day, int(hour), int(minute))
    except ValueError:
        raise Misuse(f"{NIGHT_EXPECTED}, found {text!r}") from None


def _length(text: object) -> int:
    try:
        return parse(str(text or ""))
    except ValueError as error:
        raise Misuse(f"{error}, found {str(text or '')!r}") from None


def _ended(loop: Loop, moment: object) -> int:
    """When exercise ended, core time; without a word, now."""
    now = loop.now()
    if moment is None:
        return now
    try:
        found = datetime.fromisoformat(str(moment))
        at = round(found.timestamp() * 1000) - loop.state.offset
    except (ValueError, OverflowError):
        raise Misuse(f'"at" is {moment!r}, expected a moment such as 2026-03-02T18:30:00+01:00') from None
    if at > now:
        raise Misuse("this exercise ends in the future; nothing was noted")
    if at < now - AGO:
        raise Misuse(f"{found:%Y-%m-%d} is more than a year ago; nothing was noted")
    return at


def _words(request: Facts, key: str) -> str:
    """A few words, such as a part of the body. Raises Misuse for what are none."""
    value = request.get(key) or ""
    if not isinstance(value, str) or len(value) > LONGEST_WORDS:
        raise Misuse(f'"{key}" is {str(value)[:20]!r}, expected a few words in at most {LONGEST_WORDS} characters')
    return " ".join(value.split())


def _date(day: object, now: datetime) -> date:
    if day is None or day == "today":
        return now.date()
    if day == "yesterday":
        return now.date() - timedelta(days=1)
    try:
        found = date.fromisoformat(str(day))
    except ValueError:
        raise Misuse(f"--date: {DATE_EXPECTED}, found {day!r}") from None
    if (now.date() - found).days > AGO // DAY:
        raise Misuse(f"{found} is more than a year ago; nothing was noted")
    return found


def _times(state: State, night: Asleep) -> str:
    return f"{_time(state, night.since)} to {_time(state, night.until)}"


def _time(state: State, ms: int) -> str:
    return words.clock(local(state, ms), local(state, state.now))


def _whole(request: Facts, key: str) -> int | None:
    value = request.get(key)
    if value is not None and type(value) is not int:
        raise Misuse(f'"{key}" is {value!r}, expected a whole number')
    return value
