"""Writing a settings file: whole or not at all, where a link leads, with the rights it had."""

from __future__ import annotations

import os
import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from breakd.settings.errors import Problem, SettingsError
from breakd.settings.files import read_text


def own_text(file: Path) -> str:
    """The text of the file, "" if there is none yet. Raises SettingsError if it cannot be read."""
    try:
        return read_text(file)
    except SettingsError:
        if _exists(file):
            raise
        return ""


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else of us changes the file meanwhile. Makes its folder."""
    try:
        folder = file.resolve().parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY) if os.name == "posix" else None
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other, before 3.13
        raise _refused(file, error) from None
    try:
        if lock is not None:
            import fcntl

            with suppress(OSError):  # a network home may have no locks: then it goes without
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def replace(file: Path, text: str) -> None:
    """Put this text in the place of the file. Raises SettingsError if that cannot be; then the old one is whole."""
    try:
        target = file.resolve()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(None, "write-protected")
        with suppress(FileNotFoundError), target.open("rb") as old:
            text = old.read(len(BOM_UTF8)).startswith(BOM_UTF8) * "\ufeff" + text  # as editors on Windows want it
        _swap(target, text.encode())
    except (OSError, RuntimeError) as error:
        raise _refused(file, error) from None


def renew(file: Path, text: str) -> None:
    """Let the file hold this text, and leave it alone if it does. Raises SettingsError if that cannot be."""
    if own_text(file) != text:
        replace(file, text)


def _swap(target: Path, data: bytes) -> None:
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # 0600
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if target.exists():
            shutil.copymode(target, new)
            _keep_owner(target, new)
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _keep_owner(target: Path, new: Path) -> None:
    """Whoever runs this as root for somebody else leaves the file theirs."""
    if os.name == "posix":
        with suppress(OSError):
            os.chown(new, target.stat().st_uid, target.stat().st_gid)


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except (OSError, ValueError):
        return True


def _refused(file: Path, error: Exception) -> SettingsError:
    reason = getattr(error, "strerror", None) or str(error)
    return SettingsError([Problem(str(file), None, "", f"cannot be written: {reason}")])
