"""`breakd config init`: a settings file of one's own, after four questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from breakd.cli.client import Failure, answered
from breakd.core import vocabulary
from breakd.settings.errors import SettingsError
from breakd.settings.keys import Keys, typed
from breakd.settings.layers import laid, of_text
from breakd.settings.load import in_force
from breakd.settings.paths import presets

NONE = "none"
HEAD = """\
# Your settings of breakd. They say only what differs from the defaults:
# `breakd config show` prints all, `breakd config set KEY VALUE` changes one, docs/settings.md tells what each means.
"""


@click.command("init", short_help="Begin a settings file, with four questions.")
@click.option("--yes", is_flag=True, help="Ask nothing: a file without changes, to begin with.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as one object.")
@click.pass_obj
def init(own: Path, yes: bool, as_json: bool) -> None:
    """Begin a settings file of your own, with four questions, and the schema for editors beside it."""
    if own.exists():
        raise Failure(f"{own}: there already; `breakd config edit` opens it")
    begin(own, {} if yes else asked())
    if as_json:
        click.echo(json.dumps({"file": str(own), "schema": str(schema_beside(own))}))
    else:
        click.echo(f"{own}: written")


def asked() -> dict[Keys, Any]:
    """The answers to the questions, as settings; what is as it would be anyway is left out. Raises WrongUse."""
    with answered("say --yes to be asked nothing"):
        return _answers()


def _answers() -> dict[Keys, Any]:
    found: dict[Keys, Any] = {}
    click.echo("How do you work? A preset is a set of settings; whatever you change yourself wins over it.\n")
    for name, path in presets().items():
        click.echo(f"  {name:<16} {about(path)}")
    preset = _choice("\npreset", [NONE, *presets()], NONE)
    if preset != NONE:
        found["preset",] = preset
    usual = _settings(found).breaks["move"].every // 60_000
    minutes = click.prompt("minutes of sitting between two breaks", usual, type=click.IntRange(5, 240))
    if minutes != usual:
        found["breaks", "move", "every"] = f"{minutes}m"
    for key, question, words in (
        ("sore", "what is sore (such as lower back, neck)", vocabulary.REGIONS),
        ("avoid", "what exercises should avoid (such as floor, standing, overhead)", vocabulary.WORDS),
    ):
        usually = list(getattr(_settings(found).me, key))
        answer = _words(key, question, words, usually)
        if answer != usually:
            found["me", key] = answer
    return found


def _choice(question: str, choices: list[str], usual: str) -> str:
    return str(click.prompt(question, usual, type=click.Choice(choices), show_choices=False))


def _words(key: str, question: str, words: tuple[str, ...], usual: list[str]) -> list[str]:
    """Asked until each word is one that is known, or certainly one of the person's own."""
    while True:
        text = click.prompt(question, ", ".join(usual) or NONE)
        found = [] if text.strip() == NONE else list(typed(("me", key), str(text)))
        try:
            _settings({("me", key): found})
        except SettingsError as error:
            click.echo("\n".join(problem.message for problem in error.problems))
            click.echo(f"known: {', '.join(words)}")
            continue
        return found


def _settings(values: dict[Keys, Any]) -> Any:
    """The settings with these values. Raises SettingsError if they are none."""
    from breakd.settings.edit import with_values

    file = Path("answers")
    return in_force(laid([of_text(file, with_values(file, "", values))])).settings


def begin(own: Path, values: dict[Keys, Any]) -> None:
    """Write a first settings file with these values, and the schema beside it. Raises Failure if that cannot be."""
    from breakd.settings import schema
    from breakd.settings.edit import with_values
    from breakd.settings.write import alone, replace

    try:
        with alone(own):
            said = with_values(own, "", values).lstrip("\n")
            replace(own, f"{schema.FIRST_LINE}\n{HEAD}" + (f"\n{said}" if said else ""))
        refresh(own)
    except SettingsError as error:
        raise Failure(str(error)) from None


def refresh(own: Path) -> None:
    """Let the schema beside the file be that of this version."""
    from breakd.settings import schema, write

    write.renew(schema_beside(own), schema.text())


def schema_beside(own: Path) -> Path:
    """Where the schema for editors lies."""
    from breakd.settings import schema

    return own.parent / schema.FILE


def about(path: Path) -> str:
    """The first sentence of what a preset says of itself."""
    text = " ".join(line.removeprefix("# ") for line in path.read_text(encoding="utf-8").splitlines()[1:4])
    return text.partition(": ")[0].partition(". ")[0].rstrip(".:")


COMMANDS = {"init": init}
