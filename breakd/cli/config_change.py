"""`breakd config set` and `unset`: one setting changed, everything else in the file left as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from breakd.cli.client import Failure, WrongUse
from breakd.cli.config_plugins import complaints, unplaced
from breakd.settings.errors import Problem, SettingsError, key_path, one_line
from breakd.settings.keys import Keys, keys_of, named, typed
from breakd.settings.layers import laid, merged, of_text
from breakd.settings.load import in_force


@click.command("set", short_help="Change settings; comments and order stay.")
@click.argument("words", nargs=-1, metavar="KEY VALUE [KEY VALUE]...")
@click.option("--json", "as_json", is_flag=True, help="What was changed, as one object.")
@click.pass_obj
def set_(own: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Change settings in your file: `breakd config set breaks.move.every 45m`.

    VALUE is TOML, or the bare text. Comments and order stay; what would be a mistake is refused.
    """
    if not words or len(words) % 2:
        raise click.UsageError("expected pairs of KEY and VALUE, such as breaks.move.every 45m")
    from breakd.settings.edit import with_values

    pairs = list(zip(words[::2], words[1::2], strict=True))

    def change(text: str) -> tuple[str, list[Change]]:
        values = {}
        for key, value in pairs:
            path = _path(key, own, text)
            values[path] = typed(path, value)
        return with_values(own, text, values), [Change(path, value) for path, value in values.items()]

    _report(own, _apply(own, change), as_json)


@click.command("unset", short_help="Take a setting out of your file.")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="What was changed, as one object.")
@click.pass_obj
def unset(own: Path, key: str, as_json: bool) -> None:
    """Take a setting, or a whole table, out of your file: the preset or the default is in force again."""
    from breakd.settings.edit import without

    def change(text: str) -> tuple[str, list[Change]]:
        layer = of_text(own, text)
        path = keys_of(key)
        if not layer.says(path):
            path = _path(key, own, text)
        if not layer.says(path):
            return text, []
        return without(own, text, path), [Change(path, None)]

    changes = _apply(own, change)
    if not changes and not as_json:
        click.echo(f"{key} is not in {own}: nothing to do")
    else:
        _report(own, changes, as_json)


class Change(NamedTuple):
    """A key and its new value, None if it was taken out."""

    path: Keys
    value: Any


def _path(key: str, own: Path, text: str) -> Keys:
    """The key path that is meant. Raises WrongUse if there is no such key."""
    try:
        return named(key, merged(laid([of_text(own, text)])))
    except SettingsError as error:
        raise WrongUse(str(error)) from None


def _apply(own: Path, change: Callable[[str], tuple[str, list[Change]]]) -> list[Change]:
    """Change the file, unless that would make a mistake that is not in it yet."""
    from breakd.settings.write import alone, own_text, replace

    try:
        with alone(own):
            text = own_text(own)
            broken = of_text(own, text).problems
            if broken:
                raise SettingsError(broken)
            new, changes = change(text)
            plugins = any(each.path[0] == "plugins" for each in changes)
            known = _wrong(own, text, plugins)
            worse = [line for line in _wrong(own, new, plugins) if line not in known]
            if worse:
                raise WrongUse("\n".join(worse))
            if new != text:
                replace(own, new)
    except SettingsError as error:
        raise Failure(str(error)) from None
    return changes


def _wrong(own: Path, text: str, plugins: bool) -> list[str]:
    """Every mistake that this text would be, without its place; those that plugins find, if they are asked."""
    try:
        found = in_force(laid([of_text(own, text)]))
    except SettingsError as error:
        return [_unplaced(problem, own) for problem in error.problems]
    return [unplaced(line) for line in complaints(found, own)] if plugins else []


def _unplaced(problem: Problem, own: Path) -> str:
    """The problem without its place in this file, which moves when something is put in above it."""
    return one_line(f"{problem.key}: {problem.message}") if problem.file == str(own) else str(problem)


def _report(own: Path, changes: list[Change], as_json: bool) -> None:
    from breakd.cli.config_show import line

    if as_json:
        facts = {key_path(change.path): change.value for change in changes}
        click.echo(json.dumps({"file": str(own), "changed": facts}))
        return
    for change in changes:
        click.echo(f"{key_path(change.path)} taken out" if change.value is None else line(change.path, change.value))
    click.echo(f"in {own}")


COMMANDS = {"set": set_, "unset": unset}
