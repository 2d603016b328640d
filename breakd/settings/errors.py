"""What is wrong in a file that people write: every problem at once, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line`: from 1, None if unknown; `key`: the key path, "" for the file as a whole."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """One line, whatever the file is called and whatever was found in it: FILE:LINE: KEY: MESSAGE."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return one_line(": ".join(part for part in (place, self.key, self.message) if part))


class SettingsError(Exception):
    """A file (or a `--set`) is not usable. `problems`: all that is wrong; `str()` gives one line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def key_path(path: KeyPath) -> str:
    """A key path as people read it, items counted from 1: `routine[2].steps[1].seconds`."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def one_line(text: str) -> str:
    """`text` with everything that does not print, a line break above all, written as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
