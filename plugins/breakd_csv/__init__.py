"""Nights, exercise, how one felt and presence from any table in a CSV file, by a mapping in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from breakd import Emit, Register

if TYPE_CHECKING:
    from breakd_csv.mapping import Mapped


@dataclass(frozen=True)
class Settings:
    """`[plugins.csv]`. `files`: a table for each kind of file: `[plugins.csv.files.NAME]`."""

    files: Mapping[str, Mapping[str, str | int | bool | Mapping[str, str]]]

    def __post_init__(self) -> None:
        from breakd_csv.mapping import mapped  # here: whoever has no table need not pay for it

        for name, table in self.files.items():
            mapped(name, table)


def breakd_register(register: Register) -> None:
    """An importer for each mapping: `breakd import csv.NAME FILE`."""
    files = register.settings(Settings).files
    from breakd_csv.mapping import mapped

    for name, table in files.items():
        register.importer(partial(_import, mapped(name, table)), name=name)


def _import(mapping: Mapped, path: Path, emit: Emit) -> None:
    from breakd_csv.reading import import_

    import_(path, emit, mapping)
