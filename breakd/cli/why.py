"""`breakd why`: what comes next, the last prompt, its routine, a limit, now or at a past moment.

For each reason the number, the rule, the source.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from breakd.cli.client import Failure, WrongUse, request
from breakd.cli.completing import limit_names
from breakd.cli.journal import reading
from breakd.cli.moments import Moment
from breakd.core.decisions import Because
from breakd.daemon.speech import bodily, happenings, words
from breakd.daemon.store.journal import Journal
from breakd.settings.comments import comments_of
from breakd.settings.files import read_toml
from breakd.settings.paths import journal_file, shipped

Facts = Mapping[str, Any]
WHERE = "The rules stand in docs/design.md, the settings in docs/settings.md, the sources in docs/evidence.md."

# code -> (number of its rule in docs/design.md, the setting that its number comes from; KIND is the kind of break)
RULES: dict[str, tuple[int, str]] = {
    "bar_sitting": (6, "breaks.KIND.every"),
    "bar_input": (6, "breaks.KIND.every"),
    "bar_screen": (6, "breaks.KIND.every"),
    "full_ms": (6, "breaks.KIND.every"),
    "sitting_ms": (17, "limits.sitting"),
    "scheduled": (26, "schedule"),
    "held": (11, ""),
    "hold": (11, ""),
    "snoozes": (14, "prompt.snooze"),
    "no_lull_ms": (11, "prompt.patience"),
    "lull_ms": (11, "prompt.lull"),
    "per_hour": (16, "prompt.per_hour"),
    "attempt": (12, "prompt.attempts"),
    "quiet_ms": (12, "prompt.silence"),
    "quiet_hours_ms": (25, "hours.quiet"),
    "paused_ms": (15, "prompt.pause"),
    "away_ms": (2, "presence.away"),
    "nothing_fills": (6, ""),
    "rested_ms": (13, "breaks.KIND.for"),
    "halted": (13, "prompt.unbroken"),
    "sore": (21, "choice.sore"),
    "unmoved_ms": (21, "choice.unmoved"),
    "walking_first_ms": (21, "choice.walk_after"),
    "advised": (21, ""),
    "advised_against": (21, ""),
    "waited": (21, ""),
    "permitted": (21, "me"),
    "none_in_call": (21, "me"),
    "none_permitted": (21, "me"),
    "wind_down": (21, "sleep.wind_down"),
    "none_bearable": (21, "readiness"),
    "habit": (21, "choice.habit"),
    "progress": (21, "choice.progress"),
    "much_rest": (21, "exertion.rest"),
    "kept": (21, ""),
    "asked": (14, ""),
    "readiness": (18, ""),
    "debt_ms": (18, "readiness.debt"),
    "pain": (18, "readiness.pain_to"),
    "sleepiness": (18, "readiness.sleepy_to"),
    "short_night_ms": (18, "readiness.short_night"),
    "nights": (17, "sleep.need"),
    "strength_days": (17, "exertion.strength"),
    "beginner": (17, "exertion.beginner"),
    "not_known": (17, ""),
}


# Which setting a limit comes from, where that is not the one of its name in [limits].
LIMITS: dict[str, str] = {
    "exertion": "exertion.day",
    "exertion_week": "exertion.spike",
    "movement": "exertion.week",
    "rest": "exertion.rest",
}
NOT_NEAR = ("awake", "movement", "rest")  # whose level does not come from the share `limits.near`


@click.command("why")
@click.argument("limit", required=False, metavar="[LIMIT]", shell_complete=limit_names)
@click.option("--at", type=Moment(), metavar="MOMENT", help='As it was then: 15:10, "yesterday 15:10", 2h (ago).')
@click.option("--json", "as_json", is_flag=True, help="Codes and numbers, for programs.")
def why(limit: str | None, at: datetime | None, as_json: bool) -> None:
    """What the next break, the last prompt and its routine come from: numbers, rules, sources.

    LIMIT: where a limit stands and what it comes from, such as sitting or desk.
    """
    found = request(do="why")["why"] if at is None else past(at)
    if limit is not None:
        _known(limit, found["limits"])
    if as_json:
        click.echo(json.dumps(found if limit is None else {"at": found["at"], limit: found["limits"][limit]}))
        return
    for line in lines(found) if limit is None else limit_lines(limit, found):
        click.echo(line)


def past(moment: datetime) -> dict[str, Any]:
    """The answer of a past moment, from the journal alone. Raises Failure, or WrongUse for one that is yet to come."""
    from breakd.daemon.hindsight.explain import why_at
    from breakd.daemon.store.journal import JournalError

    with reading() as journal:
        core = journal.core(round(moment.timestamp() * 1000))
        begin = core_reach(journal, moment, core)
        try:
            return why_at(journal, max(core, begin))
        except JournalError as error:
            raise Failure(str(error)) from None


def core_reach(journal: Journal, moment: datetime, core: int) -> int:
    """The core time at which the journal begins. Raises Failure if the moment is before, WrongUse if it is to come."""
    begin = journal.first()
    if begin is None:
        raise Failure(f"{journal_file()}: there is nothing in the journal yet; `breakd run` begins it")
    if moment > datetime.now(UTC):
        raise WrongUse(f"{moment:%Y-%m-%d %H:%M} is yet to come: expected a moment that is over")
    if core < begin:
        first = journal.wall(1).moment(begin).astimezone(moment.tzinfo)
        raise Failure(f"{moment:%Y-%m-%d %H:%M} is before the journal, which begins at {first:%Y-%m-%d %H:%M}")
    return begin


def _known(limit: str, limits: Facts) -> None:
    if limit not in limits:
        near = difflib.get_close_matches(limit, limits, 1)
        hint = f"did you mean {near[0]}?" if near else f"limits: {', '.join(limits)}"
        raise WrongUse(f"there is no limit {limit!r}; {hint}")


def limit_lines(name: str, found: Facts) -> list[str]:
    """Where a limit stands, as people read it."""
    limit, key, sources = found["limits"][name], LIMITS.get(name, f"limits.{name}"), Sources()
    value, of, unit = limit["value"], limit["of"], limit["unit"]
    share = f", {value / of:.0%}" if of else ""
    about = ", ".join(filter(None, ("rule 17", key, sources.of(key, None), bodily.COUNTED.get(name))))
    told, head = limit["told"], f"{name.replace('_', ' ').capitalize()}: {value:g} of {of:g} {unit}{share}"
    said = "nothing was told of it yet"
    if told is not None:
        said = (
            f"last told {_clock(told['at'], found['at'])}: {told['level']}, {told['value']:g} of {told['of']:g} {unit}"
        )
        more = [each for each in told.get("because", ()) if each["code"] != f"{name}_ms"]  # which was just said
        said = "\n".join([said, *_reasons(more, None, sources)])
    near = "" if name in NOT_NEAR else f"; near from {limit['near']:.0%} on"
    short = "short of it" if name == "movement" else "near the limit"
    levels = {"ok": f"within the limit{near}", "near": short, "over": "over it"}
    because = _reasons(limit["because"], None, sources)
    return [*_unwatched(found), f"{head}: {levels[limit['level']]}", f"  {about}", *because, f"  {said}", "", WHERE]


def _unwatched(found: Facts) -> list[str]:
    """A line about a past moment at which nobody watched."""
    if not found.get("unwatched"):
        return []
    since, until = (_clock(each, found["at"]) for each in found["unwatched"])
    return [f"At {_clock(found['at'], found['at'])} breakd did not run: nobody watched from {since} to {until}.", ""]


def lines(found: Facts) -> list[str]:
    """The answer as people read it."""
    sources = Sources()
    told = [*_unwatched(found), _next(found), *_reasons(found["next"]["because"], found["next"]["break"], sources)]
    last, routine = found["last"], found["routine"]
    if last is not None:
        titles = {routine["id"]: routine["title"]} if routine else {}
        because = last.get("because", ())
        line = happenings.did("prompt", {**last, "because": ()}, titles)
        told += ["", f"Last: {_clock(last['at'], found['at'])} {line}", *_reasons(because, last["break"], sources)]
    if routine is not None:
        told += ["", f"Routine: {routine['title']} ({routine['id']})"]
        told += [f"  {routine['because']}"] if routine["because"] else []
    return [*told, "", WHERE]


def _next(found: Facts) -> str:
    coming = found["next"]
    at = f" {_clock(coming['at'], found['at'])}" if coming["at"] else ""
    phases = {
        "calm": f"a {coming['break']} break at{at}, if you keep on as now" if coming["break"] else "no break",
        "waiting": f"a {coming['break']} break, which is due",
        "shown": f"a {coming['break']} break, which is asked for",
        "resting": f"the end of the {coming['break']} break at{at}",
        "halted": f"the rest of the {coming['break']} break",
    }
    return f"Next: {phases[coming['phase']]}"


def _clock(moment: str, now: str) -> str:
    return words.clock(datetime.fromisoformat(moment), datetime.fromisoformat(now))


def _reasons(because: Sequence[Facts], kind: str | None, sources: Sources) -> list[str]:
    """A line each: the number, then rule, setting and source. Of a code from a newer version only its name."""
    rows = []
    for each in because:
        reason = Because(**each)
        rule, key = RULES.get(reason.code, (0, ""))
        text = words.reason(reason)
        if not text and reason.code in RULES:  # it goes without saying
            continue
        text = text or reason.code.replace("_", " ")
        about = [f"rule {rule}"] if rule else []
        about += [key.replace("KIND", kind or "NAME"), sources.of(key, kind)] if key else []
        rows.append((text, ", ".join(filter(None, about))))
    width = max((len(text) for text, _ in rows), default=0)
    return [f"  {text:{width}}  {about}".rstrip() for text, about in rows]


class Sources:
    """Where the defaults come from, as `config/breakd.toml` says in brackets."""

    def __init__(self) -> None:
        self._keys = comments_of(read_toml(shipped() / "breakd.toml")[0]).keys

    def of(self, key: str, kind: str | None) -> str:
        """The source of a setting's default; "" if none is said. Of a break it stands behind its table."""
        path = tuple(key.replace("KIND", kind or "").split("."))
        said = self._keys.get(path, "")
        found = re.search(r"\[([^]]+)\]", said) or re.search(r"\[([^]]+)\]", self._keys.get(path[:2], ""))
        return f"default: {found[1]}" if found else ""


COMMANDS = {"why": why}
