"""`breakd history`: a day a row: sitting, rest, the longest sitting, prompts and what came of them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from breakd.cli.asking import NoAnswer, ask
from breakd.cli.client import Failure
from breakd.cli.journal import reading
from breakd.daemon.hindsight.history import Day, history
from breakd.daemon.speech.words import span
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.trace import TraceError
from breakd.settings.paths import history_cache, past_file

WIDTH = 32  # columns of a bar
DAYS = 7


@click.command("history")
@click.option("--days", type=click.IntRange(1, 36_500), default=DAYS, show_default=True, help="The last so many days.")
@click.option("--past", metavar="NAME", help="Of the presence that this importer brought, such as activitywatch.")
@click.option("--json", "as_json", is_flag=True, help="One object for each day, in a list.")
def history_(days: int, past: str | None, as_json: bool) -> None:
    """A day a row: sitting, rest, the longest sitting, prompts and breaks done."""
    found = _past(past, days) if past else _lived(days)
    if as_json:
        click.echo(json.dumps([facts(day) for day in found]))
        return
    for line in table(found, bars=sys.stdout.isatty()):
        click.echo(line)


def _lived(days: int) -> list[Day]:
    with reading() as journal:
        return history(journal, history_cache(), _now(journal))[-days:]


def _past(name: str, days: int) -> list[Day]:
    """Days of which an importer told: sitting and rest by the rules of now. Nobody was asked for anything then."""
    from breakd.cli.plugin_hosts import settings
    from breakd.daemon.hindsight.past import lived, spans_of
    from breakd.daemon.timing.calendar import Calendar, local_zone, zone

    file, own = past_file(name), settings()
    try:
        with file.open(encoding="utf-8") as lines:
            spans = spans_of(lines, str(file))
    except FileNotFoundError:
        raise Failure(f"{file}: there is none; `breakd import {name} FILE` makes it of presence") from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    except TraceError as error:
        raise Failure(str(error)) from None
    if not spans:
        return []
    here = local_zone()
    with lived(spans, days + 1, own.rules(), Calendar.of(own, zone(here)), here) as journal:
        found = history(journal, None)[-days:]
    return [Day(day.day, day.sitting_ms, day.rest_ms, day.longest_ms) for day in found]


def _now(journal: Journal) -> int | None:
    """Core time now if a daemon runs: today goes on. Else nobody knows what came after the last line."""
    try:
        ask(do="hello")
    except NoAnswer:
        return None
    return time.time_ns() // 1_000_000 - journal.wall().offset


def facts(day: Day) -> dict[str, Any]:
    """A day as JSON: lengths in seconds, counts by kind of break."""
    lengths = {"sitting_s": day.sitting_ms, "rest_s": day.rest_ms, "longest_sitting_s": day.longest_ms}
    counts = {"prompts": day.prompts, "done": day.done, "missed": day.missed}
    return {"day": day.day, **{key: round(ms / 1000) for key, ms in lengths.items()}, **counts}


def table(days: Sequence[Day], *, bars: bool) -> list[str]:
    """The rows under their heading. Bars are drawn to one scale: sitting, then rest."""
    rows = [("", "sitting", "rest", "longest", "prompts", "done", "missed"), *map(_row, days)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    if not bars:
        return lines
    most = max((day.sitting_ms + day.rest_ms for day in days), default=0) or 1
    return [
        lines[0] + "  █ sitting ░ rest",
        *(f"{line}  {_bar(day, most)}" for line, day in zip(lines[1:], days, strict=True)),
    ]


def _row(day: Day) -> tuple[str, ...]:
    name = f"{date.fromisoformat(day.day):%a} {day.day}"
    lengths = [span(ms) if ms else "-" for ms in (day.sitting_ms, day.rest_ms, day.longest_ms)]
    return (name, *lengths, *(str(sum(counts.values())) for counts in (day.prompts, day.done, day.missed)))


def _bar(day: Day, most: int) -> str:
    sitting = round(day.sitting_ms / most * WIDTH)
    return "█" * sitting + "░" * (round((day.sitting_ms + day.rest_ms) / most * WIDTH) - sitting)


COMMANDS = {"history": history_}
