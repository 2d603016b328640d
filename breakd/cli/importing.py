"""`breakd import NAME FILE`: what a plugin reads goes into the journal, all or nothing, and nothing twice."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from breakd.cli.client import Failure, request
from breakd.cli.plugin_hosts import facts, hosted
from breakd.daemon.imports import lines
from breakd.plugin.host import Host
from breakd.plugin.importing import Report
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Thing, nearest
from breakd.settings.paths import runtime_folder


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken over.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_(name: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Read FILE through the plugin NAME: nights, exercise, how you felt. The daemon has to run, unless it is a dry run.

    Whatever goes wrong, nothing is taken over by halves; what the journal has from this plugin already is left out.
    """
    reports = read(name, file.absolute())
    counts = dict(Counter(report.event.name for report in reports))
    new = len(reports) if dry_run else hand_over(name, reports)
    if as_json:
        click.echo(json.dumps({"read": counts, "new": None if dry_run else new, "dry_run": dry_run}))
        return
    told = ", ".join(f"{count} x {what}" for what, count in counts.items()) or "nothing"
    if reports:
        told += f", {reports[0].at:%Y-%m-%d} to {reports[-1].at:%Y-%m-%d}"
    click.echo(f"{file}: {told}")
    click.echo(
        "nothing was taken over: a dry run" if dry_run else f"{new} taken over, {len(reports) - new} known before"
    )


def read(name: str, file: Path) -> list[Report]:
    """What the importer reads. Raises Failure with what it says against the file."""
    host = hosted([name.partition(".")[0]], limits=Limits(hold=math.inf))  # it may hold this loop: nothing else runs
    thing = host.thing("importer", name) or _refuse(name, host)
    try:
        with progress() as show:
            return asyncio.run(_read(host, thing, file, show))
    except Exception as error:
        raise Failure(f"{name}: {thing.explain(error)}; nothing was taken over") from None


async def _read(host: Host, thing: Thing, file: Path, show: Callable[[float], None]) -> list[Report]:
    try:
        return await host.gather(thing, file, show)
    finally:
        await host.stop()


def _refuse(name: str, host: Host) -> NoReturn:
    plugin = host.plugins.get(name.partition(".")[0])
    if plugin is not None and plugin.fate != "ok":
        raise Failure(f"plugin {plugin.name}: {plugin.fate}: {plugin.why}")
    every, _ = facts()
    names = [thing["name"] for each in every.values() for thing in each["things"] if thing["kind"] == "importer"]
    known = f"; importers: {', '.join(names)}" if names else "; no plugin here imports anything"
    raise Failure(f"there is no importer {name!r}{nearest(name, names)}{known}")


def hand_over(name: str, reports: list[Report]) -> int:
    """Give them to the daemon; how many it did not know. Raises Failure."""
    folder = runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(suffix=".jsonl", prefix="import-", dir=folder)  # the user's alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines(reports))
        return int(request(do="import", file=path, source=name)["new"])
    finally:
        Path(path).unlink(missing_ok=True)


@contextmanager
def progress() -> Iterator[Callable[[float], None]]:
    """A bar, where there is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda done: bar.update(task, completed=done)


COMMANDS = {"import": import_}
