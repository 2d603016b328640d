"""Installing and uninstalling, whatever kind of service the system has; each tells in lines what was done."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from breakd.service.answering import answering
from breakd.service.autostart import Autostart
from breakd.service.command import check_lasting
from breakd.service.kind import AWAY, Kind
from breakd.service.launchd import Launchd
from breakd.service.problems import Misused, ServiceError
from breakd.service.systemd import TARGET, Systemd, unreachable
from breakd.service.windows import Task
from breakd.service.written import File
from breakd.settings.paths import config_file, runtime_folder, state_folder

ELSEWHERE: dict[str, type[Kind]] = {"darwin": Launchd, "win32": Task}


def chosen() -> tuple[Kind, str]:
    """The kind of service of this system, and why there is no better one. Raises NotKnown."""
    if sys.platform in ELSEWHERE:
        return ELSEWHERE[sys.platform](), ""
    why = unreachable()
    return (Autostart(), why) if why else (Systemd(), "")


def install(kind: Kind, force: bool) -> Iterator[str]:
    """Write the files, have it start by itself, start it now or anew. May be done any number of times.

    Raises Misused, or ServiceError if it cannot be done; what was changed by hand is then still as it was.
    """
    if os.environ.get("SUDO_USER") and os.geteuid() == 0:
        raise Misused("run it without sudo: the service is yours, not that of root")
    check_lasting(sys.executable)
    kind.check()
    files, before = kind.files(), kind.state().starts
    edited = [file.path for file in files if file.condition == "edited"]
    if edited and not force:
        raise ServiceError(f"{', '.join(map(str, edited))}: {_advice(edited)}")
    for file in files:
        if file.condition == "current":
            continue
        if file.condition == "edited":
            yield f"kept your version as {_kept(file)}"
        try:
            file.write()
        except ServiceError as error:
            if file is files[0]:
                raise
            yield f"left out: {error}"  # it is for desktops that need it, and the service itself is none
            continue
        yield f"wrote {file.path}"
    if before not in ("", sys.executable):
        yield f"it started {before} until now"
    yield from kind.enable()
    yield from _begin(kind)
    if kind.experimental:
        yield f"the {kind.title} is experimental: it follows its documentation, but has not run on a real machine yet"


def _begin(kind: Kind) -> Iterator[str]:
    daemon, state = answering(), kind.state()
    if daemon and daemon.pid not in (0, state.pid):
        yield f"a daemon runs already, process {daemon.pid}: end it with Ctrl-C, then run `breakd service start`"
        return
    running = state.activity == "running"
    kind.restart() if running else kind.start()
    yield f"{'restarted' if running else 'started'}: {kind.title}; it starts by itself from now on"


def _advice(edited: Sequence[Path]) -> str:
    dropin = " as a drop-in (`systemctl --user edit breakd`)" if edited[0].suffix == ".service" else ""
    return f"changed by hand, so it was left alone; keep your change{dropin} and overwrite the file with --force"


def _kept(file: File) -> Path:
    kept = file.path.with_name(f"{file.path.name}.edited")
    try:
        return file.path.replace(kept)
    except OSError as error:
        raise ServiceError(f"{kept}: {error.strerror}") from None


def uninstall(kind: Kind, force: bool) -> Iterator[str]:
    """Stop it, and take away what `install` wrote. Raises ServiceError."""
    if kind.state().away:
        raise ServiceError(f"{': '.join(AWAY)}, and try again")
    kind.disable()
    if answering() is None:  # or a daemon that was started by hand is in it
        shutil.rmtree(runtime_folder(), ignore_errors=True)
    files = {file.path: file for file in kind.files()}
    if kind.name == "autostart":  # it may have been installed when there was a service manager
        unit = Systemd().unit()
        files[unit.path] = unit
        with contextlib.suppress(OSError):
            (unit.path.parent / f"{TARGET}.wants" / unit.path.name).unlink()
    removed = False
    for file in files.values():
        if file.condition == "edited" and not force:
            yield f"{file.path}: changed by hand, so it was left alone; --force removes it too"
        elif file.remove():
            removed = True
            yield f"removed {file.path}"
    kind.forget()
    for path in _dropins(files):
        yield f"kept {path}: it is yours"
    if not removed:
        yield "there was nothing to remove"


def _dropins(files: Iterable[Path]) -> list[Path]:
    """What people put beside a unit, and what `--force` kept for them."""
    beside = [path.with_name(path.name + end) for path in files for end in (".d", ".edited")]
    return [path for path in beside if path.exists()]


def data() -> list[tuple[Path, str]]:
    """What `--purge` deletes, and what that is: only what is there."""
    places = [
        (state_folder(), "the journal: all your breaks, sitting and answers, and what you told of your health"),
        (config_file().parent, "your settings and routines"),
        (runtime_folder(), "what is left of the last run"),
    ]
    there = [(path, what) for path, what in places if path.exists() or path.is_symlink()]
    return [(path, what) for path, what in there if not any(other in path.parents for other, _ in there)]


def purge() -> Iterator[str]:
    """Delete the data. Raises ServiceError, also while a daemon runs."""
    daemon = answering()
    if daemon:
        raise ServiceError(f"nothing was deleted: a daemon still runs, process {daemon.pid or 'unknown'}; end it first")
    for path, _ in data():
        try:
            if path.is_symlink():  # what it leads to may be kept with other things
                path.unlink()
            elif path.exists():  # not gone with a folder before it
                shutil.rmtree(path)
        except OSError as error:
            raise ServiceError(f"{path}: {error.strerror}") from None
        yield f"deleted {path}"
