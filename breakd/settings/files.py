"""Reading a TOML file that a person wrote: its text and its values, or a `SettingsError`, never anything else."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import tomli

from breakd.settings.errors import Problem, SettingsError

LARGEST = 1 << 20  # bytes: nobody writes more by hand, so a larger file is a mistake


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text and the values of the file. Raises SettingsError if there are none to be had."""
    text = _text(path)
    try:
        return text, tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = f"not valid TOML: {error.msg} (column {error.colno})"
        raise SettingsError([Problem(str(path), error.lineno, "", message)]) from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise _refused(path, f"not valid TOML: {error}") from None


def _text(path: Path) -> str:
    try:
        data = _bytes(path)
    except FileNotFoundError:
        raise _refused(path, "no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise _refused(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        return data.decode("utf-8-sig")  # editors on Windows put a mark before the text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError([Problem(str(path), line, "", "not UTF-8 text: save the file as UTF-8")]) from None


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
