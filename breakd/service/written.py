"""The files of a service: made from a template, marked as ours, and never written over what a person changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from breakd.service.problems import ServiceError
from breakd.settings.paths import shipped

Condition = Literal["missing", "current", "older", "edited"]
ENCODINGS = {".xml": "utf-16"}  # what the Windows Task Scheduler reads
PLACE = "@MARK@"  # in a template: where the mark goes
MARK = re.compile(r"(?<=As written: )[0-9a-f]{16}")


class File(NamedTuple):
    """A file as it is to be. `text`: has a mark in a comment, by which a change is noticed."""

    path: Path
    text: str

    @property
    def condition(self) -> Condition:
        """`older`: ours as it was once written; `edited`: changed by somebody, or not ours at all."""
        found = self.found()
        if found is None:
            return "missing"
        if found == self.text:
            return "current"
        ours = MARK.search(found) is not None and found == marked(MARK.sub(PLACE, found, count=1))
        return "older" if ours else "edited"

    def found(self) -> str | None:
        """What is there now; None if there is nothing, or a mask. Raises ServiceError if it cannot be read."""
        if self._masked:
            return None
        try:
            return self.path.read_text(encoding=self._encoding)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeError:
            return ""
        except OSError as error:
            raise ServiceError(f"{self.path}: {error.strerror}: make it readable for you") from None

    def write(self) -> None:
        """Put it there, whole or not at all. Raises ServiceError."""
        draft = self.path.with_name(f".{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(self.text, encoding=self._encoding)
            draft.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise ServiceError(f"{self.path}: cannot be written: {error.strerror}; {_todo(self.path)}") from None

    def remove(self) -> bool:
        """Take it away; whether there was one. Raises ServiceError."""
        if self._masked:
            return False
        try:
            self.path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise ServiceError(f"{self.path}: cannot be removed: {error.strerror}") from None
        return True

    @property
    def _masked(self) -> bool:
        """Whether it leads nowhere, by which people tell systemd and desktops to leave a file alone."""
        return self.path.is_symlink() and os.path.realpath(self.path) == os.devnull  # of a loop, too: no error

    @property
    def _encoding(self) -> str:
        return ENCODINGS.get(self.path.suffix, "utf-8")


def filled(template: str, path: Path, values: Mapping[str, str]) -> File:
    """The file at `path` from `config/service/TEMPLATE`, with each @NAME@ replaced. A line left empty goes."""
    text = (shipped() / "service" / template).read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        new = line
        for name, value in values.items():
            new = new.replace(f"@{name}@", value)
        if new.strip() or not line.strip():
            lines.append(new)
    return File(path, marked("\n".join([*lines, ""])))


def marked(text: str) -> str:
    """The text with a mark in its place that says what it was when it was written; without a place for it, as it is."""
    return text.replace(PLACE, hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16])


def _todo(path: Path) -> str:
    nearest = next((folder for folder in path.parents if folder.exists()), path.parent)
    return f"make {nearest} writable for you, or run `breakd run` from your desktop's own list of autostarts"
