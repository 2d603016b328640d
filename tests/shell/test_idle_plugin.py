"""Idle clocks of macOS and Windows, with a clock that is made up: neither system is at hand."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import time
from types import SimpleNamespace

import pytest

from breakd import Emit, Source, Unavailable
from breakd_idle import clocks, idle, looking
from breakd_idle.clocks import LastInput, clock, ticks_between
from tests.contract.fakes import FakeEmit, failure
from tests.contract.sources import Rig, SourceContract, assert_readable


class ClockRig(Rig):
    """The source in front of a clock that a method sets back."""

    def __init__(self) -> None:
        self._last = time.monotonic()

        async def source(emit: Emit) -> None:
            await looking.follow(emit, lambda: time.monotonic() - self._last)

        self.source: Source = source

    async def touch(self) -> None:
        self._last = time.monotonic()
        await asyncio.sleep(0.02)


class TestIdle(SourceContract):
    """The contract of all sources of presence."""

    @pytest.fixture
    async def rig(self, monkeypatch: pytest.MonkeyPatch) -> Rig:
        """It looks more often than it would."""
        monkeypatch.setattr(looking, "SOON", 0.01)
        return ClockRig()


@pytest.mark.skipif(sys.platform in clocks.CLOCKS, reason="this system has such a clock")
async def test_elsewhere_it_is_unavailable() -> None:
    """On systems that tell of input themselves it says so, in a line."""
    assert_readable(await failure(idle, FakeEmit()), "macOS", "Windows")


@pytest.mark.skipif(sys.platform in clocks.CLOCKS, reason="this system has such a clock")
@pytest.mark.parametrize("platform", clocks.CLOCKS)
def test_a_missing_library_is_unavailable(platform: str) -> None:
    """A system that calls itself so, but has not what it should have, is no failure."""
    with pytest.raises(Unavailable, match="cannot be read"):
        clock(platform)


def test_macos_is_asked_as_its_header_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hardware's state, any event, and a double of seconds."""
    asked: list[tuple[int, int]] = []

    def ask(state: int, events: int) -> float:
        asked.append((state, events))
        return 2.5

    library = SimpleNamespace(CGEventSourceSecondsSinceLastEventType=ask)
    monkeypatch.setattr(ctypes, "CDLL", lambda path: library if path == clocks.APPLICATION_SERVICES else None)
    assert clock("darwin")() == 2.5
    assert asked == [(1, 0xFFFFFFFF)]
    assert (ask.restype, ask.argtypes) == (  # type: ignore[attr-defined]
        ctypes.c_double,
        (ctypes.c_int32, ctypes.c_uint32),
    )


def test_windows_is_asked_as_its_header_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A structure of 8 bytes that says its size, and the ticks of now."""

    def last_input(where: object) -> bool:
        told: LastInput = where._obj  # type: ignore[attr-defined]  # what byref points to
        assert told.size == 8
        told.tick = 0xFFFFFF00
        return True

    user = SimpleNamespace(GetLastInputInfo=last_input)
    kernel = SimpleNamespace(GetTickCount=lambda: 0x100)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(user32=user, kernel32=kernel), raising=False)
    assert clock("win32")() == 0.512


@pytest.mark.parametrize(("earlier", "later", "ms"), [(1000, 3500, 2500), (0xFFFFFFFF, 0, 1), (5, 5, 0)])
def test_ticks_begin_anew(earlier: int, later: int, ms: int) -> None:
    """The counter of Windows passes through 0 after 49.7 days."""
    assert ticks_between(earlier, later) == ms


async def test_who_is_away_is_looked_for_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 5 s for ten minutes, then every 15 s."""
    naps: list[float] = []
    idle_for = [0.0]

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        idle_for[0] += seconds
        if len(naps) > 125:
            raise asyncio.CancelledError

    monkeypatch.setattr(looking.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    with pytest.raises(asyncio.CancelledError):
        await looking._tell(FakeEmit(), lambda: idle_for[0], 20.0)
    assert (naps[0], naps[1:117], set(naps[117:])) == (20.0, [5.0] * 116, {15.0})
