"""Changing single keys of a settings text: comments, order and everything else stay as they were written.

`tomlkit` does it, which only commands that change a file import. What it makes is read again: a text that says anything
but what was asked for is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomli

from breakd.settings.errors import Problem, SettingsError

Keys = tuple[str, ...]


def with_values(file: Path, text: str, values: Mapping[Keys, Any]) -> str:
    """The text with these keys set; a table replaces what is there. Raises SettingsError if that cannot be done."""
    expected: dict[str, Any] = tomli.loads(text)
    for path, value in values.items():
        expected = _put(expected, path, value)

    def change(document: Any) -> None:
        for path, value in values.items():
            _set(document, path, value)

    return _changed(file, text, change, expected)


def without(file: Path, text: str, path: Keys) -> str:
    """The text without this key, which is there, and without tables that are empty then and have no comment."""
    return _changed(file, text, lambda document: _unset(document, path), _removed(tomli.loads(text), path))


def _changed(file: Path, text: str, change: Callable[[Any], None], expected: dict[str, Any]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n"))
        change(document)
        made = _spaced(text, tomlkit.dumps(document))
        right = _pruned(tomli.loads(made)) == _pruned(expected)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _refused(file, str(error)) from None
    if not right:
        raise _refused(file, "more than this would change, by the way it is written")
    return made.replace("\n", "\r\n") if windows else made


def _spaced(old: str, new: str) -> str:
    """The new text with a blank line above each table, if that is how the old one is written."""
    crowded = re.compile(r"^(?!#)([^\n]+\n)(?=\[)", re.MULTILINE)
    return new if crowded.search(old) else crowded.sub(r"\1\n", new)


def _set(document: Any, path: Keys, value: Any) -> None:
    import tomlkit
    from tomlkit.items import InlineTable

    table = document
    for depth, part in enumerate(path[:-1]):
        if part not in table:
            only_tables = depth < len(path) - 2 or isinstance(value, dict)
            inline = isinstance(table, InlineTable)
            table[part] = tomlkit.inline_table() if inline else tomlkit.table(is_super_table=only_tables)
        table = table[part]
        if not isinstance(table, Mapping):
            raise ValueError(f"{'.'.join(path[: depth + 1])} is no table")
    if isinstance(value, dict):
        inner = tomlkit.inline_table() if isinstance(table, InlineTable) else tomlkit.table()
        inner.update(value)
        value = inner
    table[path[-1]] = value


def _unset(document: Any, path: Keys) -> None:
    tables = [document]
    for part in path[:-1]:
        tables.append(tables[-1][part])
    for table, part in zip(reversed(tables), reversed(path), strict=True):
        del table[part]
        if len(table) or "#" in table.as_string():  # of a table in several places, which has no text, others are left
            break


def _refused(file: Path, reason: str) -> SettingsError:
    return SettingsError([Problem(str(file), None, "", f"left as it is: {reason}; `breakd config edit` opens it")])


def _put(values: Mapping[str, Any], path: Keys, value: Any) -> dict[str, Any]:
    """The values with this one in the place of whatever is there."""
    first, rest = path[0], path[1:]
    below = values.get(first)
    return {**values, first: _put(below if isinstance(below, Mapping) else {}, rest, value) if rest else value}


def _removed(values: Mapping[str, Any], path: Keys) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    if rest:
        return {**values, first: _removed(values[first], rest)}
    return {key: value for key, value in values.items() if key != first}


def _pruned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without tables that say nothing."""
    inner = {key: _pruned(value) if isinstance(value, Mapping) else value for key, value in values.items()}
    return {key: value for key, value in inner.items() if value != {}}
