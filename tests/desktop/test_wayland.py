"""Presence on Wayland in front of real compositors: KWin, sway, labwc."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from breakd import Source
from breakd_wayland import idle
from breakd_wayland.idle import wayland
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import NEVER, Rig, SourceContract, assert_readable
from tests.desktop.bus_parts import Desk
from tests.desktop.wayland_parts import Wayland, WaylandInput, wayland_input

pytestmark = pytest.mark.desktop

KINDS = ("kwin", "sway", "sway newer", "labwc newer")


class WaylandRig(Rig):
    """The source in front of a compositor with made-up hands."""

    remembers = False

    def __init__(self, hands: WaylandInput) -> None:
        self.source: Source = wayland
        self._hands = hands

    async def touch(self) -> None:
        await self._hands.touch()


@pytest.mark.parametrize("kind", KINDS)
class TestWayland(SourceContract):
    """The contract of all sources of presence."""

    @pytest.fixture
    async def rig(self, desk: Desk, kind: str) -> AsyncIterator[Rig]:
        """With a compositor of its own."""
        Wayland(desk, kind)
        async with wayland_input() as hands:
            yield WaylandRig(hands)


class TestOlderKwin(SourceContract):
    """KWin as it was until 5.26: it still speaks what it spoke before the standard."""

    @pytest.fixture
    async def rig(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
        """With a compositor of its own."""
        monkeypatch.setattr(idle, "PROTOCOLS", idle.PROTOCOLS[1:])
        Wayland(desk, "kwin")
        async with wayland_input() as hands:
            yield WaylandRig(hands)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_restarted_compositor_is_watched_anew(desk: Desk, kind: str) -> None:
    """Its death fails the source, so that the host starts it again; in front of the next it works as before."""
    compositor = Wayland(desk, kind)
    for _ in range(2):
        emit = FakeEmit()
        async with wayland_input() as hands:
            failing = asyncio.ensure_future(failure(wayland, emit))
            emit.ask(NEVER)
            await asyncio.sleep(0.3)
            await hands.touch()
            assert (await emit.next(0)).event.name == "active"
            compositor.die()
            error = await failing
        assert (type(error), str(error).endswith("closed the connection")) == (ConnectionError, True)
        compositor.process = await asyncio.to_thread(compositor.start)


async def test_gnome_is_left_to_its_own_source(desk: Desk) -> None:
    """GNOME's compositor does not speak the protocol, which is said."""
    desk.gnome_shell()
    desk.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert_readable(await failure(wayland, FakeEmit()), "wayland-0", "ext_idle_notifier_v1")


async def test_silent_while_nothing_changes(desk: Desk) -> None:
    """Input that goes on is not told, and wakes nobody."""
    Wayland(desk, "kwin")
    async with wayland_input() as hands, run(wayland, emit := FakeEmit()):
        emit.ask(2.0)
        await asyncio.sleep(0.3)
        for _ in range(20):
            await hands.touch()
            await asyncio.sleep(0.05)
        assert emit.words == ["active"]
        await emit.until(lambda: emit.words == ["active", "idle"])
