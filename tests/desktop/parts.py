"""An X server for tests: a real one without a screen, and made-up input for it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.desktop.processes import Place, private_place, require


class Screen:
    """An X server (Xvfb) of its own. `display`: what DISPLAY has to be to reach it, which it already is."""

    def __init__(self, place: Place, *options: object) -> None:
        require("Xvfb", "xdotool")
        self.place = place
        reading, writing = os.pipe()
        self.process = place.start(
            "Xvfb", "-displayfd", writing, "-screen", "0", "900x600x24", "-noreset", "-s", "0", *options,
            pass_fds=(writing,),
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as lines:
            number = lines.readline().strip()  # at its end or its death
        if not number:
            pytest.fail(f"Xvfb did not start\n{place.logs()}")
        self.number = int(number)
        self.display = f":{number}"
        place.setenv("DISPLAY", self.display)

    def key(self) -> None:
        """Press Shift and let it go: input that does nothing."""
        subprocess.run(["xdotool", "key", "shift"], check=True, capture_output=True, timeout=20)

    def move(self, x: int, y: int) -> None:
        """Move the pointer there."""
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True, capture_output=True, timeout=20)

    def freeze(self) -> None:
        """Stop the server, as a machine does that is too busy."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def die(self) -> None:
        """Kill the server."""
        self.place.stop(self.process, signal.SIGKILL)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A private folder and environment in which nothing is started yet."""
    with private_place(monkeypatch) as one:
        yield one


@pytest.fixture
def screen(place: Place) -> Screen:
    """An X server; DISPLAY leads to it."""
    return Screen(place, "-nolisten", "tcp")
