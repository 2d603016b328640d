"""A first process in namespaces and a control group of its own, which takes all of its descendants with it.

It needs root, and a kernel that lets it have both. Whether it does is to be found out by

    python -m tests.desktop.namespaces

which prints why not, and ends with exit code 1 then.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.desktop.processes import Place, lacking

PATIENCE = 60.0  # seconds until a test gives up; machines may be slow
SYSTEMD = next(
    (path for path in map(Path, ("/lib/systemd/systemd", "/usr/lib/systemd/systemd")) if path.exists()), None
)
KINDS = ("--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup")
NSENTER = {"--mount": "-m", "--pid": "-p", "--uts": "-u", "--ipc": "-i", "--cgroup": "-C", "--net": "-n"}
NAME = "breakd-test-"  # of control groups; the number of the process of the tests follows

# Into the control group before the namespace is made: it becomes the root of the one inside.
ENTER = 'echo $$ >"$GROUP/cgroup.procs" && exec unshare "$@"'
# All that `boot.sh` does and a kernel may refuse.
TRY = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/view" "$1/pts"
mknod "$1/null" c 1 3
: >"$1/null"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/view"
mount -t proc proc "$1/view/proc"
mount -t sysfs -o ro sysfs "$1/view/sys"
mount -t cgroup2 cgroup2 "$1/view/sys/fs/cgroup"
mkdir "$1/view/sys/fs/cgroup/below"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/pts"
"""


class Inside:
    """What runs in there. `command`: becomes its first process; `kinds`: namespaces beyond the usual."""

    def __init__(self, place: Place, *command: object, env: Mapping[str, str], kinds: Sequence[str] = ()) -> None:
        self._place = place
        self._kinds = [option for kind, option in NSENTER.items() if kind in (*KINDS, *kinds)]
        self._group = new_group()
        words = ["sh", "-c", ENTER, "sh", *KINDS, *kinds, *command]
        self._process = place.start(*words, env={**env, "GROUP": str(self._group)})

    def begin(self, what: str, ready: Callable[[], object]) -> None:
        """Wait until it is ready, for which it must not have ended; what does not get there is cleared away."""
        try:
            self._place.wait_for(what, lambda: self._process.poll() is not None or ready(), PATIENCE)
            if self._process.poll() is not None:
                pytest.fail(f"{what} did not come up\n{self._place.logs()}")
        except BaseException:
            self.close()
            raise

    @property
    def init(self) -> int:
        """The first process, as it is called out here; 0 while there is none."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def run(self, command: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a program inside, to its end."""
        return subprocess.run(
            ["nsenter", "-t", str(self.init), *self._kinds, "--", *command],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            umask=0o022,
            check=False,
        )

    def close(self) -> None:
        """End everything inside."""
        with suppress(OSError):
            if first := self.init:
                os.kill(first, signal.SIGKILL)
        self._place.stop(self._process, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while not gone(self._group) and time.monotonic() < end:
            time.sleep(0.02)


def new_group() -> Path:
    """A control group of version 2; those of tests that were killed go. Raises OSError if there is none to be had."""
    for path in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
        if (path / "cgroup.procs").exists():
            for old in path.glob(f"{NAME}*"):
                if not Path("/proc", old.name.split("-")[2]).exists():
                    gone(old)
            group = Path(tempfile.mkdtemp(prefix=f"{NAME}{os.getpid()}-", dir=path))
            group.chmod(0o755)
            return group
    raise FileNotFoundError("no control groups of version 2 are mounted")


def gone(group: Path) -> bool:
    """Remove a control group and all below it; whether nothing is left of it."""
    for folder, _, _ in os.walk(group, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()
    return not group.exists()


@cache
def refused() -> str:
    """Why the kernel does not let us boot a system in namespaces; "" if it does."""
    if os.geteuid() != 0:
        return "not root"
    missing = [program for program in ("unshare", "nsenter", "mount") if not shutil.which(program)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    try:
        group = new_group()
    except OSError as error:
        return f"no control group to be had: {error}"
    with tempfile.TemporaryDirectory(prefix="breakd-try-") as folder:
        words = ["sh", "-c", ENTER, "sh", *KINDS, "--net", "sh", "-c", TRY, "sh", folder]
        env = {**os.environ, "GROUP": str(group), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    while not gone(group):
        time.sleep(0.02)
    return " ".join(done.stderr.split()) or f"exit code {done.returncode}" if done.returncode else ""


def check() -> None:
    """Skip the test, saying why, where there can be no namespaces; fail instead where they are required."""
    if why := refused():
        lacking(f"no namespaces here: {why}")
    if SYSTEMD is None:
        lacking("not installed: systemd")


if __name__ == "__main__":
    sys.exit(refused() or 0)
