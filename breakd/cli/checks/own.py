"""The checks of what is the person's own: settings, routines, journal, and the rights on all of it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from breakd.cli.checks.look import Look
from breakd.cli.client import Failure
from breakd.cli.journal import differences, reading
from breakd.service.finding import Finding, failed, ok, warning
from breakd.settings.paths import config_file, journal_file, plugin_folder, runtime_folder, state_folder

ROOM = 10 << 20  # bytes free below which the journal may soon not be written


def settings(look: Look) -> Iterator[Finding]:
    """Mistakes, each with its place."""
    for problem in look.mistakes:
        yield failed(str(problem), "mend that; until then the defaults are in force")
    for problem in look.notes:
        yield warning(str(problem))
    if not look.mistakes:
        mine = config_file()
        yield ok(str(mine) if mine.exists() else f"the defaults are in force; your own would be {mine}")


def routines(look: Look) -> Iterator[Finding]:
    """How many there are to offer, and the mistakes in one's own files."""
    found = look.catalogue
    for problem in found.problems:
        yield failed(str(problem), "mend that; until then the file is left out")
    for problem in found.notes:
        yield warning(str(problem))
    own = f", {len(found.files)} of them your own" if found.files else ""
    if found.routines:
        yield ok(f"{len(found.routines)} to offer{own}")
    else:
        yield warning("none, so prompts offer nothing to do", "`breakd plugins list` tells which packs are off")


def journal(_look: Look) -> Iterator[Finding]:
    """Whether it is whole, and every decision comes out the same again."""
    if not journal_file().exists():
        yield ok(f"not begun yet: {journal_file()}")
        return
    try:
        with reading() as found:
            problems = found.verify() or differences(found)
            rows = sum(1 for _ in found.rows())
    except Failure as error:
        yield failed(str(error), "the next start sets a damaged journal aside and begins a new one")
        return
    for problem in problems:
        yield failed(problem, "`breakd journal export` saves what can be read; then move the file away")
    if not problems:
        yield ok(f"{rows} rows, whole")


def folders(_look: Look) -> Iterator[Finding]:
    """Whether there are the folders that are written to, and room in them."""
    state = state_folder()
    if not state.exists():
        yield warning(f"{state} is not there yet", "the first start makes it", partial(_make, state))
        return
    if not os.access(state, os.W_OK | os.X_OK):
        yield failed(f"{state} cannot be written, so the journal is forgotten at each end", f"chmod u+rwx {state}")
        return
    free = shutil.disk_usage(state).free
    if free < ROOM:
        yield warning(f"{free >> 10} KiB are free at {state}", "make room, or the journal cannot be written")
    else:
        yield ok(f"{state}, {free >> 20} MiB free")


def permissions(_look: Look) -> Iterator[Finding]:
    """Whether the data is the person's alone, and nobody else can have them run something."""
    if not hasattr(os, "geteuid"):
        yield ok("not looked at: this system has other rights than owner, group and others")
        return
    wrong = 0
    for path, bits in _places():
        try:
            found = path.stat()
        except OSError:
            continue
        if found.st_uid != os.geteuid():
            wrong += 1
            yield failed(f"{path} belongs to somebody else (uid {found.st_uid})", f"sudo chown -R $USER {path}")
        elif found.st_mode & bits:
            wrong += 1
            mode = stat.S_IMODE(found.st_mode) & ~bits
            can = "write to" if bits == 0o022 else "read"
            text = f"others can {can} {path} ({stat.S_IMODE(found.st_mode):04o})"
            yield warning(text, f"chmod {mode:o} {path}", partial(_restrict, path, mode))
    if not wrong:
        yield ok("your data is yours alone")


def _places() -> Iterator[tuple[Path, int]]:
    """What is checked, and the rights that nobody may have there."""
    state, journal_ = state_folder(), journal_file()
    yield from ((path, 0o077) for path in (state, runtime_folder()))
    yield from ((path, 0o077) for path in sorted(journal_.parent.glob(f"{journal_.name}*")))
    yield from ((path, 0o022) for path in (config_file().parent, config_file(), plugin_folder()))
    yield from ((path, 0o022) for path in sorted(plugin_folder().glob("*.py")))


def _restrict(path: Path, mode: int) -> str:
    path.chmod(mode)
    return f"{path} is {mode:04o} now"


def _make(path: Path) -> str:
    path.mkdir(mode=0o700, parents=True)
    return f"made {path}"
