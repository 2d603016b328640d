"""Nights, exercise, how one felt and presence from any table in a CSV file, by a mapping in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from breakd import Emit, Register

if TYPE_CHECKING:
    from breakd_csv.mapping import Mapped

Table = Mapping[str, str | int | bool | Mapping[str, str]]


class Settings(Struct, frozen=True):
    """`[plugins.csv]`. `files`: a table for each kind of file: `[plugins.csv.files.NAME]`."""

    files: Mapping[str, Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, table in self.files.items():
            _mapped(name, table)


def breakd_register(register: Register) -> None:
    """An importer for each mapping, `breakd import csv.NAME FILE`, and one that says how to write the first."""
    files = register.settings(Settings).files
    register.importer(partial(_unmapped, tuple(files)))
    for name, table in files.items():
        register.importer(partial(_import, _mapped(name, table)), name=name)


def _mapped(name: str, table: Table) -> Mapped:
    from breakd_csv.mapping import mapped  # here: whoever has no table need not pay for it

    return mapped(name, table)


def _import(mapping: Mapped, path: Path, emit: Emit) -> None:
    from breakd_csv.reading import import_

    import_(path, emit, mapping)


def _unmapped(names: Iterable[str], path: Path, _emit: Emit) -> None:
    from breakd_csv.reading import headings

    there = ", ".join(f"csv.{name}" for name in names)
    mapping = f"import it by the name of one that is there ({there})" if there else "write one"
    first = ", ".join(map(repr, headings(path)))
    meaning = "[plugins.csv.files.NAME] says what columns mean"
    raise ValueError(f"{path}: it begins with {first}; {meaning}: {mapping}, see docs/importing.md")
