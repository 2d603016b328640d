"""From files to settings: the shipped defaults, then the person's file, then single values, each over the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from breakd.settings.convert import Problems, table
from breakd.settings.errors import KeyPath, Problem, SettingsError, key_path
from breakd.settings.files import read_toml
from breakd.settings.lines import line_of
from breakd.settings.me import slips
from breakd.settings.model import Settings
from breakd.settings.paths import shipped
from breakd.settings.schedules import sense


@dataclass(frozen=True, slots=True)
class Layer:
    """One place settings come from. `text` is empty where there are no lines to point at."""

    name: str
    values: Mapping[str, Any]
    text: str = ""


def load(file: Path | None = None, sets: Sequence[str] = ()) -> Settings:
    """The settings in force. `sets`: "breaks.move.every=45m", as on the command line.

    Raises SettingsError with every problem there is, each with file, line and key.
    """
    layers = [_file(shipped() / "breakd.toml")]
    if file is not None:
        layers.append(_file(file))
    layers += [_single(item) for item in sets]
    merged: dict[str, Any] = {"plugins": {}, "schedule": {}}
    for layer in layers:
        merged = merge(merged, layer.values)
    problems: Problems = []
    settings = table(Settings, merged, (), problems)
    if settings is not None:
        _sense(settings, problems)
    if problems or settings is None:
        found = [_located(path, message, layers) for path, message in problems]
        raise SettingsError(sorted(found, key=lambda problem: (problem.file, problem.line or 0)))
    return settings


def locator(file: Path | None) -> Callable[[KeyPath], str]:
    """Tells where a key of this file stands, as FILE:LINE; "" if it does not."""

    def locate(path: KeyPath) -> str:
        try:
            text, values = ("", {}) if file is None else read_toml(file)
        except SettingsError:  # it has become one that cannot be read
            return ""
        return f"{file}:{line_of(text, path)}" if _has(values, path) else ""

    return locate


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`, table by table."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return merged


def _file(path: Path) -> Layer:
    text, values = read_toml(path)
    return Layer(str(path), values, text)


def _single(item: str) -> Layer:
    key, equals, value = item.partition("=")
    if not equals or not key.strip():
        raise SettingsError([Problem("--set", None, item, 'expected KEY=VALUE, such as "breaks.move.every=45m"')])
    values: Any = _value(value.strip())
    for part in reversed(key.strip().split(".")):
        values = {part: values}
    return Layer("--set", values)


def _value(text: str) -> object:
    """A TOML value, or the text itself: `45m` needs no quotes on a command line."""
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text


def _sense(settings: Settings, problems: Problems) -> None:
    """What each value allows but together makes no sense."""
    for name, kind in settings.breaks.items():
        if kind.for_ > kind.every:
            problems.append((("breaks", name, "for"), "a break longer than the time between breaks (`every`)"))
        if kind.longest is not None and kind.longest < kind.for_:
            problems.append((("breaks", name, "longest"), "shorter than the break itself (`for`)"))
    problems += slips(settings.me)
    if not any(kind.enabled for kind in settings.breaks.values()):
        problems.append((("breaks",), "no break is enabled, so there is nothing to remind of"))
    sense(settings, problems)


def _located(path: KeyPath, message: str, layers: Sequence[Layer]) -> Problem:
    """The problem with the topmost layer that says this key; a missing key stands where its table is."""
    for depth in range(len(path), -1, -1):
        for layer in reversed(layers):
            if depth and _has(layer.values, path[:depth]):
                line = line_of(layer.text, path[:depth]) if layer.text else None
                return Problem(layer.name, line, key_path(path), message)
    return Problem(layers[-1].name, None, key_path(path), message)


def _has(values: Any, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return True
