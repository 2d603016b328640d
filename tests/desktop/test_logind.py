"""Locks and suspends, with a logind that does what it is told."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from breakd import Locked, Resumed, Suspended, Unavailable, Unlocked, bus
from breakd_logind import lock
from breakd_logind.lock import SESSION, locks
from breakd_logind.manager import LOGIN, MANAGER, MANAGER_PATH
from breakd_logind.suspend import suspends
from tests.desktop.bus_parts import Desk, Told, running

pytestmark = pytest.mark.desktop

MOCK = "org.freedesktop.DBus.Mock"


class Logind:
    """The made-up logind, as its puppeteer sees it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def suspend(self, going: bool) -> None:
        """Say that the machine is about to sleep, or is back."""
        await self._emit(MANAGER_PATH, MANAGER, "PrepareForSleep", "b", ("b", going))

    async def inhibitors(self) -> list[str]:
        """What is held: what for, by whom, and how."""
        async with bus.connect("system") as connection:
            (found,) = await connection.call(LOGIN, MANAGER_PATH, MANAGER, "ListInhibitors")
        return [f"{what} {who} {mode}" for what, who, _why, mode, _user, _process in found]

    async def add_session(self, name: str, user: int | None = None) -> str:
        """Somebody logs in, we or another `user`; gives the session's path."""
        owner = os.getuid() if user is None else user
        added = await self._puppet("AddSession", "ssusb", name, "seat0", owner, "somebody", True)
        path = str(added[0])
        await self._emit(MANAGER_PATH, MANAGER, "SessionNew", "so", ("s", name), ("o", path))
        return path

    async def remove_session(self, name: str, path: str) -> None:
        """Somebody logs out."""
        await self._emit(MANAGER_PATH, MANAGER, "SessionRemoved", "so", ("s", name), ("o", path))

    async def say(self, path: str, request: str) -> None:
        """Lock or Unlock."""
        await self._emit(path, SESSION, request, "")

    async def hint(self, path: str, locked: bool) -> None:
        """The screen locker tells how it is."""
        await self.set_property(path, "LockedHint", ("b", locked))

    async def set_property(self, path: str, name: str, value: tuple[str, object], interface: str = SESSION) -> None:
        """Change something, of a session unless it is said."""
        await self._puppet("UpdateProperties", "sa{sv}", interface, {name: value}, path=path)

    async def have_property(self, path: str, name: str, value: tuple[str, object], interface: str = SESSION) -> None:
        """Let there be such a property, whether or not there was."""
        try:
            await self._puppet("AddProperty", "ssv", interface, name, value, path=path)
        except bus.BusError:
            await self.set_property(path, name, value, interface)

    async def _emit(self, path: str, interface: str, member: str, signature: str, *body: object) -> None:
        await self._puppet("EmitSignal", "sssav", interface, member, signature, list(body), path=path)

    async def _puppet(self, member: str, signature: str, *body: object, path: str = MANAGER_PATH) -> tuple[Any, ...]:
        async with bus.connect("system") as connection:
            return await connection.call(LOGIN, path, MOCK, member, signature, *body)


@pytest.fixture
def logind(desk: Desk) -> Iterator[Logind]:
    """A system bus with a logind, without sessions."""
    desk.bus("system")
    desk.mock_logind()
    yield Logind(desk)


@pytest.mark.parametrize("source", [locks, suspends])
async def test_without_bus_or_logind_they_are_unavailable(desk: Desk, source: Any) -> None:
    """What is missing is named: the bus, or logind on it."""
    desk.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={desk.folder}/nothing")
    with pytest.raises(Unavailable, match=r"no system bus .*No such file"):
        await source(Told())
    desk.bus("system")
    with pytest.raises(Unavailable, match="no logind"):
        await source(Told())


async def test_the_machine_waits_until_the_suspend_is_told(logind: Logind) -> None:
    """A delay inhibitor is held until the suspend has been told; it is taken anew after the resume."""
    told = Told()
    async with running(suspends(told)):
        await until_held(logind, 1)
        await logind.suspend(True)
        await told.says(Suspended())
        await until_held(logind, 0)
        await logind.suspend(False)
        await told.says(Resumed())
        await until_held(logind, 1)
    await until_held(logind, 0)


async def until_held(logind: Logind, expected: int) -> None:
    """Wait until logind counts so many inhibitors."""
    for _ in range(200):
        if len(found := await logind.inhibitors()) == expected:
            break
        await asyncio.sleep(0.01)
    assert ["sleep breakd delay"] * expected == found


async def test_waits_for_a_session(logind: Logind) -> None:
    """A service that starts before anybody logs in learns of the login; the present state is told at once."""
    told = Told()
    async with running(locks(told)):
        await asyncio.sleep(0.3)
        await told.says()
        await logind.add_session("c1")
        await told.says(Unlocked())


async def test_a_session_without_a_screen_is_passed_over(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session that newer systemd gives to the user's service manager is never locked: it is not ours."""
    manager = await logind.add_session("c1")
    await logind.set_property(manager, "Class", ("s", "manager"))
    path = await logind.add_session("c2")
    await logind.hint(path, True)
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    async with running(locks(told)):
        await told.says(Locked())


async def test_lock_and_hint_are_one_word(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """logind's request and the locker's report of the same lock are told once."""
    path = await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    async with running(locks(told)):
        await told.says(Unlocked())
        await logind.say(path, "Lock")
        await told.says(Locked())
        await logind.hint(path, True)
        await logind.hint(path, False)
        await told.says(Unlocked())
        await logind.say(path, "Unlock")
        await logind.hint(path, True)
        await told.says(Locked())
        await logind.say(path, "Unlock")
        await told.says(Unlocked())


async def test_a_lock_that_is_on_is_told_at_the_start(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that starts while the screen is locked says so."""
    path = await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    await logind.hint(path, True)
    told = Told()
    async with running(locks(told)):
        await told.says(Locked())


async def test_a_lock_that_nobody_confirms_is_taken_back(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """A locker that never reports would never report the unlock either; one that does is believed for good."""
    monkeypatch.setattr(lock, "CONFIRMED_WITHIN", 0.3)
    path = await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    async with running(locks(told)):
        await told.says(Unlocked())
        await logind.say(path, "Lock")
        await told.says(Locked())
        await told.says(Unlocked())
        await logind.say(path, "Lock")
        await logind.hint(path, True)
        await told.says(Locked())
        await asyncio.sleep(0.5)
        await told.says()


async def test_other_sessions_are_not_ours(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of somebody else's session says nothing; the end of ours ends the source, to find the next."""
    mine, other = await logind.add_session("c1"), await logind.add_session("c2", user=12345)
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    task = asyncio.ensure_future(locks(told))
    await told.says(Unlocked())
    await logind.say(other, "Lock")
    await logind.remove_session("c2", other)
    await logind.say(mine, "Lock")
    await told.says(Locked())
    await logind.remove_session("c1", mine)
    with pytest.raises(ConnectionError, match="the session ended"):
        await asyncio.wait_for(task, 5)


async def test_logind_going_away_ends_the_sources(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """When logind dies both fail, so that the host starts them anew; a suspend that is on is over."""
    await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told, told_locks = Told(), Told()
    tasks = [asyncio.ensure_future(suspends(told)), asyncio.ensure_future(locks(told_locks))]
    await told_locks.says(Unlocked())
    await until_held(logind, 1)
    await logind.suspend(True)
    await told.says(Suspended())
    logind.desk.stop(logind.desk.processes[-1], signal.SIGKILL)
    for task in tasks:
        with pytest.raises(ConnectionError, match="logind went away"):
            await asyncio.wait_for(task, 5)
    await told.says(Resumed())


async def test_a_session_that_is_not_on_the_screen_is_locked(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another user's session is on the screen nobody sits in front of ours, locked or not."""
    path = await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    async with running(locks(told)):
        await told.says(Unlocked())
        await logind.set_property(path, "Active", ("b", False))
        await told.says(Locked())
        await logind.hint(path, True)
        await logind.set_property(path, "Active", ("b", True))
        await asyncio.sleep(0.2)
        await told.says()
        await logind.hint(path, False)
        await told.says(Unlocked())


async def test_a_service_goes_with_its_user(logind: Logind) -> None:
    """A daemon that is in no session follows the session that its user turns to; a daemon in one stays with it."""
    first, second = await logind.add_session("c1"), await logind.add_session("c2")
    await logind.set_property(second, "Active", ("b", False))
    told = Told()
    async with running(locks(told)):
        await told.says(Unlocked())
        await logind.set_property(first, "Active", ("b", False))
        await told.says(Locked())
        await logind.set_property(second, "Active", ("b", True))
        await told.says(Unlocked())
        await logind.hint(second, True)
        await told.says(Locked())
        await logind.set_property(second, "Active", ("b", False))
        await logind.set_property(first, "Active", ("b", True))
        await told.says(Unlocked())


async def test_a_daemon_in_a_session_stays_with_it(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it sees of input is that session's, so another one of the same user says nothing."""
    first, second = await logind.add_session("c1"), await logind.add_session("c2")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told = Told()
    async with running(locks(told)):
        await told.says(Unlocked())
        await logind.set_property(first, "Active", ("b", False))
        await told.says(Locked())
        await logind.set_property(second, "Active", ("b", True))
        await asyncio.sleep(0.2)
        await told.says()


async def test_remote_sessions_come_last(logind: Logind) -> None:
    """A login over the network is always active, for it has no screen; the session at the machine is the one meant."""
    remote, local = await logind.add_session("c1"), await logind.add_session("c2")
    for path, far in ((remote, True), (local, False)):
        await logind.have_property(path, "Remote", ("b", far))
    await logind.hint(local, True)
    told = Told()
    async with running(locks(told)):
        await told.says(Locked())
        await logind.set_property(local, "Active", ("b", False))
        await logind.hint(local, False)
        await asyncio.sleep(0.2)
        await told.says()


async def test_a_closed_lid_is_no_absence(logind: Logind, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another screen a laptop is used with its lid closed; where it is not, the machine suspends."""
    await logind.add_session("c1")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    told, told_suspends = Told(), Told()
    async with running(locks(told)), running(suspends(told_suspends)):
        await told.says(Unlocked())
        await logind.have_property(MANAGER_PATH, "LidClosed", ("b", False), MANAGER)
        await logind.set_property(MANAGER_PATH, "LidClosed", ("b", True), MANAGER)
        await asyncio.sleep(0.2)
        await told.says()
        await told_suspends.says()
