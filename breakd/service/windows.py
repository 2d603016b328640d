"""Windows: a task that starts at logon. Experimental: checked against the task schema, but has not run on Windows.

Source: [MS-TSCH] Task Scheduler Service Remoting Protocol, section 2.5, XML Task Definition Language.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from xml.sax.saxutils import escape

from breakd.service.command import breakd
from breakd.service.kind import State
from breakd.service.problems import ServiceError
from breakd.service.programs import run
from breakd.service.written import File, filled
from breakd.settings.paths import state_folder

TASK = "breakd"


class Task:
    """The task `breakd` of the Task Scheduler."""

    name = "task"
    title = "task of the Windows Task Scheduler"
    experimental = True

    def files(self) -> Sequence[File]:
        """The task; the scheduler keeps a copy of its own."""
        program, *words = breakd("run")
        values = {
            "USER": escape("\\".join(filter(None, (os.environ.get("USERDOMAIN"), getpass.getuser())))),
            "PROGRAM": escape(windowless(program)),
            "ARGUMENTS": escape(subprocess.list2cmdline(words)),
        }
        return (filled("breakd.xml", Path(state_folder(), "breakd-task.xml"), values),)

    def check(self) -> None:
        """Nothing can be in the way."""

    def enable(self) -> list[str]:
        """Hand it to the scheduler."""
        _do("/Create", "/F", "/XML", str(self.files()[0].path))
        return []

    def disable(self) -> None:
        """End it and take it from the scheduler."""
        run("schtasks", "/End", "/TN", TASK)
        run("schtasks", "/Delete", "/F", "/TN", TASK)

    def forget(self) -> None:
        """Nothing is left."""

    def start(self) -> None:
        """Start it."""
        _do("/Run")

    def stop(self) -> None:
        """End it, at once: Windows has no gentle way. Nothing that is in the journal is lost."""
        _do("/End")

    def restart(self) -> None:
        """End and start it."""
        run("schtasks", "/End", "/TN", TASK)
        self.start()

    def state(self) -> State:
        """As the scheduler tells it, in the language of the system: whether it runs is known in English only."""
        done = run("schtasks", "/Query", "/FO", "CSV", "/NH", "/TN", TASK)
        return State(enabled=done.ok, activity="running" if '"Running"' in done.out else "stopped")

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """Raises ServiceError: there is nobody who keeps them."""
        raise ServiceError("Windows keeps no log of a task; run `breakd run` in a terminal to see what it says")


def windowless(program: str) -> str:
    """The interpreter that opens no window, beside the given one."""
    path = PureWindowsPath(program)
    return str(path.with_name("pythonw.exe")) if path.name.lower() == "python.exe" else program


def _do(*words: str) -> None:
    done = run("schtasks", *words, "/TN", TASK)
    if not done.ok:
        raise ServiceError(f"schtasks {' '.join(words)}: {done.why}")
