"""The main job of the daemon when the screen is locked and the machine goes to sleep, with a made-up logind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from breakd.daemon.store.journal import Journal
from tests.desktop.bus_parts import Desk
from tests.desktop.main_job_parts import Watched
from tests.desktop.test_logind import Logind, until_held
from tests.shell.daemon_parts import Daemon, wait_for

pytestmark = pytest.mark.desktop


@pytest.fixture
def logind(desk: Desk) -> Logind:
    """A system bus with a logind, without sessions."""
    desk.bus("system")
    desk.mock_logind()
    return Logind(desk)


@pytest.fixture
def home(desk: Desk, logind: Logind) -> Iterator[Watched]:
    """In front of it."""
    desk.setenv("XDG_SESSION_ID", "c1")
    with closing(Watched(desk)) as home:
        yield home


def names(home: Watched) -> list[str]:
    """The events of logind in the journal."""
    with Journal.open_reading(home.journal) as journal:
        return [entry.event.name for entry in journal.entries() if entry.source.startswith("logind")]


def locked(daemon: Daemon, expected: bool) -> None:
    """Wait until the daemon says so."""
    wait_for(lambda: f"locked: {expected}; {daemon.status}", lambda: daemon.status["locked"] is expected)


async def test_a_lock_is_heard_and_so_is_its_end(home: Watched, logind: Logind) -> None:
    """The status says locked, and after the unlock that it is not."""
    path = await logind.add_session("c1")
    daemon = home.daemon()
    locked(daemon, False)
    wait_for(lambda: f"the first word: {names(home)}", lambda: names(home) == ["unlocked"])
    await logind.hint(path, True)
    locked(daemon, True)
    await logind.hint(path, False)
    locked(daemon, False)
    assert names(home) == ["unlocked", "locked", "unlocked"]


async def suspend_seen(home: Watched, logind: Logind, daemon: Daemon, number: int) -> bool:
    """The machine suspends and resumes; whether the inhibitor was still held once it was in the journal."""
    await logind.suspend(True)
    wait_for(lambda: f"the suspend: {names(home)}", lambda: names(home).count("suspended") == number)
    daemon.process.send_signal(signal.SIGSTOP)  # it lets go within a tenth of a second: it shall wait while we look
    held = await logind.inhibitors()
    daemon.process.send_signal(signal.SIGCONT)
    await until_held(logind, 0)
    assert names(home).count("suspended") == number
    await logind.suspend(False)
    await until_held(logind, 1)
    return len(held) == 1


async def test_the_suspend_is_on_the_disk_before_the_machine_sleeps(home: Watched, logind: Logind) -> None:
    """While the inhibitor is held `suspended` is already in the journal; at no moment is it the other way round."""
    daemon = home.daemon()
    await until_held(logind, 1)
    seen = [await suspend_seen(home, logind, daemon, number) for number in range(1, 4)]
    assert any(seen), "in three suspends the inhibitor was never seen held with the suspend in the journal"
    wait_for(lambda: f"the resume: {names(home)}", lambda: names(home)[-1] == "resumed")
    assert daemon.end() == 0
    await until_held(logind, 0)
