"""An X server for tests: a real one without a screen, and made-up input for it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

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
        self._xdotool("key", "shift")

    def move(self, x: int, y: int) -> None:
        """Move the pointer there."""
        self._xdotool("mousemove", str(x), str(y))

    def _xdotool(self, *words: str) -> None:
        env = {**os.environ, "DISPLAY": self.display}  # the test may have led its own elsewhere
        subprocess.run(["xdotool", *words], check=True, capture_output=True, timeout=20, env=env)

    def freeze(self) -> None:
        """Stop the server, as a machine does that is too busy."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def die(self) -> None:
        """Kill the server."""
        self.place.stop(self.process, signal.SIGKILL)


class Tap:
    """A Unix socket in front of a screen's. `path`: a DISPLAY; `received`: bytes that came from the server."""

    def __init__(self, screen: Screen) -> None:
        self.path = f"{screen.place.folder}/tap"
        self.received = 0
        self._server = f"/tmp/.X11-unix/X{screen.number}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass everything on, both ways, until one end is gone."""
        server_reader, server_writer = await asyncio.open_unix_connection(self._server)
        ways = [self._pass(reader, server_writer), self._pass(server_reader, writer, count=True)]
        await asyncio.wait([asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, server_writer):
            end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool = False) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                self.received += len(data) if count else 0
                writer.write(data)


@asynccontextmanager
async def tapped(screen: Screen) -> AsyncIterator[Tap]:
    """A tap on the way to a screen."""
    tap = Tap(screen)
    server = await asyncio.start_unix_server(tap.serve, tap.path)
    try:
        yield tap
    finally:
        server.close()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A private folder and environment in which nothing is started yet."""
    with private_place(monkeypatch) as one:
        yield one


@pytest.fixture
def screen(place: Place) -> Screen:
    """An X server; DISPLAY leads to it."""
    return Screen(place, "-nolisten", "tcp")


@pytest.fixture
def guarded(place: Place) -> Screen:
    """An X server that wants a cookie, also over TCP; XAUTHORITY leads to a file that has it."""
    require("xauth")
    theirs, ours = place.folder / "theirs", place.folder / "ours"
    place.setenv("XAUTHORITY", ours)
    cookie = secrets.token_hex(16)
    # Whose cookies are in it is nothing to the server; its number is known only once it runs.
    place.run("xauth", "-f", theirs, "add", ":0", ".", cookie)
    screen = Screen(place, "-auth", theirs, "-listen", "tcp")
    place.run("xauth", "add", screen.display, ".", cookie)
    return screen
