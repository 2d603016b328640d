"""Values in files of routines: a TOML value into what a routine holds, or a ValueError saying what is expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from breakd.core import vocabulary
from breakd.core.routines import INTENSITIES

Read: TypeAlias = Callable[[object], Any]

ID = r"[a-z0-9][a-z0-9_-]*"
# "wals" and "lowerback" are near. With another first letter, of which few slip, a word has to be nearer: "ball" (wall),
# "armchair" (chair) are words of one's own, "tsanding" is not.
NEAR, NEARER = 0.75, 0.8
MOST_WORDS = 8  # of a step: what can be taken in at a glance


def slip(word: str, known: Sequence[str]) -> str:
    """The known word that was probably meant by one that is not; "" if it looks like a word of one's own."""
    if word in known:
        return ""
    import difflib

    alike = [each for each in known if each[:1] == word[:1]]
    found = difflib.get_close_matches(word, known, 1, NEARER) or difflib.get_close_matches(word, alike, 1, NEAR)
    return next(iter(found), "")


def text(value: object) -> str:
    """Any text, on one line: a long one may be written over several."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text")
    return " ".join(value.split())


def command(value: object) -> str:
    """What is to be done, in few words."""
    found = text(value)
    if len(found.split()) > MOST_WORDS:
        raise ValueError(f"at most {MOST_WORDS} words (the rest belongs in `hint`)")
    return found


def identifier(value: object) -> str:
    """An id inside a pack."""
    if not isinstance(value, str) or not re.fullmatch(ID, value):
        raise ValueError('lower-case letters, digits and dashes, such as "calf-raises"')
    return value


def reference(value: object) -> str:
    """An id inside a pack or with it."""
    if not isinstance(value, str) or not re.fullmatch(rf"({ID}\.)?{ID}", value):
        raise ValueError('an id such as "calf-raises" or "walking.corridor"')
    return value


def switched(value: object) -> tuple[str, ...]:
    """Ids with their packs, or whole packs."""
    if not isinstance(value, list) or not all(
        isinstance(item, str) and re.fullmatch(rf"{ID}\.({ID}|\*)", item) for item in value
    ):
        raise ValueError('a list of ids such as ["walking.stairs", "stretching.*"]')
    return tuple(value)


def texts(*such: str) -> Read:
    """A list of texts, such as these."""
    example = ", ".join(f'"{each}"' for each in such)

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise ValueError(f"a list of texts, such as [{example}]")
        return tuple(text(item) for item in value)

    return read


_BREAKS: Callable[[object], tuple[str, ...]] = texts("move")


def breaks(value: object) -> tuple[str, ...]:
    """Names of kinds of break."""
    if value == []:
        raise ValueError('at least one kind of break, such as ["move"]')
    return _BREAKS(value)


def names(known: Sequence[str]) -> Read:
    """A list of words, known ones or one's own."""

    words = texts(*known[:2])

    def read(value: object) -> tuple[str, ...]:
        return tuple(_known(each.lower(), known) for each in words(value))

    return read


def kind(value: object) -> str:
    """The kind of a routine."""
    return _known(identifier(value), vocabulary.KINDS)


def intensity(value: object) -> str:
    """How hard a routine is, in a word."""
    known = [name for name, _, _ in INTENSITIES]
    if value not in known:
        raise ValueError(f"one of {', '.join(known)}")
    return str(value)


def number(low: float, high: float) -> Read:
    """A number in these bounds."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(value)

    return read


def whole(low: int, high: int) -> Read:
    """A whole number in these bounds."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return read


def flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def picture(folder: Path) -> Read:
    """The file of a picture, as seen from this folder."""

    def read(value: object) -> str:
        file = folder / text(value)
        try:
            found = file.is_file()
        except (OSError, ValueError):  # a name too long, a null byte in it
            found = False
        if not found:
            raise ValueError(f"the file of a picture, as seen from {folder}")
        return str(file)

    return read


def _known(word: str, known: Sequence[str]) -> str:
    meant = slip(word, known)
    if meant:
        raise ValueError(f"a known word or one of your own (did you mean {meant!r}?)")
    return word
