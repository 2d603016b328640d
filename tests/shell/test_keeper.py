"""Whoever keeps the daemon as a service hears that it is ready, alive, what comes next, and that it ends."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from breakd.daemon.keeper import Keeper
from tests.shell.daemon_parts import PATIENCE, new_home

MINUTE = 60_000


class Ear:
    """A service manager that only listens. `address`: what NOTIFY_SOCKET has to be."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.settimeout(PATIENCE)

    def word(self) -> list[str]:
        """The lines of the next datagram."""
        return self.socket.recv(4096).decode().split("\n")

    def rest(self) -> list[list[str]]:
        """Every datagram that is there already."""
        found: list[list[str]] = []
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                found.append(self.word())
        self.socket.settimeout(PATIENCE)
        return found


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    """One of each kind of address."""
    with tempfile.TemporaryDirectory(prefix="breakd-") as folder:
        if request.param == "abstract" and not Path("/proc/net/unix").exists():
            pytest.skip("abstract sockets are of Linux")
        one = Ear(f"{folder}/notify" if request.param == "path" else f"@{folder}/notify")
        yield one
        one.socket.close()


def kept(ear: Ear, **environ: str) -> Keeper:
    """One that is kept with a watchdog of 15 minutes."""
    return Keeper({"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "900000000"} | environ)


def test_every_step_of_a_life_is_told(ear: Ear) -> None:
    """Ready, a status when it is new, the end; each is a sign of life, and nothing comes after the end."""
    keeper = kept(ear)
    keeper.ready(1000)
    keeper.alive(2000, "next: a move break at 10:30")
    keeper.alive(3000, "next: a move break at 10:30")
    keeper.stopping()
    keeper.alive(4000, "nothing any more")
    assert ear.rest() == [
        ["READY=1", "WATCHDOG=1"],
        ["STATUS=next: a move break at 10:30", "WATCHDOG=1"],
        ["STOPPING=1", "WATCHDOG=1"],
    ]


def test_signs_of_life_are_few(ear: Ear) -> None:
    """Whoever is awake anyway tells at most once in a third of what is allowed, and has to in two thirds."""
    keeper = kept(ear)
    keeper.alive(0, "")
    keeper.ready(0)
    for minute in range(1, 16):
        keeper.alive(minute * MINUTE, "")
    assert ear.rest() == [["READY=1", "WATCHDOG=1"], *[["WATCHDOG=1"]] * 3]
    assert keeper.latest == 25 * MINUTE


@pytest.mark.parametrize("environ", [{"WATCHDOG_USEC": ""}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_PID": "1"}])
def test_without_watchdog_only_news_are_told(ear: Ear, environ: dict[str, str]) -> None:
    """No watchdog, or one that watches another process: nobody has to be woken for it."""
    keeper = kept(ear, **environ)
    keeper.ready(0)
    keeper.alive(60 * MINUTE, "one")
    keeper.alive(120 * MINUTE, "one")
    assert (ear.rest(), keeper.latest) == ([["READY=1"], ["STATUS=one"]], None)


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative"])
def test_nobody_has_to_listen(address: str) -> None:
    """Without a keeper, or with one that we cannot reach, all is silent."""
    keeper = Keeper({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "900000000"})
    keeper.ready(0)
    keeper.alive(0, "one")
    assert (keeper.listens, keeper.latest) == (False, None)
    keeper.stopping()


def test_a_keeper_that_is_gone_is_no_problem(ear: Ear) -> None:
    """It may be restarted itself: words are lost, nobody waits, and nothing is raised."""
    keeper = kept(ear)
    ear.socket.close()
    keeper.ready(0)
    keeper.stopping()


def test_children_are_not_told_where() -> None:
    """The words are taken out of the environment; one for this process is taken as such."""
    environ = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid()), "LANG": "C"}
    keeper = Keeper(environ)
    keeper.ready(0)
    assert (environ, keeper.latest) == ({"LANG": "C"}, 2000)
    keeper.stopping()


def test_the_daemon_tells_its_keeper() -> None:
    """Ready comes when commands are answered; signs of life go on while nobody is there; the end is told."""
    with new_home() as home:
        ear = Ear(str(home.folder / "notify"))
        home.env |= {"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "300000"}
        daemon = home.run()
        while "READY=1" not in (word := ear.word()):
            assert "WATCHDOG=1" in word
        assert daemon.command("pause")["ok"]
        while not any(line.startswith("STATUS=paused until ") for line in word):
            word = ear.word()
        assert [ear.word() for _ in range(3)] == [["WATCHDOG=1"]] * 3
        assert daemon.end() == 0
        assert ear.rest()[-1] == ["STOPPING=1", "WATCHDOG=1"]
        ear.socket.close()


def test_the_keeper_hears_what_is_on() -> None:
    """A break that is asked for, one that is on, and what comes next: each once it is so."""
    with new_home() as home:
        ear = Ear(str(home.folder / "notify"))
        home.env["NOTIFY_SOCKET"] = ear.address
        daemon = home.quick("--set=prompt.snooze=10h")
        daemon.tell("active")
        for status in ("a move break is asked for", "a move break is on"):
            while f"STATUS={status}" not in ear.word():
                pass
            daemon.tell("idle")
        daemon.end(signal.SIGKILL)
        ear.socket.close()
