"""Running the system's own programs: never for long, and without surprises."""

from __future__ import annotations

import os
import subprocess
from typing import NamedTuple

PATIENCE = 90.0  # seconds: longer than a unit may take to start


class Done(NamedTuple):
    """How it went. `code`: 127 if there is no such program, 124 if it took too long."""

    code: int
    out: str
    err: str

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.code == 0

    @property
    def why(self) -> str:
        """What it said about its failure, in one line."""
        return " ".join((self.err or self.out).split()) or f"exit code {self.code}"


def run(*command: str) -> Done:
    """Run a program to its end, with English messages and without a pager."""
    env = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
    try:
        done = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Done(124, "", f"{command[0]} did not end within {PATIENCE:g} s")
    except OSError as error:
        return Done(127, "", f"{command[0]}: {error.strerror}")
    return Done(done.returncode, done.stdout, done.stderr)
