"""`breakd import NAME FILE`: what a plugin reads goes into the journal, all or nothing, and nothing twice."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from breakd.cli.client import Failure, NoDaemon, request
from breakd.cli.plugin_hosts import facts, hosted
from breakd.core.reports import KNOWN
from breakd.daemon.speech.words import span
from breakd.daemon.store.imports import lines
from breakd.plugin.host import Host
from breakd.plugin.importing import Read, Report
from breakd.plugin.interfaces import Present
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Thing, nearest
from breakd.settings.paths import config_file, past_file, runtime_folder

Facts = dict[str, Any]
NOBODY_ASKED: Facts = {"new": None, "known": None}


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken over.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_(name: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Read FILE through the plugin NAME: nights, exercise, how you felt, when you were there.

    The daemon has to run for what goes into the journal, unless it is a dry run. Whatever goes wrong, nothing is taken
    over by halves; what is known already is left out, so a longer export of the same adds only what is new.
    """
    read = reading(name, file.absolute())
    presence = [report for report in read.told if isinstance(report.event, Present)]
    about = [report for report in read.told if not isinstance(report.event, Present)]
    found: Facts = {
        "file": str(file),
        "dry_run": dry_run,
        "read": dict(Counter(report.event.name for report in read.told)),
        "from": f"{read.told[0].at:%Y-%m-%d}" if read.told else None,
        "to": f"{read.told[-1].at:%Y-%m-%d}" if read.told else None,
        "left": read.left,
        **(NOBODY_ASKED if presence and not about else hand_over(name, about, dry_run)),
        "past": keep(name, presence, dry_run) if presence else None,
    }
    for line in [json.dumps(found)] if as_json else told(found):
        click.echo(line)


def reading(name: str, file: Path) -> Read:
    """What the importer reads. Raises Failure with what it says against the file."""
    host = hosted([name.partition(".")[0]], limits=Limits(hold=math.inf))  # it may hold this loop: nothing else runs
    thing = host.thing("importer", name) or _refuse(name, host)
    try:
        with progress() as show:
            return asyncio.run(_read(host, thing, file, show))
    except Exception as error:
        raise Failure(f"{name}: {_explained(error, file, thing)}; nothing was taken over") from None


def told(found: Facts) -> Iterator[str]:
    """The report as people read it."""
    counts = ", ".join(f"{count} x {what}" for what, count in found["read"].items()) or "nothing"
    yield f"{found['file']}: {counts}" + (f", {found['from']} to {found['to']}" if found["from"] else "")
    left: Counter[str] = Counter(found["left"])
    left.update({why: count for why, count in (found["known"] or {}).items() if why != KNOWN})
    for why, count in left.most_common():
        yield f"  left out: {count} x {why}"
    if past := found["past"]:
        yield f"  presence: {span(past['new_s'] * 1000)} new, {span(past['known_s'] * 1000)} known before"
        if not found["dry_run"]:
            yield f"  kept in {past['trace']}: see `breakd history --past {past['name']}`"
    if found["dry_run"]:
        new = "" if found["new"] is None else f"; {found['new']} would be new in the journal"
        yield f"nothing was taken over: a dry run{new}"
    elif found["new"] is not None:
        yield f"{found['new']} taken over, {found['known'].get(KNOWN, 0)} known before"


def _explained(error: Exception, file: Path, thing: Thing) -> str:
    """What is wrong with the file, if that is what it says; else what is wrong with the plugin, with its line."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, ValueError) and str(file) in str(error) else thing.explain(error)


async def _read(host: Host, thing: Thing, file: Path, show: Callable[[float], None]) -> Read:
    try:
        return await host.gather(thing, file, show)
    finally:
        await host.stop()


def _refuse(name: str, host: Host) -> NoReturn:
    plugin = host.plugins.get(name.partition(".")[0])
    if plugin is not None and plugin.fate != "ok":
        raise Failure(f"plugin {plugin.name}: {plugin.fate}: {plugin.why}")
    mine = [thing.name for thing in plugin.things if thing.kind == "importer"] if plugin is not None else []
    if plugin is not None and mine:
        raise Failure(
            f"plugin {plugin.name} has no importer {name!r}, it has {', '.join(mine)}. What it reads is told by "
            f"[plugins.{plugin.name}] in {config_file()}: see docs/importing.md, `breakd plugins info {plugin.name}`"
        )
    every, _ = facts()
    names = [thing["name"] for each in every.values() for thing in each["things"] if thing["kind"] == "importer"]
    known = f"; importers: {', '.join(names)}" if names else "; no plugin here imports anything"
    raise Failure(f"there is no importer {name!r}{nearest(name, names)}{known}")


def hand_over(name: str, reports: list[Report], dry: bool) -> Facts:
    """Give them to the daemon: how many are `new`, and why others are not (`known`); None: nobody could be asked.

    Raises Failure, also without a daemon unless it is a `dry` run.
    """
    if not reports:
        return {"new": 0, "known": {}}
    folder = runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(suffix=".jsonl", prefix="import-", dir=folder)  # the user's alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines(reports))
        answer = request(do="import", file=path, source=name, dry=dry)
    except NoDaemon:
        if not dry:
            raise
        return NOBODY_ASKED
    finally:
        Path(path).unlink(missing_ok=True)
    return {"new": answer["new"], "known": answer["left"]}


def keep(name: str, presence: Iterable[Report], dry: bool) -> Facts:
    """Add presence to the trace of this importer; what that came to. Raises Failure."""
    from breakd.daemon.hindsight.past import added, write
    from breakd.daemon.store.fields import wall_ms
    from breakd.daemon.timing.calendar import local_zone

    file = past_file(name)
    spans = [(wall_ms(each.start), wall_ms(each.end)) for each, _ in presence if isinstance(each, Present)]
    try:
        stored = added(file, spans)
        if not dry and stored.new_ms:
            write(file, stored.spans, local_zone())
    except ValueError as error:
        raise Failure(f"{error}; move that file away to begin anew; nothing was taken over") from None
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}; no presence was taken over") from None
    new, known = (round(ms / 1000) for ms in (stored.new_ms, stored.known_ms))
    return {"name": name, "trace": str(file), "new_s": new, "known_s": known}


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
