"""What is wrong in a file that people write: every problem at once, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

KeyPath = tuple[str | int, ...]


class Fault(NamedTuple):
    """What is wrong with a key, before its place is known.

    `message`: all of it, as people read it; `expected` and `found`: its parts; `instead`: the key that was probably
    meant, or has taken this one's place; `at_value`: whether the value is to be pointed at, or the key; `mirror`: of
    two keys that do not fit each other, the same fault as seen from the other one.
    """

    path: KeyPath
    message: str
    expected: str = ""
    found: str = ""
    instead: str = ""
    at_value: bool = False
    mirror: Fault | None = None


class Problem(Struct, frozen=True):
    """One thing that is wrong. `line`, `column`: from 1, in characters, None if unknown; `key`: the key path, "" for
    the file as a whole; the rest as in `Fault`.
    """

    file: str
    line: int | None
    key: str
    message: str
    column: int | None = None
    expected: str = ""
    found: str = ""
    instead: str = ""

    def __str__(self) -> str:
        """One line, whatever the file is called and whatever was found in it: FILE:LINE:COLUMN: KEY: MESSAGE."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return one_line(": ".join(part for part in (place, self.key, self.message) if part))


class SettingsError(Exception):
    """A file (or a `--set`) is not usable. `problems`: all that is wrong; `str()` gives one line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """File by file, from the top of each to its end."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.column or 0))


def key_path(path: KeyPath) -> str:
    """A key path as people read it, items counted from 1: `routine[2].steps[1].seconds`."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def one_line(text: str) -> str:
    """`text` with everything that does not print, a line break above all, written as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
