"""Which command starts the daemon: an absolute path that stays, whichever way breakd was installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from breakd.service.problems import Misused

# Starts what a file names as its argument: there all signs are allowed, where those of a program's own name are not.
ENV = "/usr/bin/env"
# Folders of `uvx breakd`, `pipx run breakd` and the like: what is in them may be gone tomorrow.
FLEETING = re.compile(r"/(archive|builds|environments)-v\d+/|/pipx/\.cache/|/\.cache/pipx/")


def breakd(*words: str, executable: str = "") -> tuple[str, ...]:
    """The command `breakd WORDS`, by the interpreter that runs us now.

    That of a venv, pipx or uv tool is a link inside of it, which is not followed: it is what makes them what they are.
    `-P`: a service starts in the home folder, and a `json.py` there must not be taken for the library's.
    """
    return (executable or sys.executable, "-P", "-m", "breakd", *words)


def check_lasting(executable: str) -> None:
    """Raise Misused if the interpreter is none that a service can count on."""
    path = Path(executable)
    if not path.is_absolute():
        raise Misused("this Python does not know where it lies, so no service can start it: use one in a venv")
    if len(executable.splitlines()) != 1 or not _is_utf8(executable):
        raise Misused(
            f"{executable!a} has a line break in it, or is not UTF-8, and the files of services have no way to say "
            "that: install breakd into a folder of another name"
        )
    if FLEETING.search(path.as_posix()):
        raise Misused(
            f"{executable} is in a cache and may be gone tomorrow: install breakd for good, such as by "
            "`uv tool install breakd` or `pipx install breakd`, and then run `breakd service install`"
        )


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes of another encoding, which Python keeps as they are
        return False
    return True
