"""What is asked of GNOME, and how often: its own shell is tests/desktop, here is one that counts."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from breakd_gnome import CORE, MONITOR, gnome
from tests.contract.fakes import FakeEmit, run
from tests.shell.fake_bus import FakeBus

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the bus listens on a Unix socket")

IDLE_WATCH, INPUT_WATCH = 5, 6
REARMED = ["AddIdleWatch", "AddUserActiveWatch", "GetIdletime"]


class Shell:
    """A bus with a shell on it, whose user has just typed, and the source in front of it."""

    def __init__(self, bus: FakeBus, emit: FakeEmit) -> None:
        self.bus, self.emit = bus, emit

    async def fires(self, watch: int, told: int) -> list[str]:
        """A watch fires; gives the words from then on, once there are so many in all."""
        before = len(self.emit.told)
        self.bus.emit(CORE, MONITOR, "WatchFired", "u", watch)
        await self.emit.until(lambda: len(self.emit.told) >= told)
        return self.emit.words[before:]


@asynccontextmanager
async def shell(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shell]:
    """Asked for pauses of 20 s, and said to be active."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={path}")
    answers = {
        "AddIdleWatch": ("u", (IDLE_WATCH,)),
        "AddUserActiveWatch": ("u", (INPUT_WATCH,)),
        "GetIdletime": ("t", (0,)),
        "RemoveWatch": ("", ()),
    }
    bus = FakeBus(path, (MONITOR,), answers)
    await bus.start()
    async with run(gnome, emit := FakeEmit()):
        emit.ask(20.0)
        await emit.until(lambda: emit.words == ["active"])
        yield Shell(bus, emit)
    await bus.die()


async def test_a_pause_is_told_by_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutter says so, and all that is said in return wants no answer; so a pause wakes us once, and its end once."""
    async with shell(tmp_path / "bus", monkeypatch) as one:
        assert one.bus.heard[-3:] == REARMED
        one.bus.emit(CORE, MONITOR, "WatchFired", "u", INPUT_WATCH)  # the key that is pressed next
        heard = len(one.bus.heard)
        assert await one.fires(IDLE_WATCH, 2) == ["idle"]
        assert one.emit.told[-1].ago == 20.0
        assert await one.fires(INPUT_WATCH + 1, 3) == ["active"]
        assert await one.fires(IDLE_WATCH, 4) == ["idle"]
        assert await one.fires(INPUT_WATCH + 2, 5) == ["active"]
        assert one.bus.heard[heard:] == ["AddUserActiveWatch!"] * 2


async def test_watches_that_were_given_up_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch for another threshold may have fired before it was taken away: that is neither idleness nor input."""
    async with shell(tmp_path / "bus", monkeypatch) as one:
        one.bus.answers["AddIdleWatch"] = ("u", (IDLE_WATCH + 10,))
        one.emit.ask(5.0)
        await one.emit.until(lambda: one.emit.words == ["active"] * 2)
        assert await one.fires(IDLE_WATCH + 10, 3) == ["idle"]
        one.bus.answers["AddIdleWatch"] = ("u", (IDLE_WATCH + 20,))
        one.bus.answers["GetIdletime"] = ("t", (30_000,))
        one.emit.ask(20.0)
        await one.emit.until(lambda: len(one.emit.told) == 4)
        one.bus.emit(CORE, MONITOR, "WatchFired", "u", IDLE_WATCH + 10)
        assert await one.fires(INPUT_WATCH + 20, 5) == ["active"]
        assert one.emit.words == ["active", "active", "idle", "idle", "active"]
