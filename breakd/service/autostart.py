"""Without a service manager: the desktop's autostart begins the daemon, and nobody restarts it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from breakd.service import desktop
from breakd.service.answering import answering
from breakd.service.command import breakd
from breakd.service.kind import State
from breakd.service.problems import ServiceError
from breakd.service.written import File
from breakd.settings.paths import state_folder

READY = 20.0  # seconds until a daemon answers that was started
LEAVE = 10.0  # seconds until one has ended that was asked to
LOOK_EVERY = 0.05  # seconds
LARGEST = 1 << 20  # bytes of the log at which it begins anew with the next start


class Autostart:
    """An autostart file, and a daemon that is on its own."""

    name = "autostart"
    title = "autostart of the desktop"
    experimental = False

    def files(self) -> Sequence[File]:
        """The autostart file."""
        return (desktop.autostart(),)

    def check(self) -> None:
        """Nothing can be in the way."""

    def enable(self) -> list[str]:
        """The file is all that it takes; what else a compositor needs is told."""
        return ["if it dies, nobody restarts it before the next login", *desktop.by_hand(os.environ)]

    def disable(self) -> None:
        """Stop it."""
        self.stop()

    def forget(self) -> None:
        """Nothing is left."""

    def start(self) -> None:
        """Start it, on its own, and wait until it answers."""
        if answering() is not None:
            return
        with _log().open("ab") as out:
            process = subprocess.Popen(
                breakd("run"), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=Path.home()
            )
        end = time.monotonic() + READY
        while answering() is None:
            if process.poll() is not None:
                raise ServiceError(f"it ended at once with exit code {process.returncode}; see `breakd service logs`")
            if time.monotonic() > end:
                raise ServiceError(f"it does not answer after {READY:g} s; see `breakd service logs`")
            time.sleep(LOOK_EVERY)
        process.returncode = 0  # it is not waited for: it lives on without us

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        found = answering()
        if found is None or not found.pid:
            return
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGTERM)
        end = time.monotonic() + LEAVE
        while _lives(found.pid):
            if time.monotonic() > end:
                raise ServiceError(
                    f"process {found.pid} does not end; `kill -9 {found.pid}` ends it, and nothing is lost"
                )
            time.sleep(LOOK_EVERY)

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def state(self) -> State:
        """Whether it answers."""
        found = answering()
        return State(
            enabled=desktop.autostart().found() is not None,
            activity="running" if found else "stopped",
            pid=found.pid if found else 0,
        )

    def logs(self, lines: int, follow: bool) -> tuple[str, ...]:
        """From our own file. Raises ServiceError while there is none."""
        if not log_file().exists():
            raise ServiceError(f"{log_file()}: nothing was said yet; what `breakd run` says stands in its terminal")
        return ("tail", "-n", str(lines), *["-f"] * follow, str(log_file()))


def log_file() -> Path:
    """What a daemon says that nobody else listens to."""
    return state_folder() / "breakd.log"


def run_here() -> None:
    """Become the daemon, which says to the log what it has to say."""
    with _log().open("ab") as out:
        for number in (1, 2):
            os.dup2(out.fileno(), number)
    command = breakd("run")
    os.execv(command[0], command)


def _log() -> Path:
    file = log_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > LARGEST:
            shutil.move(file, file.with_suffix(".log.old"))
        file.touch(mode=0o600)
    except OSError as error:
        raise ServiceError(f"{file}: {error.strerror}: make its folder writable for you") from None
    return file


def _lives(pid: int) -> bool:
    """Whether it has not ended; one that its parent has not looked after yet has."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
