"""`breakd journal export | import | verify`: the journal as lines, and whether it is whole."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from breakd.cli.client import Failure
from breakd.cli.traces import opened
from breakd.core.events import Entry
from breakd.daemon.fold import recomputed
from breakd.daemon.store.facts import Did, did
from breakd.daemon.store.forgetting import FORGOTTEN
from breakd.daemon.store.journal import Journal, JournalError
from breakd.daemon.store.trace import TraceError
from breakd.settings.paths import journal_file


@click.group("journal")
def journal() -> None:
    """Every event and decision, in order of arrival. Yours alone: nothing leaves this machine."""


@journal.command("export", short_help="Write it as JSON Lines, also while the daemon runs.")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
def export(file: Path) -> None:
    """Write it as JSON Lines to FILE or standard output, also while the daemon runs."""
    with reading() as found:
        if str(file) == "-":
            for line in found.lines():
                click.echo(line)
            return
        try:
            private = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(private, "w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in found.lines())
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}") from None


@journal.command("import", short_help="Take over what `export` wrote, into an empty journal.")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def import_(file: Path) -> None:
    """Take over what `export` wrote, all or nothing, into an empty journal. Stop the daemon first."""
    try:
        with opened(file) as lines, Journal.open(journal_file()) as target:
            count = target.import_(lines, str(file))
    except (JournalError, TraceError) as error:
        raise Failure(str(error)) from None
    click.echo(f"{count} lines taken over into {journal_file()}")


@journal.command("verify", short_help="Check that it is whole, and is decided the same again.")
@click.option("--json", "as_json", is_flag=True, help="The result as one object.")
def verify(as_json: bool) -> None:
    """Check the file, the order, and that the core decides the same again; exit code 1 if anything is amiss."""
    with reading() as found:
        problems = found.verify()
        if not problems:
            problems = differences(found)
        sources = [row.source if isinstance(row, Entry) else "" for row in found.rows()]
        rows, gap = len(sources), ", up to a span that was forgotten" if FORGOTTEN in sources else ""
    if as_json:
        click.echo(json.dumps({"journal": str(journal_file()), "rows": rows, "problems": problems}))
    else:
        for problem in problems:
            click.echo(f"breakd: {problem}", err=True)
        if not problems:
            click.echo(f"{journal_file()}: {rows} rows, whole, and every decision comes out the same again{gap}")
    sys.exit(1 if problems else 0)


def differences(found: Journal) -> list[str]:
    """Where the decisions written down are not those that the core makes of the same events."""
    if found.latest is None:
        return []
    rows, to = list[Entry | Did](), found.latest
    for row in found.rows():
        if isinstance(row, Entry) and row.source == FORGOTTEN:  # what was decided behind it came of what is gone
            to = row.at
            break
        rows.append(row)
    written = [row for row in rows if isinstance(row, Did)]
    again = [did(decision) for decision in recomputed((row for row in rows if isinstance(row, Entry)), to)]
    for old, new in zip(written, again, strict=False):
        if (old.at, old.name, dict(old.facts)) != (new.at, new.name, dict(new.facts)):
            return [f"row {old.seq}: decided was {old.name} at {old.at}, the core now decides {new.name} at {new.at}"]
    if len(written) != len(again):
        return [f"{len(written)} decisions are written down, the core now makes {len(again)}"]
    return []


@contextmanager
def reading() -> Iterator[Journal]:
    """The journal for reading. Raises Failure, also for what goes wrong on the way."""
    path = journal_file()
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise Failure(f"{path}: there is no journal yet; `breakd run` begins one") from None
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}: make the file and its folder readable for you") from None
    try:
        with Journal.open_reading(path) as found:
            yield found
    except JournalError as error:
        raise Failure(str(error)) from None


COMMANDS = {"journal": journal}
