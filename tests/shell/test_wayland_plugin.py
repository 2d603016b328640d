"""Presence on Wayland in front of a compositor written by hand; tests/desktop has the real ones."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from breakd import Busy, Free, Source
from breakd_wayland import fullscreen, idle, wayland
from tests.contract.busy import BusyContract, Signal
from tests.contract.compositor import ACTIVATED, FULLSCREEN, IDLE, OLD_IDLE, SEAT, WINDOWS, FakeCompositor
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import NEVER, Rig, SourceContract, assert_readable


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The runtime folder, in which there is nothing yet; short, since a socket's path holds 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="breakd-wl-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        yield Path(name)


@pytest.fixture
async def compositor(folder: Path) -> AsyncIterator[FakeCompositor]:
    """A compositor that WAYLAND_DISPLAY leads to."""
    started = await FakeCompositor(folder / "wayland-7").start()
    yield started
    await started.stop()


class FakeWaylandRig(Rig):
    """The source in front of it."""

    remembers = False

    def __init__(self, compositor: FakeCompositor) -> None:
        self.source: Source = wayland
        self._compositor = compositor

    async def touch(self) -> None:
        self._compositor.touch()


class TestWayland(SourceContract):
    """The contract of all sources of presence."""

    @pytest.fixture
    def rig(self, compositor: FakeCompositor) -> Rig:
        """With a compositor of its own."""
        return FakeWaylandRig(compositor)


class TestOlderCompositor(TestWayland):
    """One that speaks only what KDE and sway spoke before there was a standard."""

    @pytest.fixture
    def rig(self, compositor: FakeCompositor) -> Rig:
        """With a compositor of its own."""
        compositor.offered = {1: OLD_IDLE, 2: SEAT}
        return FakeWaylandRig(compositor)


async def test_nothing_is_guessed(compositor: FakeCompositor) -> None:
    """What was before the start is not known to a compositor's client, so the first word is that of the first input."""
    emit = FakeEmit()
    async with run(wayland, emit):
        emit.ask(0.1)
        await asyncio.sleep(0.4)
        assert emit.words == []
        compositor.touch()
        assert (await emit.next(0)).event.name == "active"
        assert (await emit.next(1)).event.name == "idle"


async def test_a_suspend_makes_it_unknown(compositor: FakeCompositor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked after a suspend it does not repeat what it knew before, and tells the next input."""
    emit = FakeEmit()
    async with run(wayland, emit):
        emit.ask(NEVER)
        await asyncio.sleep(0.1)
        compositor.touch()
        await emit.next()
        before = idle.slept()
        monkeypatch.setattr(idle, "slept", lambda: before + 3600)
        emit.ask(NEVER)
        await asyncio.sleep(0.3)
        assert emit.words == ["active"]
        compositor.touch()
        assert (await emit.next(1)).event.name == "active"


async def test_input_without_a_pause_is_told(compositor: FakeCompositor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compositor that calls nobody idle, as during a film, tells of somebody."""
    monkeypatch.setattr(idle, "SILENCE", 0.1)
    monkeypatch.setattr(idle, "PROBE", int(NEVER))
    async with run(wayland, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"


async def test_all_seats_are_one_person(compositor: FakeCompositor) -> None:
    """A second seat counts from when it is there, also while nobody is; one that goes is forgotten."""
    emit = FakeEmit()
    async with run(wayland, emit):
        emit.ask(0.2)
        await asyncio.sleep(0.1)
        compositor.touch()
        await emit.until(lambda: emit.words == ["active", "idle"])
        compositor.plug(9, SEAT)
        await asyncio.sleep(0.2)
        compositor.touch()
        await emit.until(lambda: emit.words == ["active", "idle", "active", "idle"])
        compositor.unplug(9)
        await asyncio.sleep(0.2)
        compositor.touch()
        await emit.until(lambda: emit.words == ["active", "idle"] * 3)


async def test_numbers_of_objects_are_used_again(compositor: FakeCompositor) -> None:
    """However often it is asked, the compositor keeps only the objects that are in use."""
    emit = FakeEmit()
    async with run(wayland, emit):
        emit.ask(NEVER)
        await asyncio.sleep(0.1)
        compositor.touch()
        for number in range(200):
            emit.ask(5 + number % 2)
            await emit.until(lambda: len(emit.told) > number)  # noqa: B023  awaited here
        await asyncio.sleep(0.1)
        assert len(compositor.clients[0].notifications) == 1
        assert max(number for number in compositor.clients[0].objects) < 16


async def test_a_dead_compositor_is_a_failure(compositor: FakeCompositor) -> None:
    """Its death is a ConnectionError, so that the source is started again; then there is no compositor."""
    emit = FakeEmit()
    emit.ask(NEVER)
    failing = asyncio.ensure_future(failure(wayland, emit))
    await asyncio.sleep(0.1)
    compositor.touch()
    await emit.next()
    await compositor.stop()
    error = await failing
    assert isinstance(error, ConnectionError)
    assert str(error) == f"the compositor at {compositor.path} closed the connection"
    assert_readable(await failure(wayland, FakeEmit()), str(compositor.path), "No such file")


async def test_a_compositor_without_the_protocol_is_unavailable(folder: Path) -> None:
    """It is named, and what it lacks."""
    compositor = await FakeCompositor(folder / "wayland-7", offered={1: SEAT}).start()
    assert_readable(await failure(wayland, FakeEmit()), str(compositor.path), IDLE)
    await compositor.stop()


@pytest.mark.parametrize(
    ("runtime", "display", "says"),
    [
        (None, None, "XDG_RUNTIME_DIR is not set"),
        ("/nowhere", None, "WAYLAND_DISPLAY is not set"),
        ("/nowhere", "wayland-1", "/nowhere/wayland-1: No such file"),
        (None, "/nowhere/socket", "/nowhere/socket: No such file"),
    ],
)
async def test_without_a_compositor_it_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, runtime: str | None, display: str | None, says: str
) -> None:
    """Whatever the environment says, the line names what was looked for."""
    for name, value in (("XDG_RUNTIME_DIR", runtime), ("WAYLAND_DISPLAY", display)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert_readable(await failure(wayland, FakeEmit()), says)


async def test_the_usual_socket_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that was started before WAYLAND_DISPLAY was set finds the compositor where it usually listens."""
    monkeypatch.delenv("WAYLAND_DISPLAY")
    compositor = await FakeCompositor(folder / "wayland-0").start()
    async with run(wayland, emit := FakeEmit()):
        emit.ask(NEVER)
        await asyncio.sleep(0.1)
        compositor.touch()
        assert (await emit.next(0)).event.name == "active"
    await compositor.stop()


class FakeFullScreen(Signal):
    """A window of the compositor written by hand, beside another that is not active."""

    on, off = Busy("fullscreen"), Free("fullscreen")
    source: Source = staticmethod(fullscreen)

    def __init__(self, compositor: FakeCompositor) -> None:
        self._compositor = compositor
        compositor.show(1, FULLSCREEN)

    async def begin(self) -> None:
        self._compositor.show(2, ACTIVATED, FULLSCREEN)

    async def end(self) -> None:
        self._compositor.shut(2)

    async def other(self) -> None:
        self._compositor.show(3, ACTIVATED)
        self._compositor.shut(3)


class TestFullScreen(BusyContract):
    """The contract of busy signals."""

    @pytest.fixture
    async def signal(self, compositor: FakeCompositor) -> Signal:
        """With a compositor of its own."""
        return FakeFullScreen(compositor)


async def test_a_compositor_that_hides_windows_is_unavailable(folder: Path) -> None:
    """It is named, and what it lacks."""
    compositor = await FakeCompositor(folder / "wayland-7", offered={1: SEAT}).start()
    assert_readable(await failure(fullscreen, FakeEmit()), str(compositor.path), WINDOWS)
    await compositor.stop()


async def test_without_a_seat_nobody_is_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compositor without keyboard and mouse tells of nobody, until there is one."""
    monkeypatch.setattr(idle, "SILENCE", 0.1)
    compositor = await FakeCompositor(folder / "wayland-7", offered={1: IDLE}).start()
    async with run(wayland, emit := FakeEmit()):
        emit.ask(NEVER)
        await asyncio.sleep(0.3)
        assert emit.words == []
        compositor.plug(2, SEAT)
        await asyncio.sleep(0.2)
        compositor.touch()
        assert (await emit.next(0)).event.name == "active"
    await compositor.stop()
