"""Which plugins are installed: the entry points of the group `breakd`.

Read here and not by `importlib.metadata`: that brings `email`, `zipfile` and more, a MiB of memory and a tenth of the
start. Source: PyPA specifications "Entry points" and "Recording installed projects".
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import NamedTuple

GROUP = "breakd"
KEPT_IN = (".dist-info", ".egg-info")  # folders that say what is installed, the second in those of old


class Point(NamedTuple):
    """An entry point: `value` is "module" or "module:attribute"; `origin`, `version`: of the distribution it is in."""

    name: str
    value: str
    origin: str
    version: str

    @property
    def module(self) -> str:
        """The module to be imported."""
        return self.value.partition(":")[0].partition("[")[0].strip()

    def load(self) -> object:
        """What the entry point names. Raises whatever its import does, and AttributeError."""
        attribute = self.value.partition(":")[2].partition("[")[0].strip()
        return reduce(getattr, filter(None, attribute.split(".")), importlib.import_module(self.module))


def points() -> Iterator[Point]:
    """All entry points of plugins. Of two distributions of one name the first on the path counts, as for imports."""
    seen = set()
    for folder in _folders():
        text = _text(folder / "entry_points.txt")
        if text is not None and GROUP in text:
            found = dict(_section(text))
            origin, version = _about(folder)
            if found and origin.lower() not in seen:
                seen.add(origin.lower())
                yield from (Point(name, value, origin, version) for name, value in found.items())


def _folders() -> Iterator[Path]:
    for place in dict.fromkeys(sys.path):
        with suppress(OSError):  # not there, a zip file, not ours to look into
            with os.scandir(place or ".") as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith(KEPT_IN))
            yield from (Path(place, name) for name in names)


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _section(text: str) -> Iterator[tuple[str, str]]:
    """The names and values of our group."""
    ours = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            ours = line == f"[{GROUP}]"
        elif ours and line and not line.startswith(("#", ";")):
            name, equals, value = line.partition("=")
            if equals:
                yield name.strip(), value.strip()


def _about(folder: Path) -> tuple[str, str]:
    """Name and version, by the metadata; where that cannot be read, by what the folder is called."""
    text = _text(folder / "METADATA") or _text(folder / "PKG-INFO") or ""
    heads = dict(line.partition(": ")[::2] for line in text.partition("\n\n")[0].splitlines() if ": " in line)
    name, _, version = folder.stem.partition("-")
    return heads.get("Name", name), heads.get("Version", version)
