"""Where keys and values stand in a TOML text: the parser tells places of syntax errors only, people need all of them.

The text is known to be valid TOML, so this only has to follow keys, not to check values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

import tomli

from breakd.settings.errors import Fault, KeyPath, Problem, in_order, key_path

# Compiled at its first use, mostly a mistake.
_TOKEN = r"""
    (?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[][{}=,.])
    |(?P<bare>[^][{}=,."'\#\s]+)
"""


class Place(NamedTuple):
    """Line and column, both from 1; a column is a character."""

    line: int
    column: int


class Places(NamedTuple):
    """Where every table, key and item of a text stands, and where the values of keys and items begin."""

    keys: dict[KeyPath, Place]
    values: dict[KeyPath, Place]

    def nearest(self, path: KeyPath, at_value: bool = False) -> Place | None:
        """The place of this path; of what is not there, that of the table in which it would be."""
        if at_value and path in self.values:
            return self.values[path]
        known = (self.keys.get(path[:depth]) for depth in range(len(path), 0, -1))
        return next((place for place in known if place is not None), None)


class _Token(NamedTuple):
    kind: str
    text: str
    place: Place


_END = _Token("end", "", Place(0, 0))


def places_of(text: str) -> Places:
    """The places in a valid TOML text. Items count from 0: ("routine", 1, "id")."""
    finder = _Finder(_tokens(text))
    # Hundreds of brackets in each other, or no TOML after all: the places up to there will do.
    with suppress(RecursionError, tomli.TOMLDecodeError):
        finder.document()
    return finder.places


def _tokens_in(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(_TOKEN, text, re.VERBOSE | re.DOTALL)


def comment_in(line: str) -> str:
    """The comment at the end of a line, without its mark; "" if there is none."""
    found = [match["blank"] for match in _tokens_in(line) if (match["blank"] or "").startswith("#")]
    return found[0].removeprefix("#").strip() if found else ""


def placed(faults: Iterable[Fault], file: str, text: str) -> list[Problem]:
    """The faults found in this file, in its order."""
    places = places_of(text)
    return in_order(problem(fault, file, places.nearest(fault.path, fault.at_value)) for fault in faults)


def problem(fault: Fault, file: str, place: Place | None) -> Problem:
    """A fault with the place where it is."""
    line, column = (None, None) if place is None else place
    path, message, expected, found, instead, _at, _mirror = fault
    return Problem(file, line, key_path(path), message, column, expected, found, instead)


def _tokens(text: str) -> Iterator[_Token]:
    line, begin = 1, 0
    for match in _tokens_in(text):
        kind, token = match.lastgroup or "", match.group()
        if kind != "blank":
            yield _Token(kind, token, Place(line, match.start() - begin + 1))
        if "\n" in token:
            line += token.count("\n")
            begin = match.start() + token.rindex("\n") + 1


class _Finder:
    """Walks over the tokens, one ahead, and notes the place of each path the first time it is met."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self.places = Places({}, {})
        self._tokens = tokens
        self._next = next(tokens, _END)
        self._items: dict[KeyPath, int] = {}  # how many [[tables]] there are of this name

    def document(self) -> None:
        """The whole text: tables and keys, one a line."""
        table: KeyPath = ()
        while self._next is not _END:
            if self._next.text == "[":
                table = self._header()
            elif self._next.kind == "newline":
                self._take()
            else:
                self._pair(table)

    def _take(self) -> _Token:
        token, self._next = self._next, next(self._tokens, _END)
        return token

    def _skip(self, *texts: str) -> bool:
        """Take the next token if it is one of these."""
        found = self._next.text in texts
        if found:
            self._take()
        return found

    def _header(self) -> KeyPath:
        """`[table]` or `[[table]]`: the path under which the keys after it stand."""
        place = self._take().place
        several = self._skip("[")
        path: KeyPath = ()
        *parents, last = self._key()
        for part in parents:
            path = self._inside((*path, part), place)
        path = (*path, last)
        self._note(path, place)
        if several:
            self._items[path] = self._items.get(path, 0) + 1
        path = self._inside(path, place)
        while self._skip("]"):
            pass
        return path

    def _inside(self, path: KeyPath, place: Place) -> KeyPath:
        """A name in a header means the latest item where that name is of [[tables]]."""
        self._note(path, place)
        if path in self._items:
            path = (*path, self._items[path] - 1)
            self._note(path, place)
        return path

    def _pair(self, table: KeyPath) -> None:
        """`key = value` or `a.b = value`."""
        place, path = self._next.place, table
        for part in self._key():
            path = (*path, part)
            self._note(path, place)
        if not self._skip("="):
            self._take()  # cannot be in valid TOML; going on matters more
            return
        self._value(path)

    def _key(self) -> list[str]:
        parts = [self._name()]
        while self._skip("."):
            parts.append(self._name())
        return parts

    def _name(self) -> str:
        token = self._take()
        return str(tomli.loads(f"name = {token.text}")["name"]) if token.kind == "string" else token.text

    def _value(self, path: KeyPath) -> None:
        self.places.values.setdefault(path, self._next.place)
        if self._skip("["):
            self._array(path)
        elif self._skip("{"):
            self._inline_table(path)
        else:
            # A date and its time are two tokens, a number with a fraction three: a value goes on to whatever ends it.
            self._take()
            while self._next.kind not in ("end", "newline") and self._next.text not in (",", "]", "}"):
                self._take()

    def _array(self, path: KeyPath) -> None:
        item = 0
        while self._next is not _END and not self._skip("]"):
            if not self._skip(",", "\n"):
                self._note((*path, item), self._next.place)
                self._value((*path, item))
                item += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._next is not _END and not self._skip("}"):
            if not self._skip(",", "\n"):
                self._pair(path)

    def _note(self, path: KeyPath, place: Place) -> None:
        self.places.keys.setdefault(path, place)
