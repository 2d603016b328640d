"""A real systemd user manager for tests, in namespaces of its own: it sees nothing of the machine's, nor the other way.

What it needs, and what becomes of tests where it may not have it, is told in `namespaces.py`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.namespaces import PATIENCE, SYSTEMD, Inside, check
from tests.desktop.processes import Place, private_place, require
from tests.shell.daemon_parts import BREAKD, Home, new_home

# The manager of a user, in front of folders that nobody else has. It is root's, among the devices of this very machine.
SCRIPT = """
! mountpoint -q /dev || mount -o remount,bind,ro /dev || exit 9
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && mount -t proc proc /proc || exit 9
while umount /sys/fs/cgroup 2>/dev/null; do :; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 9
"$1" --user --log-target=console &
wait
"""


class Manager:
    """The user manager of a `Home`, and that person's hands inside."""

    def __init__(self, place: Place, home: Home) -> None:
        self.home = home
        self._place = place
        self._inside = Inside(place, "sh", "-c", SCRIPT, "sh", SYSTEMD, env=home.env)
        ready = Path(home.env["XDG_RUNTIME_DIR"], "systemd", "private")
        self._inside.begin("the user manager", ready.exists)

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside, to its end."""
        return self._inside.run(command, {**self.home.env, **env})

    def breakd(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of breakd inside."""
        return self.run(BREAKD, *words, **env)

    def systemctl(self, *words: str) -> str:
        """What systemctl says."""
        return self.run("systemctl", "--user", *words).stdout.strip()

    def shown(self, name: str) -> str:
        """A property of the unit."""
        return self.systemctl("show", "breakd.service", f"--property={name}", "--value")

    def until(self, found: object) -> None:
        """Wait until it is so."""
        assert callable(found)
        self._place.wait_for(f"the service: {self.systemctl('status', 'breakd.service')}", found, PATIENCE)

    @property
    def unit(self) -> Path:
        """The unit file."""
        return Path(self.home.env["XDG_CONFIG_HOME"], "systemd", "user", "breakd.service")

    def close(self) -> None:
        """End everything inside."""
        self._inside.close()


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """A user manager in which breakd is not installed yet."""
    check()
    require("systemctl", "systemd-analyze")
    with new_home() as home, private_place(monkeypatch) as place:
        one = Manager(place, home)
        try:
            yield one
        finally:
            one.close()
