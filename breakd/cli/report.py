"""`breakd report --at MOMENT`: what went wrong, as the fewest events that show it, fit to be given away."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from breakd.cli.client import Failure
from breakd.cli.journal import reading
from breakd.cli.moments import Moment, here
from breakd.cli.simulate import Run
from breakd.cli.why import core_reach
from breakd.daemon.hindsight.report import ROUTINELESS, Report, report
from breakd.daemon.store.journal import JournalError
from breakd.daemon.store.trace import read
from breakd.settings.load import load
from breakd.settings.paths import presets

SECONDS = 20.0  # for leaving out what is not needed


@click.command("report")
@click.option("--at", type=Moment(), metavar="MOMENT", help='When it was: 15:10, "yesterday 15:10", 2h (ago); now.')
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to this file; - or none: print it.")
@click.option("--seconds", type=click.FloatRange(0), default=SECONDS, show_default=True, help="To make it small.")
def report_(at: datetime | None, output: Path | None, seconds: float) -> None:
    """What happened around a moment, to attach to an issue: a trace that `breakd simulate` decides the same upon.

    All times are moved, and there are no words of yours in it, no names of programs or routines: read it and see.
    """
    moment = at or here()
    end = time.monotonic() + seconds
    with reading() as journal:
        core = journal.core(round(moment.timestamp() * 1000))
        core_reach(journal, moment, core)
        try:
            with progress() as show:
                found = report(journal, core, shipped(), out_of_time=lambda: time.monotonic() >= end, progress=show)
        except JournalError as error:
            raise Failure(str(error)) from None
    checked(found)
    write(found, output)
    kept = f"{found.left} of {found.events} events" if found.left != 1 else f"1 of {found.events} events"
    much = "" if found.fewest else f"; time ran out, more than {seconds:g} s (--seconds) may leave out more"
    click.echo(f"{kept} show it, with {found.decided} decisions around that moment{much}", err=True)


def shipped() -> set[str]:
    """Names of breaks that come along, and so tell nothing of anybody."""
    files = [None, *presets()]
    return {name for preset in files for name in load(None, [f"preset={preset}"] if preset else []).breaks}


def checked(found: Report) -> None:
    """See that what is given away decides, as a trace, what it says. Raises Failure."""
    run, decided = Run(load()), list[str]()
    for line in read(found.lines, "report"):
        decided += [run.shown(decision, as_json=True) for decision in run.feed(line)]
    decided += [run.shown(decision, as_json=True) for decision in run.end()]
    said = [facts(line) for line in found.lines if '"did":' in line]
    if [facts(line) for line in decided][len(decided) - len(said) :] != said:
        raise Failure("the report does not decide the same again as a trace: this is a mistake in breakd")


def facts(line: str) -> dict[str, Any]:
    """A decision in a trace, without what is no part of a report."""
    told = json.loads(line)
    at = datetime.fromisoformat(told.pop("at"))
    return {"at": at, **{key: value for key, value in told.items() if key not in ROUTINELESS}}


def write(found: Report, output: Path | None) -> None:
    """Print it, or write it to a new file. Raises Failure."""
    text = "".join(f"{line}\n" for line in found.lines)
    if output is None or str(output) == "-":
        sys.stdout.write(text)
        return
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise Failure(f"{output}: {error.strerror}") from None


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A bar of what is left, where there is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _left, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("leaving out what is not needed", total=1.0)

        def show(left: int, of: int) -> None:
            bar.update(task, total=of, completed=of - left, description=f"{left} of {of} events are left")

        yield show


COMMANDS = {"report": report_}
