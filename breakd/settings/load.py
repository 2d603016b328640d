"""From files to settings: the layers laid on each other, converted, and every problem found in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from breakd.settings.convert import ABSENT, Faults, parts
from breakd.settings.errors import Fault, KeyPath, Problem, SettingsError, in_order
from breakd.settings.files import read_toml
from breakd.settings.layers import Layer, has, merged, read_layers
from breakd.settings.lines import places_of
from breakd.settings.model import Settings
from breakd.settings.renamed import RENAMED
from breakd.settings.sense import misfits, sense


class Loaded(Struct, frozen=True):
    """The settings in force, the layers they came from (the lowest first), and what works but should be told."""

    settings: Settings
    layers: tuple[Layer, ...]
    notes: tuple[Problem, ...]


def load(file: Path | None = None, sets: Sequence[str] = ()) -> Settings:
    """The settings in force. `sets`: "breaks.move.every=45m", as on the command line.

    Raises SettingsError with every problem there is, each with file, line, column and key.
    """
    return loaded(file, sets).settings


def loaded(file: Path | None = None, sets: Sequence[str] = (), renamed: Mapping[str, str] = RENAMED) -> Loaded:
    """The settings in force and where they come from; as `load`."""
    return in_force(read_layers(file, sets, renamed))


def in_force(layers: Sequence[Layer]) -> Loaded:
    """What the layers come to. Raises SettingsError with every problem in them."""
    faults: Faults = []
    values = merged(layers)
    found = parts(Settings, values, (), faults)
    broken = [problem for layer in layers for problem in layer.problems]
    settings = None if faults or broken else Settings(**found)
    if settings is not None:
        sense(settings, faults)
    else:
        misfits(found.get("breaks") or {}, found.get("presence"), found.get("prompt"), faults)
    if broken:  # what is missing may be just what could not be read
        faults = [fault for fault in faults if fault.message != ABSENT]
    if faults or settings is None:
        from breakd.settings.keys import elsewhere  # reads the reference, which only mistakes are worth

        raise SettingsError(in_order([*broken, *located(elsewhere(faults, values), layers)]))
    return Loaded(settings, tuple(layers), tuple(note for layer in layers for note in layer.notes))


def locator(file: Path | None) -> Callable[[KeyPath], str]:
    """Tells where a key of this file stands, as FILE:LINE:COLUMN; "" if it does not."""

    def locate(path: KeyPath) -> str:
        try:
            text, values = ("", {}) if file is None else read_toml(file)
        except SettingsError:  # it has become one that cannot be read
            return ""
        if not has(values, path):
            return ""
        place = places_of(text).nearest(path)
        return f"{file}:{place.line}:{place.column}" if place else str(file)

    return locate


def located(faults: Sequence[Fault], layers: Sequence[Layer]) -> list[Problem]:
    """Each fault in the topmost layer that says its key; a missing key stands where its table is."""
    if not faults:
        return []
    of_layer: dict[int, list[Fault]] = {}
    for fault in faults:
        index, mirror = _layer_of(fault.path, layers), fault.mirror
        if mirror is not None and _layer_of(mirror.path, layers) > index:  # of two, what the person wrote is told
            index, fault = _layer_of(mirror.path, layers), mirror  # noqa: PLW2901
        of_layer.setdefault(index, []).append(fault)
    return [problem for index, found in of_layer.items() for problem in layers[index].located(found)]


def _layer_of(path: KeyPath, layers: Sequence[Layer]) -> int:
    for depth in range(len(path), 0, -1):
        for index in range(len(layers) - 1, -1, -1):
            if layers[index].says(path[:depth]):
                return index
    return len(layers) - 1
