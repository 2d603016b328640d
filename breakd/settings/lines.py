"""Where a key stands in a TOML text: the parser tells lines for syntax errors only, people need them for every error.

The text is known to be valid TOML, so this only has to follow keys, not to check values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import tomli

from breakd.settings.errors import KeyPath

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[][{}=,.])
    |(?P<bare>[^][{}=,."'\#\s]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


_END = _Token("end", "", 0)


def line_of(text: str, path: KeyPath) -> int | None:
    """The line (from 1) on which `path` begins, None if it is not there. Items count from 0: ("routine", 1, "id")."""
    return lines_of(text).get(path)


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line of every table, key and item of a valid TOML text."""
    finder = _Finder(_tokens(text))
    # Hundreds of brackets in each other, or no TOML after all: the lines up to there will do.
    with suppress(RecursionError, tomli.TOMLDecodeError):
        finder.document()
    return finder.lines


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        if kind != "blank":
            yield _Token(kind, token, line)
        line += token.count("\n")


class _Finder:
    """Walks over the tokens, one ahead, and notes the line of each path the first time it is met."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self.lines: dict[KeyPath, int] = {}
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
        line = self._take().line
        several = self._skip("[")
        path: KeyPath = ()
        *parents, last = self._key()
        for part in parents:
            path = self._inside((*path, part), line)
        path = (*path, last)
        self._note(path, line)
        if several:
            self._items[path] = self._items.get(path, 0) + 1
        path = self._inside(path, line)
        while self._skip("]"):
            pass
        return path

    def _inside(self, path: KeyPath, line: int) -> KeyPath:
        """A name in a header means the latest item where that name is of [[tables]]."""
        self._note(path, line)
        if path in self._items:
            path = (*path, self._items[path] - 1)
            self._note(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        """`key = value` or `a.b = value`."""
        line, path = self._next.line, table
        for part in self._key():
            path = (*path, part)
            self._note(path, line)
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
                self._note((*path, item), self._next.line)
                self._value((*path, item))
                item += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._next is not _END and not self._skip("}"):
            if not self._skip(",", "\n"):
                self._pair(path)

    def _note(self, path: KeyPath, line: int) -> None:
        self.lines.setdefault(path, line)
