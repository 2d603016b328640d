"""Reading a TOML file that a person wrote: its text and its values, or a `SettingsError`, never anything else."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import tomli
from msgspec import Struct

from breakd.settings.errors import Problem, SettingsError
from breakd.settings.lines import places_of

LARGEST = 1 << 20  # bytes: nobody writes more by hand, so a larger file is a mistake
MOST = 20  # mistakes in the TOML itself: with more of them it is something else


class Document(Struct, frozen=True):
    """A file as it was read. `values`: what could be understood of it; `problems`: what is no TOML."""

    text: str
    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text and the values of the file. Raises SettingsError if there are none to be had."""
    document = read_document(path)
    if document.problems:
        raise SettingsError(document.problems)
    return document.text, document.values


def read_document(path: Path) -> Document:
    """The file, as far as it is TOML. Raises SettingsError if it has no text to be had."""
    return parse(path, read_text(path))


def parse(path: Path, text: str) -> Document:
    """This text, to be told of as being in that file. Raises SettingsError if nothing of it can be read."""
    try:
        return Document(text, tomli.loads(text))
    except tomli.TOMLDecodeError:
        return _salvaged(path, text)
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise _refused(path, f"not valid TOML: {error}") from None


def _salvaged(path: Path, text: str) -> Document:
    """All mistakes in the TOML, and what the rest of it says: each mistake is taken out, and what is left read anew."""
    left, problems = text, list[Problem]()
    while left and len(problems) < MOST:
        try:
            return Document(left, tomli.loads(left), tuple(problems))
        except tomli.TOMLDecodeError as error:
            message = f"not valid TOML: {error.msg}{_hint(left, error)}"
            problems.append(Problem(str(path), error.lineno, "", message, error.colno))
            left = _without(left, error)
        except (RecursionError, ValueError):
            break
    return Document("", {}, tuple(problems))


def _without(text: str, error: tomli.TOMLDecodeError) -> str:
    """The text without the wrong line, or without the table whose header is wrong; "" if that would not help."""
    if "Unclosed" in error.msg or "Unterminated" in error.msg:  # it goes on to wherever it happened to be noticed
        return ""
    lines = text.split("\n")
    first = last = error.lineno - 1
    if lines[first].lstrip().startswith("["):
        while last + 1 < len(lines) and not lines[last + 1].lstrip().startswith("["):
            last += 1
    elif not lines[first].strip():
        return ""
    lines[first : last + 1] = [""] * (last + 1 - first)
    return "\n".join(lines)


def _hint(text: str, error: tomli.TOMLDecodeError) -> str:
    """What is usually meant, or where the first of two is."""
    line = text.split("\n")[error.lineno - 1]
    if error.msg.startswith("Cannot"):
        first = _first(text, error.lineno)
        return f"; it is there already, on line {first}" if first else ""
    _key, equals, value = line.partition("=")
    bare = value.partition("#")[0].strip()
    plain = error.msg.startswith(("Invalid value", "Expected newline")) and not set(bare) & set("\"'[]{},")
    return f'; text stands in quotes, as in "{bare}"' if equals and bare and plain else ""


def _first(text: str, line: int) -> int | None:
    """The line on which that was said before which is said again on this one."""
    lines = text.split("\n")
    headers = [above for above in lines[: line - 1] if above.lstrip().startswith("[")]
    again = lines[line - 1]
    alone = again.lstrip().startswith("[")
    inside = places_of("\n".join(headers[-1:] * (not alone) + [again]))
    names = max(inside.keys, key=len) if alone else min(inside.values, key=len, default=())
    place = places_of(text).keys.get(names)
    return place.line if place and place.line < line else None


def read_text(path: Path) -> str:
    """The text of the file. Raises SettingsError if it has none."""
    try:
        data = _bytes(path)
    except FileNotFoundError:
        raise _refused(path, "no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise _refused(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        return data.decode("utf-8-sig")  # editors on Windows put a mark before the text
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        raise SettingsError([Problem(str(path), line, "", "not UTF-8 text: save the file as UTF-8", column)]) from None


def _bytes(path: Path) -> bytes:
    # Asked before opening: a pipe would be waited for, and a device may never end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise _refused(path, f"expected a file, found {'a folder' if path.is_dir() else 'a pipe or device'}")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refused(path, f"larger than {LARGEST >> 20} MiB: is this the file that was meant?")
    return data


def _refused(path: Path, message: str) -> SettingsError:
    return SettingsError([Problem(str(path), None, "", message)])
