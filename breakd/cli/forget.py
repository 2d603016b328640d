"""`breakd forget`: a span of time goes from the journal for good."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from breakd.cli.client import Failure, WrongUse
from breakd.cli.moments import DAYS, here, moment
from breakd.core.spans import Span
from breakd.daemon.fold import replay
from breakd.daemon.hindsight.past import spans_of, write
from breakd.daemon.store.forgetting import Forgotten, forget
from breakd.daemon.store.journal import Journal, JournalBusy, JournalError
from breakd.daemon.store.trace import TraceError
from breakd.daemon.timing.calendar import local_zone
from breakd.settings.paths import history_cache, journal_file, past_file

EXPECTED = "expected a day (yesterday, 2026-03-02), two moments, or 2h (the last two hours); --before MOMENT, or --all"


@click.command("forget")
@click.argument("begin", required=False, metavar="[DAY | FROM]")
@click.argument("end", required=False, metavar="[TO]")
@click.option("--before", metavar="MOMENT", help="Everything up to then.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@click.option("--yes", is_flag=True, help="Without asking.")
@click.option("--json", "as_json", is_flag=True, help="What was forgotten, as one object.")
def forget_(
    *,
    begin: str | None,
    end: str | None,
    before: str | None,
    everything: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete a span of time from the journal, for good: a day, from one moment to another, or the last 2h.

    Settings that were in force stay, and so does what lies around it. Stop the daemon first.
    """
    since, until = span((begin, end), before, everything, here())
    if not (dry_run or yes):
        _confirm(since, until)
    try:
        path = journal_file()
        if not path.exists():
            raise Failure(f"{path}: there is no journal yet, so there is nothing to forget")
        with Journal.open(path) as journal:
            core = [journal.core(round(each.timestamp() * 1000)) for each in (since, until)]
            found = forget(journal, core[0], core[1], dry=dry_run)
            if found.rows and not dry_run:
                replay(journal)  # leaves snapshots, so that the next start need not
    except JournalBusy as error:
        raise Failure(f"{error} (breakd service stop)") from None
    except JournalError as error:
        raise Failure(str(error)) from None
    past = _forget_past((round(since.timestamp() * 1000), round(until.timestamp() * 1000)), dry_run)
    if found.rows and not dry_run:
        with contextlib.suppress(FileNotFoundError):
            history_cache().unlink()  # it has the sums of those days
    _tell(found, past, dry_run, as_json)


def _tell(found: Forgotten, past: Sequence[Path], dry: bool, as_json: bool) -> None:
    if as_json:
        facts = {"rows": found.rows, "traces": [str(file) for file in past], "dry_run": dry}
        click.echo(json.dumps(facts))
        return
    click.echo(f"{found.rows} rows of the journal {'would be' if dry else 'are'} forgotten")
    for file in past:
        click.echo(f"{file}: that time {'would be' if dry else 'is'} taken out of it")


def span(
    words: tuple[str | None, str | None], before: str | None, everything: bool, now: datetime
) -> tuple[datetime, datetime]:
    """From when to when. Raises WrongUse."""
    begin, end = words
    if sum((begin is not None, before is not None, everything)) != 1:
        raise WrongUse(EXPECTED)
    first = datetime(1900, 1, 2, tzinfo=UTC)
    try:
        if everything:
            return first, now
        if before is not None:
            return first, moment(before, now)
        assert begin is not None
        since = moment(begin, now)
        until = moment(end, now) if end is not None else since + timedelta(days=1) if _is_day(begin) else now
    except ValueError as error:
        raise WrongUse(str(error)) from None
    if since >= until:
        raise WrongUse(f"{since:%Y-%m-%d %H:%M} is not before {until:%Y-%m-%d %H:%M}; {EXPECTED}")
    return since, min(until, now)


def _is_day(word: str) -> bool:
    names = {"today", "yesterday", *DAYS, *(day[:3] for day in DAYS)}
    return word.lower() in names or (len(word) == len("2026-03-02") and word[4:5] == "-")


def _confirm(since: datetime, until: datetime) -> None:
    if not sys.stdin.isatty():
        raise WrongUse("what is forgotten is gone for good: say --yes, or --dry-run to see how much it is")
    text = f"Everything from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} will be gone for good. Go on?"
    click.confirm(text, abort=True, err=True)


def _forget_past(hole: Span, dry: bool) -> list[Path]:
    """Take the span out of the presence that importers brought; the files in which there was any of it."""
    found = []
    for file in sorted(past_file("any").parent.glob("*.jsonl")):
        try:
            with file.open(encoding="utf-8") as lines:
                spans = spans_of(lines, str(file))
        except (OSError, TraceError):
            continue  # of whom nobody reads it, nobody learns of it
        left = list(outside(spans, hole))
        if left == spans:
            continue
        found.append(file)
        if not dry:
            write(file, left, local_zone())
    return found


def outside(spans: Sequence[Span], hole: Span) -> list[Span]:
    """The parts of these stretches that lie before or behind the hole."""
    since, until = hole
    parts = [part for begin, end in spans for part in ((begin, min(end, since)), (max(begin, until), end))]
    return [(begin, end) for begin, end in parts if begin < end]


COMMANDS = {"forget": forget_}
