"""`breakd routines new`: a commented routine to fill in."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import click

from breakd.cli.client import Failure, WrongUse, answered
from breakd.core import vocabulary
from breakd.settings import routine_schema, write
from breakd.settings.errors import SettingsError
from breakd.settings.routine_values import ID
from breakd.settings.routines import read_pack

TEMPLATE = """\
[[routine]]
id = "{id}"                     # its whole name is {pack}.{id}
title = {title}
kind = "{kind}"                 # {kinds}
regions = [{region}]            # what it moves: {regions}
breaks = ["{break_}"]           # "move" (3 min), "micro" (30 s), or a kind of your own
needs = []                      # what must be at hand: {needs}
involves = [{asks}]             # for `avoid` in [me]: {involves}
intensity = "light"             # light, moderate, vigorous; or met = 2.3, from the Compendium of Physical Activities
warm_up = {warm_up}             # it begins with walking, or with marching in the seat
# because = "..."               # why it helps, and who says so
cautions = []                   # when not to do it; the general ones are added by themselves

[[routine.steps]]
text = "{first}"                # a command of at most 8 words
seconds = {seconds}
hint = "How to do it, in a sentence."

[[routine.steps]]
text = "Do the {{side}} side"
hold = {hold}                   # seconds; or seconds = 30; or repetitions = 8 with pace = 4 (seconds each)
sides = true                    # left, then right
"""
COLUMN = 32  # where comments begin


class Answers(NamedTuple):
    """What was asked."""

    title: str
    kind: str = "stretching"
    region: str = ""
    break_: str = "move"


def asked(title: str | None) -> Answers:
    """Ask the person; Enter takes what is proposed. Raises WrongUse if there is nobody to answer."""
    with answered("give a TITLE, and --yes to be asked nothing"):
        title = title or click.prompt("Title", default="My routine")
        kind = click.prompt(f"Kind ({', '.join(vocabulary.KINDS)})", default="stretching")
        region = click.prompt(
            "What does it move, such as lower back (Enter: nothing special)", default="", show_default=False
        )
        return Answers(title, kind, region, click.prompt("For which break (move, micro)", default="move"))


def add(answers: Answers, pack: str, folder: Path, taken: Collection[str]) -> tuple[str, Path]:
    """Write the template behind what is in the file; its id, which is none of those `taken`, and the file.

    Raises Failure, and changes nothing.
    """
    if not re.fullmatch(ID, pack):
        raise WrongUse(f"--file: expected lower-case letters, digits, - and _, such as mine, found {pack!r}")
    file = folder / f"{pack}.toml"
    try:
        with write.alone(file):
            before = write.own_text(file)
            known = _known(file, pack) if before.strip() else set()
            name = _free(_slug(answers.title), {each.removeprefix(f"{pack}.") for each in (*known, *taken)})
            text = _behind(before, _filled(answers, pack, name))
            _check(file, pack, text)
            write.replace(file, text)
    except SettingsError as error:
        raise Failure(str(error)) from None
    try:
        write.renew(folder / routine_schema.FILE, routine_schema.text())
    except SettingsError as error:
        click.echo(f"without a schema for editors: {error}", err=True)
    return f"{pack}.{name}", file


def _known(file: Path, pack: str) -> set[str]:
    """The ids in this file. Raises Failure if it has mistakes."""
    try:
        return {routine.id for routine in read_pack(file, pack, own=True).routines}
    except SettingsError as error:
        raise Failure(f"mend this file first, or take another with --file:\n{error}") from None


def _behind(before: str, filled: str) -> str:
    """The whole file, with the ends of lines that it had."""
    newline = "\r\n" if "\r\n" in before else "\n"
    before = before if before.strip() else routine_schema.FIRST_LINE
    return before.rstrip() + f"\n\n{filled}".replace("\n", newline)


def _check(file: Path, pack: str, text: str) -> None:
    """Raises Failure if this would not do, such as an answer that is none."""
    target = Path(os.path.realpath(file))  # pictures are looked for beside it
    new = target.with_name(f".{target.name}.{os.getpid()}")  # hidden: not taken for a file of routines meanwhile
    try:
        new.write_text(text, encoding="utf-8", newline="")
        read_pack(new, pack, own=True)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror or error}") from None
    except SettingsError as error:
        told = "\n".join(f"{problem.key}: {problem.message}" for problem in error.problems)
        raise Failure(f"nothing was written, since that would not do:\n{told}") from None
    finally:
        with contextlib.suppress(OSError):
            new.unlink()


def _filled(answers: Answers, pack: str, name: str) -> str:
    micro = answers.break_ == "micro"
    filled = TEMPLATE.format(
        id=name,
        pack=pack,
        title=_quoted(answers.title),
        kind=answers.kind,
        region=_quoted(answers.region) if answers.region else "",
        break_=answers.break_,
        warm_up="false" if micro else "true",
        asks="" if micro else '"standing"',
        first="Let your arms hang" if micro else "Stand up and walk a minute",
        seconds=10 if micro else 60,
        hold=10 if micro else 20,
        kinds=", ".join(vocabulary.KINDS),
        regions=", ".join(vocabulary.REGIONS),
        needs=", ".join(vocabulary.NEEDS),
        involves=", ".join(vocabulary.INVOLVES),
    )
    return "".join(_aligned(line) for line in filled.splitlines(keepends=True))


def _aligned(line: str) -> str:
    """Comments in one column, whatever was filled in before them."""
    code, hash_, comment = line.partition("  # ")
    return f"{code.rstrip():<{COLUMN - 2}}  # {comment.lstrip()}" if hash_ else line


def _quoted(text: str) -> str:
    clean = "".join(char for char in " ".join(text.split()) if unicodedata.category(char) not in ("Cc", "Cs"))
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "routine"


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (found := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return found
