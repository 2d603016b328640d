"""`breakd.bus` on a real bus."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from breakd import Unavailable, bus
from tests.desktop.bus_parts import Desk
from tests.desktop.fake_server import NOTIFICATIONS, FakeServer

pytestmark = pytest.mark.desktop

PATH = "/org/freedesktop/Notifications"


@asynccontextmanager
async def listening(*rules: bus.Rule) -> AsyncIterator[tuple[bus.Connection, bus.Signals]]:
    """A connection, and a stream of what the notification server says."""
    async with bus.connect("session") as connection, connection.signals(NOTIFICATIONS, *rules) as signals:
        yield connection, signals


def open_files() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_calls_and_errors(desk: Desk) -> None:
    """A reply gives its values; an error reply is an exception with the D-Bus name of the error."""
    desk.bus("session")
    async with bus.connect("session") as connection:
        (names,) = await connection.ask("ListNames")
        assert bus.DBUS in names
        with pytest.raises(bus.BusError, match=r"org\.nobody") as caught:
            await connection.call("org.nobody", "/", "org.nobody.Home", "Knock")
        assert caught.value.name in bus.NOBODY
        assert await connection.owner("org.nobody") == ""


async def test_an_answer_that_does_not_come(desk: Desk) -> None:
    """A call ends by itself, and says who did not answer what; the connection stays good."""
    desk.bus("session")
    async with FakeServer().serving() as server, bus.connect("session") as connection:
        server.answers = False
        with pytest.raises(TimeoutError, match=r"org\.freedesktop\.Notifications did not answer GetCapabilities"):
            await connection.call(NOTIFICATIONS, PATH, NOTIFICATIONS, "GetCapabilities", within=0.1)
        await server.thaw()  # the late answer is nobody's
        assert await connection.owner(NOTIFICATIONS)


async def test_no_signal_is_dropped(desk: Desk) -> None:
    """However many come before anybody reads, all are there, in order; those of others are not."""
    desk.bus("session")
    rule = bus.Rule(NOTIFICATIONS, "ActionInvoked")
    async with (
        FakeServer().serving() as server,
        FakeServer(own="org.other").serving() as other,
        listening(rule) as (_, signals),
    ):
        for number in range(2000):
            await server.invoke(number, "start")
            await other.invoke(number, "skip")
        got = [await anext(signals) for _ in range(2000)]
    assert [(number, "start") for number in range(2000)] == [signal.body for signal in got]


async def test_two_streams_on_one_connection(desk: Desk) -> None:
    """Each stream gets what matches its rules, and one that is left takes nothing from the other."""
    desk.bus("session")
    rule = bus.Rule(member="NotificationClosed")
    async with FakeServer().serving() as server, listening(rule) as (connection, closed):
        async with connection.signals(NOTIFICATIONS, bus.Rule(member="ActionInvoked")) as invoked:
            await server.invoke(1, "start")
            assert (await anext(invoked)).body == (1, "start")
        await server.invoke(2, "start")
        await server.dismiss(3)
        assert (await anext(closed)).body == (3, 2)


async def test_streams_of_two_senders_on_one_connection(desk: Desk) -> None:
    """The bus sends a connection what any of its streams asked for; each stream takes what its own sender said."""
    desk.bus("session")
    rule = bus.Rule(NOTIFICATIONS)
    async with (
        FakeServer().serving() as server,
        FakeServer(own="org.other").serving() as other,
        listening(rule) as (connection, signals),
        connection.signals("org.other", rule) as of_the_other,
    ):
        await other.dismiss(1)
        assert (await anext(of_the_other)).body == (1, 2)
        await server.dismiss(2)
        assert (await anext(signals)).body == (2, 2)


async def test_the_sender_comes_and_goes(desk: Desk) -> None:
    """A stream tells when its sender dies and when another takes the name, and follows the new one."""
    desk.bus("session")
    async with listening(bus.Rule(NOTIFICATIONS)) as (_, signals):
        assert signals.owner == ""
        for _ in range(2):
            async with FakeServer().serving() as server:
                came = await anext(signals)
                assert (came.member, came.body[:2]) == ("NameOwnerChanged", (NOTIFICATIONS, ""))
                await server.dismiss(1)
                assert (await anext(signals)).member == "NotificationClosed"
            went = await anext(signals)
            assert (went.member, went.body[2]) == ("NameOwnerChanged", "")


async def test_nothing_hangs_when_the_bus_dies(desk: Desk) -> None:
    """Calls that wait, streams that are read, and all after: ConnectionError. Signals that came are read first."""
    process = desk.bus("session")
    rule = bus.Rule(NOTIFICATIONS, "NotificationClosed")
    async with FakeServer().serving() as server, listening(rule) as (connection, signals):
        await server.dismiss(1)
        await connection.ask("GetId")
        server.answers = False
        waiting = asyncio.ensure_future(
            connection.call(NOTIFICATIONS, PATH, NOTIFICATIONS, "GetCapabilities", within=60)
        )
        await server.called.wait()
        desk.stop(process, signal.SIGKILL)
        with pytest.raises(ConnectionError):
            await waiting
        assert (await anext(signals)).body == (1, 2)
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await anext(signals)
        with pytest.raises(ConnectionError):
            await connection.ask("GetId")


async def test_a_cancelled_call_harms_nobody(desk: Desk) -> None:
    """Calls cancelled in the middle of a message of 4 MB leave the connection whole."""
    desk.bus("session")
    async with FakeServer().serving(), bus.connect("session") as connection:
        note: tuple[Any, ...] = ("", 0, "", "", "x" * 4_000_000, [], {}, 0)
        sending = asyncio.ensure_future(
            connection.call(NOTIFICATIONS, PATH, NOTIFICATIONS, "Notify", "susssasa{sv}i", *note)
        )
        await asyncio.sleep(0)
        sending.cancel()
        assert len((await connection.ask("GetId"))[0]) == 32


async def test_leaving_is_clean(desk: Desk) -> None:
    """After the block the socket is closed, also when the block fails."""
    desk.bus("session")
    before = open_files()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with listening(bus.Rule(NOTIFICATIONS)):
                raise ZeroDivisionError
    assert before == open_files()


async def test_a_bus_that_is_not_there(desk: Desk) -> None:
    """A socket without a bus behind it is Unavailable, with the address and the reason."""
    process = desk.bus("session")
    desk.stop(process, signal.SIGKILL)
    with pytest.raises(Unavailable, match=r"no session bus .*/session.*"):
        async with bus.connect("session"):
            pass
