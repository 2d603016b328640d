"""Keys that had another name in a former version: the old one still works, and is told.

Empty until a released key is renamed. `*` stands for any one name, on both sides in the same order:
`"breaks.*.length": "breaks.*.for"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from breakd.settings.errors import KeyPath

RENAMED: Mapping[str, str] = {}


def moved(values: Mapping[str, Any], renamed: Mapping[str, str]) -> tuple[dict[str, Any], dict[KeyPath, KeyPath]]:
    """The values under today's names, and which key was written how: new path -> old path.

    Where somebody wrote both, the new one counts.
    """
    copy, old = _copy(values), dict[KeyPath, KeyPath]()
    for pattern, successor in renamed.items():
        for path, names in list(_matches(copy, tuple(pattern.split(".")))):
            new = tuple(names.pop(0) if part == "*" else part for part in successor.split("."))
            value = _take(copy, path)
            table = copy
            for part in new[:-1]:
                table = table.setdefault(part, {})
                if not isinstance(table, dict):  # the mistake of that key is told anyhow
                    break
            else:
                table.setdefault(new[-1], value)
            old[new] = path
    return copy, old


def _copy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, Mapping) else value for key, value in values.items()}


def _matches(
    values: Any, pattern: tuple[str, ...], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Each path that fits the pattern, with the names that stand for its stars."""
    if not pattern:
        yield path, []
    elif isinstance(values, dict):
        for name in values if pattern[0] == "*" else [pattern[0]] if pattern[0] in values else []:
            for found, names in _matches(values[name], pattern[1:], (*path, name)):
                yield found, [name, *names] if pattern[0] == "*" else names


def _take(values: dict[str, Any], path: tuple[str, ...]) -> Any:
    for part in path[:-1]:
        values = values[part]
    return values.pop(path[-1])
