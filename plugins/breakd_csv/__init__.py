"""Nights, exercise, how one felt and presence from any table in a CSV file, by a mapping in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from breakd import Emit, Register
from breakd_csv.mapping import Mapped, mapped


@dataclass(frozen=True)
class Settings:
    """`[plugins.csv]`. `files`: a table for each kind of file: `[plugins.csv.files.NAME]`."""

    files: Mapping[str, Mapping[str, str | int | bool | Mapping[str, str]]]

    def __post_init__(self) -> None:
        for name, table in self.files.items():
            mapped(name, table)


def breakd_register(register: Register) -> None:
    """An importer for each mapping: `breakd import csv.NAME FILE`."""
    for name, table in register.settings(Settings).files.items():
        register.importer(partial(_import, mapped(name, table)), name=name)


def _import(mapping: Mapped, path: Path, emit: Emit) -> None:
    from breakd_csv.reading import import_

    import_(path, emit, mapping)
