"""`breakd simulate --mine 14d`: one's own last days under other settings, beside what they were."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

from breakd.cli.client import Failure
from breakd.cli.journal import reading
from breakd.core.units import DAY
from breakd.daemon.hindsight.history import Day
from breakd.daemon.hindsight.whatif import Lived, Outcome, WhatIf, compared, lived
from breakd.daemon.speech.words import span
from breakd.daemon.store.fields import Wall
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.settings.load import load
from breakd.settings.paths import config_file, journal_file

Row: TypeAlias = tuple[str, str, str]  # what, as it was, as it would be

TITLES = {"prompts": "prompts", "done": "breaks done", "missed": "missed"}
LENGTHS = {"longest_ms": "longest sitting", "sitting_ms": "sitting", "rest_ms": "rest"}
WIDTH = 16  # columns of a bar
ASSUMED = (
    "Assumed: the same presence, whatever is asked for; pauses under 20 s are known only where breakd waited for one."
)


def mine(days: int, config: Path | None, sets: Sequence[str], as_json: bool) -> None:
    """Print the last days as they were, and as they would have been. Raises Failure, SettingsError."""
    own = config_file()
    settings = load(config or (own if own.exists() else None), sets)
    with reading() as journal:
        was = lived(journal, journal.core(time.time_ns() // 1_000_000) - days * DAY)
        if was is None:
            raise Failure(f"{journal_file()}: there is nothing in the journal yet; `breakd run` begins it")
        wall = journal.wall()
    found = compared(was, settings.rules(), lambda name: Calendar.of(settings, zone(name)))
    named = ", ".join([*([str(config)] if config else []), *sets]) or "settings of now"
    if as_json:
        click.echo(json.dumps(facts(was, found, wall, named)))
        return
    for line in lines(was, found, wall, named, bars=sys.stdout.isatty()):
        click.echo(line)


def facts(was: Lived, found: WhatIf, wall: Wall, named: str) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "from": wall.text(was.start.now),
        "to": wall.text(was.end),
        "settings": named,
        "was": _facts(found.was),
        "would_be": _facts(found.other),
        "answers": found.answers,
        "answers_without_prompt": found.unanswered,
        "assumed": ASSUMED,
    }


def _facts(outcome: Outcome) -> dict[str, Any]:
    sums = outcome.sums
    lengths = {"sitting_s": sums.sitting_ms, "rest_s": sums.rest_ms, "longest_sitting_s": sums.longest_ms}
    counts = {"prompts": sums.prompts, "done": sums.done, "missed": sums.missed}
    by_hour = {str(hour): outcome.hours[hour] for hour in sorted(outcome.hours)}
    return {**counts, "prompts_by_hour": by_hour, **{key: round(ms / 1000) for key, ms in lengths.items()}}


def lines(was: Lived, found: WhatIf, wall: Wall, named: str, *, bars: bool) -> list[str]:
    """The answer as people read it."""
    first, last = (f"{wall.moment(at):%Y-%m-%d %H:%M}" for at in (was.start.now, was.end))
    rows: list[Row] = [("", "as it was", "would be"), *_rows(found.was.sums, found.other.sums)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [f"{name:{widths[0]}}  {a:>{widths[1]}}  {b:>{widths[2]}}" for name, a, b in rows]
    unanswered = f"{found.unanswered} of {found.answers} answers" if found.answers != 1 else "the one answer"
    answers = "An answer to a prompt counts only where a prompt of that kind is open"
    answers += f": {unanswered} had none." if found.unanswered else "."
    return [f"{first} to {last}, under {named}", "", *table, "", *_hours(found, bars=bars), "", ASSUMED, answers]


def _rows(was: Day, other: Day) -> Iterator[Row]:
    for key, title in TITLES.items():
        yield from _counts(title, getattr(was, key), getattr(other, key))
    for key, title in LENGTHS.items():
        yield title, span(getattr(was, key)), span(getattr(other, key))


def _counts(title: str, was: dict[str, int], other: dict[str, int]) -> list[Row]:
    kinds = sorted({*was, *other})
    total = (title, str(sum(was.values())), str(sum(other.values())))
    return [total, *((f"  {kind}", str(was.get(kind, 0)), str(other.get(kind, 0))) for kind in kinds)]


def _hours(found: WhatIf, *, bars: bool) -> list[str]:
    """Prompts by the hour at which they came, side by side."""
    was, other = found.was.hours, found.other.hours
    hours = sorted({*was, *other})
    if not hours:
        return ["no prompt at any hour"]
    most = max(*was.values(), *other.values(), 1)
    told = ["prompts by hour"]
    for hour in range(hours[0], hours[-1] + 1):
        sides = [_side(each[hour], most) if bars else f"{each[hour]:>5}" for each in (was, other)]
        told.append(f"  {hour:02}  {'  '.join(sides)}".rstrip())
    return told


def _side(count: int, most: int) -> str:
    return f"{count:>4} " + ("█" * round(count / most * WIDTH)).ljust(WIDTH)
