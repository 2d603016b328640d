"""A real systemd user manager for tests, in namespaces of its own: it sees nothing of the machine's, nor the other way.

It needs root, and a kernel that lets it have namespaces and a control group; where it may not, the tests skip.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.desktop.processes import Place, lacking, private_place, require
from tests.shell.daemon_parts import BREAKD, Home, new_home

PATIENCE = 60.0  # seconds until a test gives up; machines may be slow
SYSTEMD = next(
    (path for path in map(Path, ("/lib/systemd/systemd", "/usr/lib/systemd/systemd")) if path.exists()), None
)

# Into the control group before the namespace is made: it becomes the root of the one inside.
SCRIPT = """
echo $$ >"$GROUP/cgroup.procs" || exit 9
exec unshare --mount --propagation private --pid --fork --kill-child --cgroup sh -c '
    mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && mount -t proc proc /proc || exit 9
    while umount /sys/fs/cgroup 2>/dev/null; do :; done
    mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 9
    "$SYSTEMD" --user --log-target=console &
    wait
'
"""


class Manager:
    """The user manager of a `Home`, and that person's hands inside."""

    def __init__(self, place: Place, home: Home) -> None:
        self.home = home
        self._place = place
        self._group = _groups() / f"breakd-test-{os.getpid()}"
        try:
            self._group.mkdir(exist_ok=True)
        except OSError as error:
            pytest.skip(f"may not make a control group: {error}")
        words = {"GROUP": str(self._group), "SYSTEMD": str(SYSTEMD)}
        self._process = place.start("sh", "-c", SCRIPT, env={**home.env, **words})
        ready = Path(home.env["XDG_RUNTIME_DIR"], "systemd", "private")
        place.wait_for("the user manager", lambda: ready.exists() or self._process.poll() is not None, PATIENCE)
        if self._process.poll() is not None:
            pytest.skip(f"may not have a user manager here\n{place.logs()}")

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside, to its end."""
        inner = ["nsenter", "-t", str(self._init), "-m", "-p", "-C", "--", *command]
        return subprocess.run(
            inner,
            env={**self.home.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    def breakd(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of breakd inside."""
        return self.run(BREAKD, *words, **env)

    def systemctl(self, *words: str) -> str:
        """What systemctl says."""
        return self.run("systemctl", "--user", *words).stdout.strip()

    def shown(self, name: str) -> str:
        """A property of the unit."""
        return self.systemctl("show", "breakd.service", f"--property={name}", "--value")

    def kill(self, how: str) -> str:
        """Send a signal to the daemon; its process."""
        pid = self.shown("MainPID")
        self.run("sh", "-c", f"kill -{how} {pid}")
        return pid

    def until_another(self, pid: str) -> None:
        """Wait until another daemon than this runs."""
        self.until(lambda: self.shown("MainPID") not in ("0", pid) and self.shown("ActiveState") == "active")

    def until(self, found: object) -> None:
        """Wait until it is so."""
        assert callable(found)
        self._place.wait_for(f"the service: {self.systemctl('status', 'breakd.service')}", found, PATIENCE)

    def dropin(self, text: str) -> None:
        """Change the unit as people do."""
        folder = self.unit.with_name("breakd.service.d")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mine.conf").write_text(text)
        self.systemctl("daemon-reload")

    @property
    def unit(self) -> Path:
        """The unit file."""
        return Path(self.home.env["XDG_CONFIG_HOME"], "systemd", "user", "breakd.service")

    @property
    def _init(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return int(children.split()[0])

    def close(self) -> None:
        """End everything inside: its first process takes all others with it."""
        with suppress(OSError, IndexError):
            os.kill(self._init, signal.SIGKILL)
        self._place.stop(self._process, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while self._group.exists() and time.monotonic() < end:
            for folder, _, _ in os.walk(self._group, topdown=False):
                with suppress(OSError):
                    Path(folder).rmdir()
            time.sleep(0.02)


def _groups() -> Path:
    """Where control groups of version 2 are made; skips without."""
    for path in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
        if (path / "cgroup.procs").exists() and os.access(path, os.W_OK):
            return path
    pytest.skip("no control groups to be had here")


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """A user manager in which breakd is not installed yet."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    require("unshare", "nsenter", "systemctl", "systemd-analyze")
    if SYSTEMD is None:
        lacking("not installed: systemd")
    with new_home() as home, private_place(monkeypatch) as place:
        one = Manager(place, home)
        try:
            yield one
        finally:
            one.close()
