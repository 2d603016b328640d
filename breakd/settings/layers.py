"""Where settings come from: the shipped defaults, a preset, the person's file, single values, each over the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import tomli
from msgspec import Struct, field
from msgspec.structs import replace

from breakd.settings.convert import near, shown
from breakd.settings.errors import Fault, KeyPath, Problem, SettingsError
from breakd.settings.files import Document, parse, read_document
from breakd.settings.lines import Place, placed, places_of, problem
from breakd.settings.paths import presets, shipped
from breakd.settings.renamed import RENAMED, moved

Origin = Literal["default", "preset", "file", "command line"]


class Layer(Struct, frozen=True):
    """One place settings come from. `name`: the file, or `--set`; `text` is empty where there are no lines to point at.

    `problems`: what is no TOML; `notes`: keys under names of former times; `old`: new key path -> the one written.
    """

    origin: Origin
    name: str
    values: Mapping[str, Any]
    text: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    old: Mapping[KeyPath, KeyPath] = field(default_factory=dict)

    def says(self, path: KeyPath) -> bool:
        """Whether this key or table stands here."""
        return has(self.values, path)

    def written(self, path: KeyPath) -> KeyPath:
        """The path under which the person wrote this."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.old:
                return (*self.old[path[:depth]], *path[depth:])
        return path

    def located(self, faults: Iterable[Fault]) -> list[Problem]:
        """The faults where this layer has them."""
        faults = [fault._replace(path=self.written(fault.path)) for fault in faults]
        if self.text:
            return placed(faults, self.name, self.text)
        return [problem(fault, self.name, None) for fault in faults]

    def place(self, path: KeyPath) -> Place | None:
        """Where this key stands, None if there are no lines."""
        return places_of(self.text).keys.get(self.written(path)) if self.text else None


def read_layers(file: Path | None, sets: Sequence[str], renamed: Mapping[str, str] = RENAMED) -> list[Layer]:
    """The layers, the lowest first. Raises SettingsError if a file cannot be read at all."""
    return laid([*([] if file is None else [of_file(file)]), *map(of_item, sets)], renamed)


def laid(own: Iterable[Layer], renamed: Mapping[str, str] = RENAMED) -> list[Layer]:
    """What the person says, on the shipped defaults and the preset that is asked for."""
    own = [_renamed(layer, renamed) for layer in own]
    preset = next((layer for layer in reversed(own) if layer.says(("preset",))), None)
    below = [of_file(shipped() / "breakd.toml", "default")]
    if preset is not None and preset.values["preset"] != "":
        below.append(_preset(preset))
    return [*below, *own]


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """What the layers say together, table by table."""
    found: dict[str, Any] = {"plugins": {}, "schedule": {}}
    for layer in layers:
        found = merge(found, layer.values)
    return found


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`, table by table."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return merged


def leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every key that has a value, not a table, with its path; an empty table counts as a value."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def has(values: Any, path: KeyPath) -> bool:
    """Whether there is something under this path."""
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return True


def of_file(path: Path, origin: Origin = "file") -> Layer:
    """A file as a layer. Raises SettingsError if it has no text."""
    return _layer(path, read_document(path), origin)


def of_text(path: Path, text: str) -> Layer:
    """This text, as if it were in that file."""
    return _layer(path, parse(path, text), "file")


def _layer(path: Path, document: Document, origin: Origin) -> Layer:
    return Layer(origin, str(path), document.values, document.text, document.problems)


def of_item(item: str) -> Layer:
    """ "breaks.move.every=45m", as on the command line. Raises SettingsError if it is nothing of the kind."""
    key, equals, value = item.partition("=")
    if not equals or not key.strip():
        raise SettingsError([Problem("--set", None, item, 'expected KEY=VALUE, such as "breaks.move.every=45m"')])
    values: Any = value_of(value.strip())
    for part in reversed(key.strip().split(".")):
        values = {part: values}
    return Layer("command line", "--set", values)


def value_of(text: str) -> object:
    """A TOML value, or the text itself: `45m` needs no quotes on a command line."""
    try:
        return tomli.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _preset(asking: Layer) -> Layer:
    """The layer that `preset = NAME` asks for; one with the problem that there is none."""
    name, known = asking.values["preset"], presets()
    if not isinstance(name, str):  # which is told as of any other key
        return Layer("preset", "", {})
    if name in known:
        return of_file(known[name], "preset")
    expected, meant = f"one of {', '.join(known)}", near(name, known)
    hint = f", did you mean {meant!r}?" if meant else ""
    fault = Fault(("preset",), f"expected {expected}, found {shown(name)}{hint}", expected, shown(name), meant, True)
    return Layer("preset", "", {}, problems=tuple(asking.located([fault])))


def _renamed(layer: Layer, renamed: Mapping[str, str]) -> Layer:
    """The layer with today's names for keys that had others."""
    if not renamed:
        return layer
    values, old = moved(layer.values, renamed)
    if not old:
        return layer
    layer = replace(layer, values=values, old=old)
    return replace(layer, notes=tuple(layer.located(map(_note, old))))


def _note(new: KeyPath) -> Fault:
    name = ".".join(map(str, new))
    return Fault(new, f"deprecated: it still works, but is now called {name}", instead=name)
