"""`breakd usage`: of so many prompts so many led to rest, and which ones never do."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from breakd.cli.client import Failure
from breakd.cli.journal import reading
from breakd.core import usage
from breakd.core.units import DAY
from breakd.core.usage import ENOUGH, Asked, Proposal, Share
from breakd.daemon.hindsight.usage import PARTS, Used, used
from breakd.settings.durations import show
from breakd.settings.paths import journal_file

WIDTH = 20  # columns of a bar
ROUTINES = 8  # are shown, those that were offered most
GROUPS = {"break": "by break", "part": "by part of day", "routine": "by routine"}
COLUMNS = ("rested", "early", "snoozed", "skipped", "ignored")


@click.command("usage")
@click.option("--days", type=click.IntRange(1, 3650), default=14, show_default=True, help="The last so many days.")
@click.option("--json", "as_json", is_flag=True, help="Counts and proposals, for programs.")
def usage_(days: int, as_json: bool) -> None:
    """What came of the prompts: how many led to rest, by break, part of day and routine, and what to change.

    A measure of the prompts, not of you: one that never works is only noise.
    """
    with reading() as journal:
        now = journal.core(time.time_ns() // 1_000_000)
        # What was decided is in the journal: behind its end nobody may have been asked for anything.
        found = used(journal, now - days * DAY, journal.latest or 0)
        if found is None:
            raise Failure(f"{journal_file()}: there is nothing in the journal yet; `breakd run` begins it")
    shares, proposed = _shares(found), proposals(found)
    if as_json:
        click.echo(json.dumps(facts(days, found, shares, proposed)))
        return
    for line in lines(days, found, shares, proposed, bars=sys.stdout.isatty()):
        click.echo(line)


def _shares(found: Used) -> dict[str, dict[str, Share]]:
    keys: dict[str, Callable[[Asked], str]] = {
        "break": lambda each: each.kind,
        "part": lambda each: found.parts[each.at],
        "routine": lambda each: each.routine,
    }
    return {group: usage.by(found.prompts, key) for group, key in keys.items()}


def proposals(found: Used) -> list[tuple[Proposal, str]]:
    """Each proposal with the command that does it."""
    small = [kind.name for kind in found.kinds if kind.transient]
    every = {kind.name: kind.every for kind in found.kinds}
    told = usage.proposals(found.prompts, small, lambda each: found.parts[each.at])
    return [(each, remedy) for each in told if (remedy := _remedy(each, every))]


def _remedy(proposal: Proposal, every: Mapping[str, int]) -> str:
    """The line to type; "" for a kind that is not there any more."""
    what = proposal.what
    if proposal.code in ("drop", "rarer") and what not in every:
        return ""
    match proposal.code:
        case "drop":
            return f"breakd config set breaks.{what}.enabled false"
        case "rarer":
            return f"breakd config set breaks.{what}.every {show(2 * every[what])}"
        case "later":
            return "breakd config set prompt.snooze 20m"
        case "off":
            return f'off = ["{what}"]   in a file of ~/.config/breakd/routines, such as mine.toml'
        case "quiet":
            return f"breakd config set hours.quiet '{json.dumps([*_quiet_now(), _hours(what)])}'"


def _quiet_now() -> list[str]:
    from breakd.cli.plugin_hosts import settings

    return [str(each) for each in settings().hours.quiet]


def _hours(part: str) -> str:
    begins = [*(begin for begin, _ in PARTS), 24]
    place = next(number for number, (_, name) in enumerate(PARTS) if name == part)
    return f"{begins[place]:02}:00-{begins[place + 1]:02}:00"


def facts(
    days: int, found: Used, shares: Mapping[str, Mapping[str, Share]], proposed: Sequence[tuple[Proposal, str]]
) -> dict[str, Any]:
    """What `--json` prints."""
    of = usage.share(found.prompts)
    return {
        "days": days,
        **of._asdict(),
        "unasked": found.unasked,
        "enough": of.prompts >= ENOUGH,
        "by": {group: {name: each._asdict() for name, each in named.items()} for group, named in shares.items()},
        "proposals": [
            {"code": each.code, "what": each.what, **each.share._asdict(), "do": remedy} for each, remedy in proposed
        ],
    }


def lines(
    days: int,
    found: Used,
    shares: Mapping[str, Mapping[str, Share]],
    proposed: Sequence[tuple[Proposal, str]],
    *,
    bars: bool,
) -> list[str]:
    """The answer as people read it."""
    of, taken = usage.share(found.prompts), f"{found.unasked} breaks" if found.unasked != 1 else "1 break"
    prompts = f"{of.prompts} prompts" if of.prompts != 1 else "1 prompt"
    early = of.outcomes.get("early", 0)
    short = f", {early} to a shorter one" if early else ""
    span = f"{days} days" if days != 1 else "1 day"
    told = [f"{span}: of {prompts} {of.rested} led to rest{short}; {taken} you took unasked."]
    for group, title in GROUPS.items():
        named = {name or "none": each for name, each in shares[group].items() if each.prompts}
        most = sorted(named.items(), key=lambda each: -each[1].prompts)[: ROUTINES if group == "routine" else None]
        told += ["", *table(title, dict(most), bars=bars)] if most else []
    told.append("")
    if of.prompts < ENOUGH:
        return [*told, f"That is too little to propose anything: {ENOUGH} prompts are the least."]
    if not proposed:
        return [*told, "Nothing here asks for a change."]
    return [*told, *(line for each, remedy in proposed for line in (_said(each), f"    {remedy}"))]


def table(title: str, shares: Mapping[str, Share], *, bars: bool) -> list[str]:
    """Rows under their heading; a bar is the share that led to rest."""
    rows: list[tuple[str, ...]] = [(title, "prompts", *COLUMNS)]
    rows += [
        (name, str(each.prompts), *(str(each.outcomes.get(column, 0)) for column in COLUMNS))
        for name, each in shares.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    told = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    if not bars:
        return told
    return [told[0], *(f"{line}  {_bar(each)}" for line, each in zip(told[1:], shares.values(), strict=True))]


def _bar(of: Share) -> str:
    full = round(of.rested / of.prompts * WIDTH)
    return "█" * full + "░" * (WIDTH - full) + f" {of.rested / of.prompts:.0%}"


SAID = {
    "drop": "{what}: {worked} of {prompts} prompts led to any rest. To do without them:",
    "rarer": "{what}: {worked} of {prompts} prompts led to any rest. To be asked half as often:",
    "later": "{what}: {snoozed} of {prompts} prompts were put off. To put them off for longer:",
    "quiet": "In the {what} {worked} of {prompts} prompts led to any rest, at other times more. To have it quiet then:",
    "off": "{what}: offered {prompts} times, {worked} led to any rest. To be offered others instead:",
}


def _said(proposal: Proposal) -> str:
    of = proposal.share
    snoozed = of.outcomes.get("snoozed", 0)
    return SAID[proposal.code].format(what=proposal.what, worked=of.worked, prompts=of.prompts, snoozed=snoozed)


COMMANDS = {"usage": usage_}
