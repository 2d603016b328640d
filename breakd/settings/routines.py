"""Routines that people write in TOML: `docs/routines.md` shows the file, this module reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from breakd.core.routines import ASK_FIRST, STOP_RULE, Routine, Step
from breakd.settings.convert import nearest, shown
from breakd.settings.errors import Fault, KeyPath, SettingsError, key_path
from breakd.settings.files import read_toml
from breakd.settings.lines import placed

Table: TypeAlias = Mapping[str, object]
Read: TypeAlias = Callable[[object], Any]  # a TOML value into a field, or a ValueError saying what is expected


def load_routines(path: Path, prefix: str = "") -> tuple[Routine, ...]:
    """The routines in the file, in its order; ids become `prefix.id`, pictures are looked for beside the file.

    Raises SettingsError with every problem in the file, each with its line and key.
    """
    text, document = read_toml(path)
    reader = _Reader(path.absolute().parent, prefix)
    routines = reader.document(document)
    if reader.problems:
        raise SettingsError(placed((Fault(*problem) for problem in reader.problems), str(path), text))
    return routines


class _Reader:
    """Reads one file; `problems`: where and what is wrong, in no order."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.problems: list[tuple[KeyPath, str]] = []
        self._prefix = f"{prefix}." if prefix else ""
        self._step_fields: Mapping[str, Read] = {**_STEP, "image": lambda value: _picture(folder, value)}

    def document(self, document: Table) -> tuple[Routine, ...]:
        """The whole file; without the routines that have problems."""
        self._unknown(document, {"routine"}, ())
        tables = self._tables("routine", document, ())
        self._repeated(tables)
        found = [self._routine(table, ("routine", place)) for place, table in tables.items()]
        return tuple(routine for routine in found if routine is not None)

    def _routine(self, table: Table, path: KeyPath) -> Routine | None:
        before = len(self.problems)
        self._unknown(table, {*_ROUTINE, "steps"}, path)
        values = self._values(table, _ROUTINE, ("id", "title"), path)
        tables = self._tables("steps", table, path)
        found = [self._step(step, (*path, "steps", place)) for place, step in tables.items()]
        if len(self.problems) > before:
            return None
        values["id"] = self._prefix + values["id"]
        # Rule 22: whoever wrote the routine, it carries its stop rule.
        values["cautions"] = tuple(dict.fromkeys((*values.get("cautions", ()), STOP_RULE, ASK_FIRST)))
        return Routine(steps=tuple(step for step in found if step is not None), **values)

    def _step(self, table: Table, path: KeyPath) -> Step | None:
        before = len(self.problems)
        self._unknown(table, self._step_fields, path)
        values = self._values(table, self._step_fields, ("text", "seconds"), path)
        return Step(**values) if len(self.problems) == before else None

    def _values(
        self, table: Table, fields: Mapping[str, Read], needed: tuple[str, ...], path: KeyPath
    ) -> dict[str, Any]:
        """The fields of this table that are said and right."""
        values = {}
        for key, read in fields.items():
            if key in table:
                try:
                    values[key] = read(table[key])
                except ValueError as error:
                    self.problems.append(((*path, key), f"{error}, found {shown(table[key])}"))
            elif key in needed:
                self.problems.append(((*path, key), "missing"))
        return values

    def _unknown(self, table: Table, known: Mapping[str, object] | set[str], path: KeyPath) -> None:
        self.problems += [((*path, key), f"unknown key{nearest(key, known)}") for key in table if key not in known]

    def _tables(self, key: str, table: Table, path: KeyPath) -> dict[int, Table]:
        """The tables under `key` by their places, of which there has to be one at least."""
        header = ".".join(part for part in (*path, key) if isinstance(part, str))
        items = table.get(key, [])
        if not isinstance(items, list):
            problem = f"expected [[{header}]], in two pairs of brackets, found {shown(items)}"
            self.problems.append(((*path, key), problem))
            return {}
        if not items:
            self.problems.append(((*path, key), f"expected at least one [[{header}]], found none"))
        found = {place: item for place, item in enumerate(items) if isinstance(item, Mapping)}
        wrong = [place for place in range(len(items)) if place not in found]
        self.problems += [((*path, key, place), f"expected a table, found {shown(items[place])}") for place in wrong]
        return found

    def _repeated(self, tables: dict[int, Table]) -> None:
        first: dict[str, int] = {}
        for place, table in tables.items():
            name = table.get("id")
            if isinstance(name, str) and first.setdefault(name, place) != place:
                problem = f"expected an id of its own, found {shown(name)}, as in {key_path(('routine', first[name]))}"
                self.problems.append((("routine", place, "id"), problem))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return " ".join(value.split())  # a long text may be written over several lines


def _id(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
        raise ValueError('expected lower-case letters, digits and dashes, such as "calf-raises"')
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError('expected a list of texts, such as ["neck", "lower back"]')
    return tuple(_text(item) for item in value)


def _names(value: object) -> tuple[str, ...]:
    return tuple(text.lower() for text in _texts(value))


def _breaks(value: object) -> tuple[str, ...]:
    if value == []:
        raise ValueError('expected at least one kind of break, such as ["move"]')
    return _texts(value)


def _number(low: float, high: float) -> Read:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"expected a number from {low:g} to {high:g}")
        return value

    return read


def _picture(folder: Path, value: object) -> str:
    file = folder / _text(value)
    try:
        found = file.is_file()
    except (OSError, ValueError):  # a name too long, a null byte in it
        found = False
    if not found:
        raise ValueError(f"expected the file of a picture, as seen from {folder}")
    return str(file)


_STEP: Mapping[str, Read] = {"text": _text, "seconds": _number(1, 3600), "hint": _text}
_ROUTINE: Mapping[str, Read] = {
    "id": _id,
    "title": _text,
    "kind": _id,
    "regions": _names,
    "needs": _names,
    "breaks": _breaks,
    "met": _number(1, 12),
    "because": _text,
    "cautions": _texts,
}
