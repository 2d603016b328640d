"""`breakd doctor` in front of a real screen: it asks for input and for the button of a real notification."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.desktop.bus_parts import Desk
from tests.desktop.test_notifiers import start_dunst
from tests.shell.daemon_parts import BREAKD

pytestmark = pytest.mark.desktop
PATIENCE = 60.0  # seconds until a test gives up; machines may be slow


class Terminal:
    """`breakd doctor` in a terminal."""

    def __init__(self) -> None:
        self.pid, self._file = pty.fork()
        if self.pid == 0:  # pragma: no cover  another process
            os.execv(BREAKD, [BREAKD, "doctor"])
        self.said = ""

    def until(self, words: str) -> None:
        """Wait until it said so."""
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            assert time.monotonic() < end, f"waited in vain for {words!r}; it said: {self.said}"
            if select.select([self._file], [], [], 0.1)[0]:
                self.said += os.read(self._file, 4096).decode(errors="replace")

    def type(self, text: str) -> None:
        """Type on its keyboard."""
        os.write(self._file, text.encode())

    def code(self) -> int:
        """Wait for its end; the exit code."""
        with suppress(OSError):  # nobody holds the other end any more
            while data := os.read(self._file, 4096):
                self.said += data.decode(errors="replace")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self) -> None:
        """End it, if it has not ended."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._file)


@contextmanager
def terminal() -> Iterator[Terminal]:
    """One, closed on the way out."""
    one = Terminal()
    try:
        yield one
    finally:
        one.close()


def test_mouse_and_button_are_seen(desk: Desk) -> None:
    """The mouse is moved, the button pressed: both are told, and nothing is left on the screen."""
    start_dunst(desk)
    with terminal() as doctor:
        doctor.until("Move the mouse or press a key")
        desk.run("xdotool", "mousemove", 100, 100)
        doctor.until("Press the button of the notification")
        assert int(desk.run("dunstctl", "count", "displayed")) == 1
        (desk.folder / "pick").write_text("I see it")
        desk.run("xdotool", "key", "shift")
        desk.run("dunstctl", "context")
        assert (doctor.code(), doctor.said) == (0, doctor.said)
    assert re.search(r"input is seen, by (tty, )?x11; watched by ", doctor.said)
    assert "the button was pressed, shown by desktop (dunst)" in doctor.said
    assert int(desk.run("dunstctl", "count", "displayed")) == 0


def test_who_sees_no_note_says_so(desk: Desk) -> None:
    """An n on the keyboard: the server took the note, but the person saw none."""
    start_dunst(desk)
    with terminal() as doctor:
        doctor.until("Move the mouse or press a key")
        desk.run("xdotool", "key", "shift")
        doctor.until("Press the button of the notification")
        doctor.type("n\n")
        assert (doctor.code(), doctor.said) == (1, doctor.said)
    assert "desktop (dunst) took one, but you did not see it" in doctor.said
