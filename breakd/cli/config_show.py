"""`breakd config show`: what is in force, and where each value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from breakd.cli.client import Failure, WrongUse
from breakd.settings.errors import SettingsError
from breakd.settings.keys import Keys, keys_of, named
from breakd.settings.layers import Layer, leaves, merged, read_layers
from breakd.settings.load import in_force
from breakd.settings.reference import all_types

Said = tuple[Keys, Any]


@click.command("show", short_help="Print what is in force, and where it comes from.")
@click.argument("key", required=False)
@click.option("--origin", is_flag=True, help="Where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="All values, with their origin, as one object.")
@click.pass_obj
def show(own: Path, key: str | None, origin: bool, as_json: bool) -> None:
    """Print the settings in force as TOML, those below KEY or all: the defaults, your preset and your file together."""
    layers = _layers(own)
    values = merged(layers)
    said = [(path, value) for path, value in leaves(values) if value != {}]
    if key is not None:
        said = _below(key, said, values)
    if as_json:
        click.echo(json.dumps({".".join(path): _facts(path, value, layers) for path, value in said}, default=str))
    elif key is not None and len(said) == 1 and said[0][0] == keys_of(key):
        [(path, value)] = said
        click.echo(shown(value) + (f"  # {_origin(path, layers)}" if origin else ""))
    else:
        for text in _lines(said, layers if origin else ()):
            click.echo(text)


def _layers(own: Path) -> list[Layer]:
    """The layers in force. Raises Failure if there are mistakes in them."""
    try:
        layers = read_layers(own if own.exists() or own.is_symlink() else None, ())
        in_force(layers)
    except (SettingsError, OSError) as error:
        raise Failure(str(error)) from None
    return layers


def _below(key: str, said: list[Said], values: dict[str, Any]) -> list[Said]:
    try:
        path = keys_of(key)
        found = [(each, value) for each, value in said if each[: len(path)] == path]
        if not found and path in {pattern[: len(path)] for pattern in all_types()}:
            return []
        if not found:
            named(key, values)
            raise Failure(f"{key}: not set; {_about(path)}")
    except SettingsError as error:
        raise WrongUse(str(error)) from None
    return found


def _about(path: Keys) -> str:
    """What a key is that nobody says."""
    from breakd.settings.reference import keys

    alike = (key.about for key in keys() if (key.path[0], key.path[-1]) == (path[0], path[-1]))
    return next(alike, "nobody says anything of it")


def _lines(said: Sequence[Said], layers: Sequence[Layer]) -> Iterator[str]:
    """As TOML, table by table."""
    for table, group in groupby(said, lambda each: each[0][:-1]):
        if table:
            yield f"\n[{'.'.join(map(_key, table))}]"
        for path, value in group:
            text = f"{_key(path[-1])} = {shown(value)}"
            yield f"{text:<39} # {_origin(path, layers)}" if layers else text


def _facts(path: Keys, value: Any, layers: Sequence[Layer]) -> dict[str, Any]:
    layer = _layer(path, layers)
    place = layer.place(path)
    line, column = (None, None) if place is None else place
    return {"value": value, "origin": layer.origin, "file": layer.name, "line": line, "column": column}


def _layer(path: Keys, layers: Sequence[Layer]) -> Layer:
    return next((layer for layer in reversed(layers) if layer.says(path)), layers[0])


def _origin(path: Keys, layers: Sequence[Layer]) -> str:
    layer = _layer(path, layers)
    if layer.origin == "default":
        return "default"
    if layer.origin == "preset":
        return f"preset {Path(layer.name).stem}"
    place = layer.place(path)
    return layer.name if place is None else f"{layer.name}:{place.line}:{place.column}"


def line(path: Keys, value: Any) -> str:
    """A key and its value on a line."""
    return f"{'.'.join(map(_key, path))} = {shown(value)}"


def shown(value: Any) -> str:
    """A value as TOML has it."""
    import tomlkit

    if isinstance(value, dict):
        inner = tomlkit.inline_table()
        inner.update(value)
        return str(inner.as_string())
    return str(tomlkit.item(value).as_string())


def _key(name: str) -> str:
    import tomlkit

    return str(tomlkit.key(name).as_string())


COMMANDS = {"show": show}
