"""A terminal for programs that want one: what a person types, and what is shown."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.shell.daemon_parts import PATIENCE


class Terminal:
    """The person's side. `seen`: all that was shown."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.seen = ""

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._fd, text.encode())

    def until(self, words: str) -> None:
        """Read what is shown until these words are, in what is new."""
        begun, end = len(self.seen), time.monotonic() + PATIENCE
        while words not in self.seen[begun:]:
            left = max(0, end - time.monotonic())
            assert select.select([self._fd], [], [], left)[0], f"waited for {words!r} in {self.seen!r}"
            self.seen += os.read(self._fd, 4096).decode(errors="replace")


@contextmanager
def terminal(words: Sequence[str], env: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program in a terminal, and end it."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(words[0], list(words), dict(env))
    try:
        yield Terminal(fd)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
