"""Presence on X11 in front of real X servers."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from breakd import Source
from breakd_x11 import x11
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import NEVER, Rig, SourceContract, assert_readable
from tests.desktop.parts import Screen, tapped
from tests.desktop.processes import Place

pytestmark = pytest.mark.desktop

MESSAGE = 32  # bytes of an event


class ScreenRig(Rig):
    """The source in front of an X server without a screen."""

    def __init__(self, screen: Screen) -> None:
        self.source: Source = x11
        self.screen = screen

    async def touch(self) -> None:
        await asyncio.to_thread(self.screen.key)


class TestX11(SourceContract):
    """Keys through the extension XTEST."""

    @pytest.fixture
    def rig(self, screen: Screen) -> Rig:
        """On a screen of its own."""
        return ScreenRig(screen)


async def test_the_pointer_is_input(screen: Screen) -> None:
    """Moving the mouse ends idleness."""
    emit = FakeEmit()
    await asyncio.sleep(0.6)
    async with run(x11, emit):
        assert (await emit.answer(0.5)).event.name == "idle"
        count = len(emit.told)
        await asyncio.to_thread(screen.move, 300, 200)
        assert (await emit.next(count)).event.name == "active"


async def test_one_message_a_change(screen: Screen, place: Place) -> None:
    """The server sends nothing while somebody types or nobody is there, and one message when that changes."""
    emit = FakeEmit()
    async with tapped(screen) as tap:
        place.setenv("DISPLAY", tap.path)
        async with run(x11, emit):
            await emit.answer(2.0)
            await asyncio.to_thread(screen.key)
            await emit.until(lambda: emit.words[-1] == "active")
            before = tap.received
            for _ in range(5):
                await asyncio.to_thread(screen.key)
            assert tap.received == before
            await emit.until(lambda: emit.words[-1] == "idle")
            await asyncio.sleep(0.5)
            assert tap.received == before + MESSAGE
            for _ in range(5):
                await asyncio.to_thread(screen.key)
            await emit.until(lambda: emit.words[-1] == "active")
            assert tap.received == before + 2 * MESSAGE


async def test_input_while_it_asks(screen: Screen) -> None:
    """However input and questions fall together, the last word is the truth."""
    emit = FakeEmit()
    typing = asyncio.ensure_future(_type(screen, 15))
    async with run(x11, emit):
        while not typing.done():
            emit.ask(0.05)
            await asyncio.sleep(0.02)
        await emit.until(lambda: emit.words[-1] == "idle")
        count = len(emit.told)
        await asyncio.to_thread(screen.key)
        assert (await emit.next(count)).event.name == "active"
        assert (await emit.next(count + 1)).event.name == "idle"


async def _type(screen: Screen, keys: int) -> None:
    for _ in range(keys):
        await asyncio.to_thread(screen.key)
        await asyncio.sleep(0.04)


async def test_a_dead_server_is_a_failure(screen: Screen) -> None:
    """The server's death is a ConnectionError, so that the source is started again; then there is no X server."""
    emit = FakeEmit()
    emit.ask(NEVER)
    failing = asyncio.ensure_future(failure(x11, emit))
    await emit.next()
    screen.die()
    error = await failing
    assert isinstance(error, ConnectionError)
    assert str(error) == f"the X server at DISPLAY={screen.display} closed the connection"
    assert_readable(await failure(x11, FakeEmit()), f"DISPLAY={screen.display}", f"X{screen.number}")


@pytest.mark.parametrize("form", [":{n}", ":{n}.0", "unix:{n}", "unix/:{n}", "/tmp/.X11-unix/X{n}", "unix:{socket}.0"])
async def test_local_forms_of_display(screen: Screen, place: Place, form: str) -> None:
    """Every way in which DISPLAY can name a server of this machine leads to it."""
    place.setenv("DISPLAY", form.format(n=screen.number, socket=f"/tmp/.X11-unix/X{screen.number}"))
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


async def test_the_file_is_enough(place: Place) -> None:
    """A server without an abstract socket is found by its file, as one in another network namespace is."""
    place.setenv("DISPLAY", Screen(place, "-nolisten", "tcp", "-nolisten", "local").display)
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


@pytest.mark.parametrize("form", ["localhost:{n}", "127.0.0.1:{n}.0", "tcp/localhost:{n}", "[::1]:{n}", "::1:{n}"])
async def test_tcp_forms_of_display(guarded: Screen, place: Place, form: str) -> None:
    """Over TCP to this machine the cookie is the local one, as `ssh -X` leaves it."""
    if "::" in form and not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6")
    place.setenv("DISPLAY", form.format(n=guarded.number))
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


async def test_the_right_cookie_of_many(guarded: Screen, place: Place) -> None:
    """The cookie of this host's display opens it; those of other hosts and displays are not taken for it."""
    cookie = place.run("xauth", "list", guarded.display).split()[-1]
    place.run("xauth", "remove", guarded.display)
    for name in (f"elsewhere/unix:{guarded.number}", f":{guarded.number + 1}"):
        place.run("xauth", "add", name, ".", "00" * 16)
    place.run("xauth", "add", guarded.display, ".", cookie)
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


async def test_a_cookie_for_any_host(guarded: Screen) -> None:
    """A cookie without a host opens the display, as display managers write it."""
    make_wild(Path(os.environ["XAUTHORITY"]))
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


def make_wild(file: Path) -> None:
    """Let the first entry of an Xauthority file be for any host."""
    entry = file.read_bytes()
    file.write_bytes(b"\xff\xff\0\0" + entry[4 + entry[3] :])


async def test_without_the_cookie_it_is_unavailable(guarded: Screen, place: Place) -> None:
    """No cookie, a wrong one, or no file: it says which server, its words, and which file was read."""
    name = f"DISPLAY={guarded.display}"
    place.run("xauth", "add", guarded.display, ".", "00" * 16)
    assert_readable(await failure(x11, FakeEmit()), name, os.environ["XAUTHORITY"], "wrong cookie", "Invalid")
    place.run("xauth", "remove", guarded.display)
    assert_readable(await failure(x11, FakeEmit()), name, os.environ["XAUTHORITY"], "no cookie", "Authorization")
    place.delenv("XAUTHORITY")
    assert_readable(await failure(x11, FakeEmit()), name, f"{os.environ['HOME']}/.Xauthority", "no cookie")


@pytest.mark.parametrize(
    ("display", "says"),
    [
        (None, "DISPLAY is not set"),
        ("", "DISPLAY is not set"),
        (":87", "no X server at DISPLAY=:87"),
        ("/nowhere/socket", "/nowhere/socket: No such file or directory"),
        ("localhost:88", "localhost port 6088: Connect"),
        ("no.such.host.invalid:0", "no.such.host.invalid port 6000"),
        ("screen", "DISPLAY is 'screen', expected :0"),
    ],
)
async def test_without_a_server_it_is_unavailable(place: Place, display: str | None, says: str) -> None:
    """Whatever DISPLAY says, the line names it and why nobody is there."""
    if display is not None:
        place.setenv("DISPLAY", display)
    assert_readable(await failure(x11, FakeEmit()), says)


async def test_wayland_is_refused(screen: Screen, place: Place) -> None:
    """Beside Wayland an X server sees only some of the input, so it is not asked."""
    place.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert_readable(await failure(x11, FakeEmit()), "WAYLAND_DISPLAY=wayland-0")


async def test_without_sync_it_is_unavailable(guarded: Screen, place: Place) -> None:
    """A server that keeps SYNC from programs it does not trust, as with `ssh -X`, is named."""
    place.run("xauth", "generate", guarded.display, ".", "untrusted", "timeout", "0")
    assert_readable(await failure(x11, FakeEmit()), f"DISPLAY={guarded.display}", "SYNC")


async def test_randr_is_not_needed(place: Place) -> None:
    """A server that cannot name its monitors will do."""
    Screen(place, "-nolisten", "tcp", "-extension", "RANDR")
    async with run(x11, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


async def test_a_frozen_server_is_waited_for(screen: Screen) -> None:
    """A server that does not answer for a while loses nothing, and the source can still be stopped."""
    emit = FakeEmit()
    async with run(x11, emit) as running:
        await emit.answer(NEVER)
        screen.freeze()
        emit.ask(0.2)
        await asyncio.sleep(0.4)
        assert emit.words == ["active"]
        screen.thaw()
        await emit.until(lambda: emit.words[-1] == "idle")
        screen.freeze()
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=1)
        screen.thaw()
        assert done == {running}
