"""Routines that people write in TOML: `docs/routines.md` shows the file, this module reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from breakd.core.routines import ASK_FIRST, STOP_RULE, Routine, Step
from breakd.settings.convert import nearest, shown
from breakd.settings.errors import KeyPath, Problem, SettingsError, key_path
from breakd.settings.files import read_toml
from breakd.settings.lines import lines_of

Problems: TypeAlias = list[tuple[KeyPath, str]]  # where, and what is wrong there
Read: TypeAlias = Callable[[object], Any]  # a TOML value into a field, or a ValueError saying what is expected


def load_routines(path: Path, prefix: str = "") -> tuple[Routine, ...]:
    """The routines in the file, in its order; ids become `prefix.id`.

    Raises SettingsError with every problem in the file, each with its line and key.
    """
    text, document = read_toml(path)
    problems: Problems = []
    tables = _list_of_tables("routine", document, (), problems)
    _unknown(document, {"routine": None}, (), problems)
    found = [_routine(table, ("routine", place), prefix, problems) for place, table in tables]
    _repeated(tables, problems)
    if problems:
        raise SettingsError(_placed(problems, str(path), text))
    return tuple(routine for routine in found if routine is not None)


def _routine(table: Mapping[str, object], path: KeyPath, prefix: str, problems: Problems) -> Routine | None:
    before = len(problems)
    _unknown(table, {**_ROUTINE, "steps": None}, path, problems)
    values = _read(table, _ROUTINE, ("id", "title"), path, problems)
    tables = _list_of_tables("steps", table, path, problems)
    steps = [_step(step, (*path, "steps", place), problems) for place, step in tables]
    if len(problems) > before:
        return None
    values["id"] = f"{prefix}.{values['id']}" if prefix else values["id"]
    own = values.pop("cautions", ())
    values["cautions"] = tuple(dict.fromkeys((*own, STOP_RULE, ASK_FIRST)))  # rule 22: whoever wrote the routine
    return Routine(steps=tuple(step for step in steps if step is not None), **values)


def _step(table: Mapping[str, object], path: KeyPath, problems: Problems) -> Step | None:
    before = len(problems)
    _unknown(table, _STEP, path, problems)
    values = _read(table, _STEP, ("text", "seconds"), path, problems)
    return Step(**values) if len(problems) == before else None


def _read(
    table: Mapping[str, object],
    fields: Mapping[str, Read],
    required: tuple[str, ...],
    path: KeyPath,
    problems: Problems,
) -> dict[str, Any]:
    """The fields of this table that are said and right."""
    values = {}
    for key, read in fields.items():
        if key in table:
            try:
                values[key] = read(table[key])
            except ValueError as error:
                problems.append(((*path, key), f"{error}, found {shown(table[key])}"))
        elif key in required:
            problems.append(((*path, key), "missing"))
    return values


def _unknown(table: Mapping[str, object], known: Mapping[str, object], path: KeyPath, problems: Problems) -> None:
    problems += [((*path, key), f"unknown key{nearest(key, known)}") for key in table if key not in known]


def _list_of_tables(
    key: str, table: Mapping[str, object], path: KeyPath, problems: Problems
) -> list[tuple[int, Mapping[str, object]]]:
    """The tables under `key` with their places, at least one."""
    header = ".".join(part for part in (*path, key) if isinstance(part, str))
    items = table.get(key, [])
    if not isinstance(items, list):
        problems.append(((*path, key), f"expected [[{header}]], in two pairs of brackets, found {shown(items)}"))
        return []
    if not items:
        problems.append(((*path, key), f"expected at least one [[{header}]], found none"))
    wrong = [place for place, item in enumerate(items) if not isinstance(item, Mapping)]
    problems += [((*path, key, place), f"expected a table, found {shown(items[place])}") for place in wrong]
    return [(place, item) for place, item in enumerate(items) if isinstance(item, Mapping)]


def _repeated(tables: list[tuple[int, Mapping[str, object]]], problems: Problems) -> None:
    first: dict[str, int] = {}
    for place, table in tables:
        name = table.get("id")
        if isinstance(name, str) and first.setdefault(name, place) != place:
            other = key_path(("routine", first[name]))
            problems.append(
                (("routine", place, "id"), f"expected an id of its own, found {shown(name)}, as in {other}")
            )


def _placed(problems: Problems, file: str, text: str) -> list[Problem]:
    """In the order of the file. A missing key stands where its table begins."""
    lines = lines_of(text)
    every = []
    for path, message in problems:
        known = [lines[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in lines]
        every.append(Problem(file, known[0] if known else None, key_path(path), message))
    return sorted(every, key=lambda problem: problem.line or 0)


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


_STEP: Mapping[str, Read] = {"text": _text, "seconds": _number(1, 3600), "hint": _text, "image": _text}
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
