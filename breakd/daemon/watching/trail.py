"""Which places decide what a path leads to: every folder and link on the way, and the folder at its end."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from breakd.daemon.watching import inotify as ino

# A folder on the way tells only of itself, so that a busy one, such as a home, wakes nobody.
WAY = ino.DELETE_SELF | ino.MOVE_SELF
LINK = WAY | ino.ATTRIB | ino.DONT_FOLLOW  # links have no write: re-pointing one is another in its place
GAP = WAY | ino.CREATE | ino.MOVED_TO  # where the next folder is still missing
END = GAP | ino.MODIFY | ino.CLOSE_WRITE | ino.MOVED_FROM | ino.DELETE | ino.ATTRIB

TOML = ".toml"
WATCHED = (TOML, ".py")  # routines, and plugins
ANY = "*"
LINKS = 40  # as many links in one path are a loop, as Linux has it


class Place(NamedTuple):
    """Something to watch. `name`: what matters in that folder, `ANY` for every file as in `WATCHED`, "" for nothing."""

    path: Path
    mask: int
    name: str = ""


def places(files: Sequence[Path], folders: Sequence[Path]) -> frozenset[Place]:
    """All there is to watch so that no change of these files, or of the TOML files in these folders, is missed."""
    found = {place for path in files for place in trail(path)}
    for folder in folders:
        found.update(trail(folder))
        found.update(place for file in toml_files(folder) if is_link(file) for place in trail(file))
    return frozenset(found)


def toml_files(folder: Path) -> list[Path]:
    """The TOML files in a folder, by name; none if there is no such folder. Hidden ones are an editor's own."""
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == TOML and not file.name.startswith("."))
    except OSError:
        return []


def is_link(path: Path) -> bool:
    """Whether there is a link, be it one to nothing; False if it cannot be told."""
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return False


def trail(path: Path) -> Iterator[Place]:
    """The places from the root to what `path` leads to now, or to where it ends because something is missing."""
    at, todo, links = Path("/"), list(reversed(path.absolute().parts[1:])), 0
    while todo:
        name = todo.pop()
        if name == os.pardir:
            at = at.parent
            continue
        here = at / name
        try:
            mode = here.lstat().st_mode
        except OSError:
            yield Place(at, GAP if todo else END, name)
            return
        if stat.S_ISLNK(mode):
            yield Place(here, LINK)
            links += 1
            target = _target(here)
            if links > LINKS or not target:
                return
            at = Path("/") if target.is_absolute() else at
            todo.extend(reversed(target.parts[target.is_absolute() :]))
        elif stat.S_ISDIR(mode):
            at = here
            yield Place(at, WAY) if todo else Place(at, END, ANY)
        else:
            yield Place(at, END, name)
            return


def _target(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:  # gone meanwhile
        return None


def stamp(files: Sequence[Path], folders: Sequence[Path]) -> tuple[object, ...]:
    """What tells whether something was saved since: of every file when, how long, and which one it is."""
    every = [*files, *(file for folder in folders for file in toml_files(folder))]
    return tuple((str(path), _stamp(path)) for path in every)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
