"""Plugins that are a single file: found in a folder, refused where others may write, imported without installing."""

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from breakd.plugin.loaded import Failed

NAME = re.compile(r"[a-z][a-z0-9_]*")
CHECKED_HASH = (0b11).to_bytes(4, "little")  # the flags of a cache that goes by the text
PREFIX = "breakd_plugin_"  # of the module, so that a file `json.py` is not taken for what others import as `json`


class File(NamedTuple):
    """Such a file, as an entry point is: it has a name, a value to tell, and can be loaded.

    `named`: the person named this very file, so it is run whoever may write to it.
    """

    name: str
    path: Path
    named: bool = False

    @property
    def module(self) -> str:
        """The name of the module it becomes."""
        return PREFIX + self.name

    @property
    def value(self) -> str:
        """Where it is."""
        return str(self.path)

    def load(self) -> ModuleType:
        """Import it, anew if it was imported before. Raises Failed if others may write to it, and what it raises."""
        for place in () if self.named else (self.path.parent, self.path):
            refuse_if_open(place)
        spec = importlib.util.spec_from_file_location(self.module, self.path)
        if spec is None:
            raise Failed(f"{self.path} is no Python file")
        module = importlib.util.module_from_spec(spec)
        before = sys.modules.get(self.module)
        sys.modules[self.module] = module  # dataclasses look their own module up there
        try:
            exec(self._code(), vars(module))
        except BaseException:
            if before is None:
                del sys.modules[self.module]
            else:
                sys.modules[self.module] = before
            raise
        return module

    def _code(self) -> CodeType:
        """Its code, from what Python caches beside it if that is of this very text (PEP 552) and nobody else's.

        Python's own loader would tell by size and second, and two saves may differ in neither.
        """
        text = self.path.read_bytes()
        cached = Path(importlib.util.cache_from_source(str(self.path)))
        head = importlib.util.MAGIC_NUMBER + CHECKED_HASH + importlib.util.source_hash(text)
        try:
            refuse_if_open(cached)
            found = cached.read_bytes()
            if found.startswith(head):
                code: CodeType = marshal.loads(found[len(head) :])
                return code
        except (OSError, Failed, ValueError, EOFError, TypeError):
            pass
        code = compile(text, self.path, "exec", dont_inherit=True)
        if not sys.dont_write_bytecode:
            _keep(cached, head + marshal.dumps(code))
        return code


def _keep(path: Path, data: bytes) -> None:
    """Write what only makes the next start quicker, if that is possible."""
    new = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o755, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(data)
        new.replace(path)


def files(folder: Path) -> Iterator[File]:
    """The plugins in this folder, by name; none if it is not there or cannot be read."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix == "py" and not stem.startswith(("_", ".")):
            yield File(stem, folder / name)


def refuse_if_open(place: Path) -> None:
    """Raise Failed if anybody but the person, or root, could have written what is here."""
    try:
        found = place.stat()
    except OSError as error:
        raise Failed(f"{place}: {error.strerror}") from None
    if os.name != "posix":  # elsewhere the mode does not tell
        return
    if found.st_uid not in (os.getuid(), 0):
        raise Failed(f"{place} belongs to another user (uid {found.st_uid}): it is not run")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Failed(f"others can write to {place}, so it is not run: chmod go-w {place}")


def check_name(name: str) -> None:
    """Raise Failed unless the file's name can be that of a plugin."""
    if not NAME.fullmatch(name):
        raise Failed(f"{name}.py: the name of a plugin is lower-case letters, digits and _, such as `neck.py`")
