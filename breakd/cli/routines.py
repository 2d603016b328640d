"""`breakd routines`: what there is to do in a break, to look at, to try, to write and to check."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from breakd.cli import cards
from breakd.cli.client import Failure
from breakd.cli.completing import routine_ids
from breakd.cli.shelf import shelf
from breakd.core.routines import Routine
from breakd.settings.convert import nearest
from breakd.settings.errors import Problem
from breakd.settings.paths import routines_folder

as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group("routines")
def routines() -> None:
    """What there is to do in a break, bundled and your own. No daemon is needed."""


@routines.command("list", short_help="All routines, and what keeps one from being offered.")
@click.option("--region", help='Only what moves this part of the body, such as "lower back".')
@click.option("--kind", help="Only walking, stretching, strength, ...")
@click.option("--needs", help='Only what needs this, such as wall; "nothing" for what needs nothing.')
@as_json_option
def list_(region: str | None, kind: str | None, needs: str | None, as_json: bool) -> None:
    """All routines; the last column says what keeps one from being offered."""
    here = shelf()
    _say(here.catalogue.problems)
    found = list(here.every)
    for wanted, what, words in (
        (region, "moves", lambda it: it.regions),
        (kind, "is of the kind", lambda it: (it.kind,)),
        (needs, "needs", lambda it: it.needs or ("nothing",)),
    ):
        found = _only(found, wanted, what, words)
    if as_json:
        click.echo(json.dumps([cards.facts(routine, here) for routine in found], indent=2))
    else:
        _table([cards.row(routine, here) for routine in found])


def _only(
    found: list[Routine], wanted: str | None, what: str, words: Callable[[Routine], Sequence[str]]
) -> list[Routine]:
    """Those that have the word. Raises Failure if none has."""
    if wanted is None:
        return found
    left = [routine for routine in found if wanted.lower() in words(routine)]
    if found and not left:
        known = {word for routine in found for word in words(routine)}
        raise Failure(f"no routine here {what} {wanted!r}{nearest(wanted, sorted(known))}")
    return left


def _table(rows: list[tuple[str, ...]]) -> None:
    """A table in a terminal, else plain columns."""
    if not sys.stdout.isatty():
        every = [cards.HEADER, *rows]
        widths = [max(len(each[column]) for each in every) for column in range(len(cards.HEADER))]
        for cells in every:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    shown = [name for name in cards.HEADER if console.width >= cards.WIDE or name in cards.NARROW]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in shown:
        table.add_column(name, no_wrap=name in ("id", "time"), style="bold" if name == "title" else None)
    for cells in rows:
        by_name = dict(zip(cards.HEADER, cells, strict=True))
        style = "dim" if by_name[""] not in ("", "yours") else None
        table.add_row(*(by_name[name] for name in shown), style=style)
    console.print(table)


@routines.command("show", short_help="One routine: its steps, why it helps, when not to do it.")
@click.argument("id_", metavar="ID", shell_complete=routine_ids)
@as_json_option
def show(id_: str, as_json: bool) -> None:
    """One routine: its steps, how long each takes, why it helps, when not to do it."""
    here = shelf()
    routine = here.find(id_)
    if as_json:
        click.echo(json.dumps(cards.facts(routine, here), indent=2))
    else:
        click.echo("\n".join(cards.card(routine, here, shutil.get_terminal_size().columns)))


@routines.command("try")
@click.argument("id_", metavar="ID", shell_complete=routine_ids)
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, help="Faster, to look through it: 10.")
def try_(id_: str, speed: float) -> None:
    """Do one now, in this terminal; Ctrl-C ends it."""
    from breakd.cli.trial import run

    run(shelf().find(id_), speed)


@routines.command("new", short_help="Begin a routine of your own.")
@click.argument("title", required=False)
@click.option("--file", "pack", default="mine", show_default=True, help="The file, by the first part of its ids.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def new(title: str | None, pack: str, yes: bool) -> None:
    """Begin a routine of your own: a commented one to fill in, in your folder."""
    from breakd.cli.template import Answers, add, asked

    answers = Answers(title or "My routine") if yes else asked(title)
    name, file = add(answers, pack, routines_folder(), [routine.id for routine in shelf().every])
    click.echo(f"written: {name}, in {file}")
    click.echo(f"  edit it             {file}")
    click.echo(f"  see what is wrong   breakd routines check {file}")
    click.echo(f"  do it now           breakd routines try {name}")


@routines.command("check", short_help="Every mistake in FILE, or in all your own files.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@as_json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Every mistake in FILE, or in all your own files, each with its place; exit code 1 if there is one."""
    here = shelf(files)
    names = {os.path.realpath(file) for file in files}
    problems, notes = (_of(found, names) for found in (here.catalogue.problems, here.catalogue.notes))
    if as_json:
        told = [("problem", each) for each in problems] + [("note", each) for each in notes]
        click.echo(json.dumps([{"level": level, **_facts(each)} for level, each in told], indent=2))
    else:
        _say((*problems, *notes))
        read = names or here.read
        count = sum(os.path.realpath(file) in read for file in here.catalogue.files.values())
        if not problems:
            click.echo(f"no mistakes: {_number(count, 'routine')} in {_number(len(read), 'file')}")
    if problems:
        sys.exit(1)


@routines.command("schema", short_help="Print the JSON Schema, for editors.")
def schema() -> None:
    """Print the JSON Schema of files of routines, for editors that complete and check TOML."""
    from breakd.settings import routine_schema

    click.echo(routine_schema.text(), nl=False)


def _of(problems: Sequence[Problem], names: set[str]) -> list[Problem]:
    """Those in files of these names; all of them where none are asked for."""
    return [each for each in problems if not names or (each.file and os.path.realpath(each.file) in names)]


def _facts(problem: Problem) -> dict[str, object]:
    place = {"file": problem.file or None, "line": problem.line, "column": problem.column}
    return {**place, "key": problem.key, "message": problem.message}


def _number(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _say(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)


COMMANDS = {"routines": routines}
