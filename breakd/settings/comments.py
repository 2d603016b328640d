"""What `config/breakd.toml` says of its own keys: the comments there are the only description a key has.

- A comment behind a key, or behind the header of a table, is that one's.
- A block of comment lines is about the table whose header follows, or which it names: `[schedule.lunch]`.
- Lines `#   key  text` in a block describe keys of tables whose names are free; they go on while they are indented
  further. Other lines indented so are an example.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from breakd.settings.errors import KeyPath
from breakd.settings.lines import comment_in, places_of

_RULER = re.compile(r"# -- .+ -+")
_KEY = re.compile(r"#   ([a-z_]+)  +(\S.*)")
_MORE = re.compile(r"#  {8,}(\S.*)")
_HEADER = re.compile(r"#? *\[([a-z]+)[].]")


class Comments(NamedTuple):
    """`keys`: of each key and table header; `tables`: the lines about each table; `each`: for each table, what the
    keys are in all the tables in it.
    """

    keys: dict[KeyPath, str]
    tables: dict[str, list[str]]
    each: dict[str, dict[str, str]]


def comments_of(text: str) -> Comments:
    """The comments of a settings file."""
    lines, found = text.split("\n"), Comments({}, {}, {})
    for path, place in places_of(text).keys.items():
        if place.column == 1 and isinstance(path[-1], str):
            found.keys[path] = comment_in(lines[place.line - 1])
    for block, following in _blocks(lines):
        about = next((header[1] for line in (*block, following) if (header := _HEADER.match(line))), "")
        _read(block, found.tables.setdefault(about, []), found.each.setdefault(about, {}))
    return found


def _blocks(lines: list[str]) -> list[tuple[list[str], str]]:
    """Each run of comment lines, and the first line after it that is not blank."""
    found, block = list[tuple[list[str], str]](), list[str]()
    for line in lines:
        if line.startswith("#") and not line.startswith("#:"):
            if not _RULER.fullmatch(line):
                block.append(line)
        elif block and line.strip():
            found.append((block, line))
            block = []
        elif block:  # a blank line: what follows it may still be the header
            found.append((block, ""))
            block = []
    return [*found, (block, "")] if block else found


def _read(block: list[str], text: list[str], keys: dict[str, str]) -> None:
    last = ""
    for line in block:
        key, more = _KEY.fullmatch(line), _MORE.fullmatch(line)
        if key:
            last, keys[key[1]] = key[1], key[2]
        elif more and last:
            keys[last] += f" {more[1]}"
        else:
            last = ""
            text.append(line.removeprefix("#").removeprefix(" "))
