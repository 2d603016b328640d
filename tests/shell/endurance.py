"""Suspends, deaths of the bus, restarts of the compositor, many of them: `python -m tests.shell.endurance NAME TIMES`.

Each in a process of its own, since what it says about memory is about all of the process.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from breakd import Active, Event, Idle, Resumed, Suspended
from breakd.core.decisions import Prompt
from breakd.core.units import MINUTE
from breakd.plugin.host import Host
from breakd_logind import suspend
from tests.contract.compositor import FakeCompositor
from tests.contract.pipewire import serving
from tests.shell.fake_bus import FakeBus
from tests.shell.host_parts import QUICK
from tests.shell.loop_parts import FakeClock, life

WARM = 0.5  # the share of rounds after which the memory must not grow; before, caches and free lists fill
GROWTH = 1024 * 1024  # bytes
LOOKS = 20  # at the open files, of which the least counts: what is only being opened or closed is no loss


def memory() -> int:
    """What this process alone holds, in bytes, with nothing that only waits to be thrown away.

    Without pages of files: the kernel takes and gives those as the whole machine needs them.
    """
    gc.collect()
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


async def rounds(times: int) -> AsyncIterator[int]:
    """The numbers of the rounds; fails at the end if memory grew in the second half of them, or a file stayed open."""
    before = (0, 0)
    for number in range(1, times + 1):
        yield number
        if number == round(times * WARM):
            before = memory(), await files()
    grown, more = memory() - before[0], await files() - before[1]
    print(f"{times} rounds: {grown / 1024:.0f} KiB and {more} files more")  # noqa: T201
    assert grown < GROWTH
    assert more <= 0


async def files() -> int:
    """How many stay open."""
    found = []
    for _ in range(LOOKS):
        found.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208  only counted
        await asyncio.sleep(0.005)
    return min(found)


class Ear:
    """Hears what sources tell, and keeps the numbers only."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.last: Event | None = None
        self._heard = asyncio.Event()

    def __call__(self, event: Event, ago: float, at: datetime | None, source: str) -> None:
        """See `Deliver`."""
        self.counts[event.name] += 1
        self.last = event
        self._heard.set()

    async def until(self, name: str, times: int) -> None:
        """Wait until that was told so many times."""
        async with asyncio.timeout(20):
            while self.counts[name] < times:
                self._heard.clear()
                await self._heard.wait()
        assert self.counts[name] == times


def host(ear: Ear, *plugins: str) -> Host:
    """A host with these bundled plugins, which looks for what is missing all the time."""
    made = Host(
        deliver=ear,
        load_routines=lambda path, prefix: (),
        say=lambda line: None,
        limits=QUICK._replace(retry=0.002, events=10_000),
    )
    for name in plugins:
        made.add(name, importlib.import_module(f"breakd_{name}"))
    return made


async def restarts(folder: Path, times: int) -> None:
    """After each the source is back, and the next input is told once; what it told before is over."""
    ear, compositor = Ear(), FakeCompositor(folder / "wayland-7")
    watching = host(ear, "wayland")
    watching.ask(1000)
    await watching.start()
    async for number in rounds(times):
        await compositor.start()
        async with asyncio.timeout(20):
            while len([c for c in compositor.clients if c.notifications and _idle(c)]) != 1:
                watching.retry()
                await asyncio.sleep(0.002)
        compositor.touch()
        await ear.until("active", number)
        await compositor.stop()
        await ear.until("idle", number)  # taken back
    await watching.stop()


def _idle(client: object) -> bool:
    return all(notification.idle for notification in client.notifications.values())  # type: ignore[attr-defined]


async def deaths(folder: Path, times: int) -> None:
    """After each the sources are back, and do-not-disturb, a film and a lock that are on are told of once."""
    names = ("org.freedesktop.Notifications", "org.kde.Solid.PowerManagement.PolicyAgent", "org.gnome.ScreenSaver")
    answers = {
        "Get": ("v", (("b", True),)),
        "ListInhibitions": ("a(ss)", ([("mpv", "film")],)),
        "GetActive": ("b", (True,)),
    }
    ear, session = Ear(), FakeBus(folder / "bus", names, answers)
    watching = host(ear, "dnd", "inhibitors", "screensaver", "gnome")
    await watching.start()
    async for number in rounds(times):
        await session.start()
        watching.retry()
        for name in ("busy", "watching", "locked"):
            await ear.until(name, number)
        await session.die()
        for name in ("free", "not_watching", "unlocked"):
            await ear.until(name, number)
    await watching.stop()


async def shares(folder: Path, times: int) -> None:
    """After each death of PipeWire the source is back; a screen that is shared is told of once, and so is its end."""
    ear = Ear()
    watching = host(ear, "sharing")
    async with serving(folder / "pipewire-0") as server:
        await watching.start()
        async for number in rounds(times):
            await server.come.wait()
            server.come.clear()
            server.heard.clear()
            server.share()
            await ear.until("busy", number)
            server.leave()
            await ear.until("free", number)  # taken back
        await watching.stop()


async def suspends(folder: Path, times: int) -> None:
    """Each is told once, and so is its end."""
    suspend.SETTLE = 0
    ear = Ear()
    system = FakeBus(folder / "bus", ("org.freedesktop.login1",), {})
    watching = host(ear, "logind")
    await system.start()
    await watching.start()
    say = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", "b")
    await asyncio.sleep(0.5)
    async for number in rounds(times):
        system.emit(*say, True)
        await ear.until("suspended", number)
        system.emit(*say, False)
        await ear.until("resumed", number)
    await watching.stop()
    await system.die()


async def prompts(folder: Path, times: int) -> None:
    """Half an hour of typing, a nap of the machine, and so on: each time one prompt, none lost and none twice."""
    clock = FakeClock()
    with life(folder / "journal.db", clock, "breaks.micro.enabled=false", "limits.desk=24h") as one:
        async for number in rounds(times):
            one.tell(Active())
            one.runs(31 * MINUTE)
            one.tell(Idle(), ago=10)
            one.tell(Suspended(), source="logind.suspend")
            clock.sleeps(20 * MINUTE)
            one.tell(Resumed(), source="logind.suspend")
            one.runs(10)
            assert len([each for each in one.decided if isinstance(each, Prompt)]) == 1, number
            one.entries.clear()
            one.decided.clear()
            one.asked.clear()


CASES = {case.__name__: case for case in (restarts, deaths, shares, suspends, prompts)}


def main(name: str, times: str) -> None:
    """Run one of them in a place of its own."""
    with tempfile.TemporaryDirectory(prefix="breakd-end-") as folder:  # short: a socket's path holds 107 bytes
        os.environ.update(XDG_RUNTIME_DIR=folder, WAYLAND_DISPLAY="wayland-7", TZ="UTC")
        for which in ("SESSION", "SYSTEM"):
            os.environ[f"DBUS_{which}_BUS_ADDRESS"] = f"unix:path={folder}/bus"
        asyncio.run(CASES[name](Path(folder), int(times)))


if __name__ == "__main__":
    main(*sys.argv[1:])
