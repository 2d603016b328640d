"""Presence in terminals, with real pseudo-terminals of this kernel."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd import Emit
from breakd_tty import follow, tty, waiting
from breakd_tty.terminals import GRAIN, LastInput, now, own_terminals
from tests.contract.fakes import FakeEmit, run
from tests.contract.sources import NEVER, Rig, SourceContract
from tests.desktop.processes import lacking

pytestmark = pytest.mark.desktop

LONG_AGO = 3600.0


class Terminal:
    """A pseudo-terminal, its two ends in our hands: the keyboard's and the program's."""

    def __init__(self) -> None:
        self._keyboard, self._program = os.openpty()
        self.path = Path(os.ttyname(self._program))

    def type(self) -> None:
        """Type a line, which the program reads."""
        os.write(self._keyboard, b"x\n")
        os.read(self._program, 100)

    def print(self) -> None:
        """Let the program print a line."""
        os.write(self._program, b"42\n")
        os.read(self._keyboard, 100)

    def rest(self, seconds: float) -> None:
        """Have the last input lie so many seconds back."""
        os.utime(self.path, (time.time() - seconds,) * 2)

    def close(self) -> None:
        """Close both ends, whereupon the terminal is no more."""
        os.close(self._keyboard)
        os.close(self._program)


class Terminals:
    """Those that the test opened: others of this machine may be typed into by whoever runs the tests."""

    def __init__(self) -> None:
        self.open: list[Terminal] = []

    def add(self) -> Terminal:
        """Open one more."""
        terminal = Terminal()
        self.open.append(terminal)
        return terminal

    def paths(self) -> Iterator[Path]:
        """As `own_terminals`."""
        return (terminal.path for terminal in self.open)

    async def source(self, emit: Emit) -> None:
        """The source, on these alone."""
        await follow(emit, LastInput(self.paths))


@pytest.fixture
def terminals() -> Iterator[Terminals]:
    """None to begin with."""
    if not sys.platform.startswith("linux") or not Path("/dev/ptmx").exists():
        lacking("no pseudo-terminals of Linux")
    made = Terminals()
    yield made
    for terminal in made.open:
        terminal.close()


class TerminalRig(Rig):
    """One terminal."""

    grain = GRAIN + 1  # and whole seconds

    def __init__(self, terminals: Terminals) -> None:
        self.source = terminals.source
        self.terminal = terminals.add()

    async def touch(self) -> None:
        self.terminal.type()

    async def rest(self, seconds: float) -> None:
        self.terminal.rest(seconds + GRAIN)


class TestTerminals(SourceContract):
    """The contract of sources."""

    @pytest.fixture
    def rig(self, terminals: Terminals) -> Rig:
        """With a terminal of the test's own."""
        return TerminalRig(terminals)


async def test_output_is_no_input(terminals: Terminals) -> None:
    """What a program prints, be it the daemon itself, is not taken for somebody who types."""
    terminal = terminals.add()
    terminal.rest(LONG_AGO)
    emit = FakeEmit()
    async with run(terminals.source, emit):
        await emit.answer(1)
        for _ in range(3):
            terminal.print()
            await asyncio.sleep(0.1)
        assert emit.words == ["idle"]
        assert emit.told[0].ago == pytest.approx(LONG_AGO, abs=5)
        terminal.type()
        assert (await emit.next(1)).event.name == "active"


async def test_a_lull_is_told_soon(terminals: Terminals) -> None:
    """Somebody who types all the time is not idle; after the last key a lull is told."""
    terminal = terminals.add()
    terminal.rest(LONG_AGO)
    emit = FakeEmit()
    async with run(terminals.source, emit):
        emit.ask(2)
        await emit.until(lambda: emit.words == ["idle"])
        end = time.monotonic() + 3
        while time.monotonic() < end:
            typed = time.monotonic()
            terminal.type()
            await asyncio.sleep(0.2)
        idle = await emit.next(2)
    assert emit.words == ["idle", "active", "idle"]
    assert idle.when >= typed + 2
    assert idle.ago >= 2


async def test_a_key_in_the_same_8_seconds(terminals: Terminals) -> None:
    """Input that follows a lull so soon that the kernel keeps no new time of it is input all the same."""
    terminal = terminals.add()
    await asyncio.sleep(-time.time() % GRAIN)
    terminal.rest(LONG_AGO)
    terminal.type()
    stamp = terminal.path.stat().st_atime
    emit = FakeEmit()
    async with run(terminals.source, emit):
        emit.ask(1)
        for count in (2, 4):
            await emit.until(lambda count=count: len(emit.told) == count)  # type: ignore[misc]
            terminal.type()
        await emit.next(4)
    assert emit.words == ["active", "idle", "active", "idle", "active"]
    if time.time() // GRAIN == stamp // GRAIN:
        assert terminal.path.stat().st_atime == stamp


async def test_longer_thresholds_take_no_listening(terminals: Terminals) -> None:
    """From 8 s on the stamps suffice: idle is told once no input can have come for so long, and not later."""
    terminal = terminals.add()
    terminal.rest(LONG_AGO)
    emit = FakeEmit()
    async with run(terminals.source, emit):
        await emit.answer(GRAIN)
        terminal.type()
        active = await emit.next(1)
        idle = await emit.next(2)
    assert emit.words == ["idle", "active", "idle"]
    assert idle.when - active.when >= GRAIN - 0.1
    assert idle.ago >= GRAIN


async def test_a_login_is_noticed(terminals: Terminals) -> None:
    """Without any terminal nobody is there; one that appears later is somebody, and is watched from then on."""
    emit = FakeEmit()
    async with run(terminals.source, emit):
        assert (await emit.answer(0.1)).event.name == "active"
        await emit.until(lambda: emit.words[-1] == "idle")
        count = len(emit.told)
        terminal = terminals.add()
        assert (await emit.next(count)).event.name == "active"
        terminal.rest(LONG_AGO)
        await emit.until(lambda: emit.words[-1] == "idle")
        count = len(emit.told)
        terminal.type()
        assert (await emit.next(count)).event.name == "active"


async def test_any_terminal_counts(terminals: Terminals) -> None:
    """The newest input of all terminals is the last input, also once its terminal was closed."""
    for ago in (300, 200, 100):
        terminals.add().rest(ago)
    last = LastInput(terminals.paths)
    assert now() - last.at == pytest.approx(100, abs=5)
    terminals.open.pop().close()
    assert not last.look()
    assert now() - last.at == pytest.approx(100, abs=5)
    terminals.open[0].type()
    assert last.look()
    assert now() - last.at == pytest.approx(0, abs=5)


async def test_without_inotify_it_looks_slowly(terminals: Terminals, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no more inotify is to be had it looks now and then, and still notices."""
    monkeypatch.setattr(waiting, "SLOW", 0.1)
    terminal = terminals.add()
    terminal.rest(LONG_AGO)
    emit = FakeEmit()
    with no_more_files():
        async with run(terminals.source, emit):
            assert (await emit.answer(1)).event.name == "idle"
            await asyncio.sleep(0.3)
            terminal.type()
            assert (await emit.next(1)).event.name == "active"
            assert (await emit.next(2)).event.name == "idle"


class no_more_files:  # noqa: N801  used like a function
    """No descriptor can be opened inside."""

    def __enter__(self) -> None:
        self._limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        spare = os.dup(0)
        os.close(spare)
        resource.setrlimit(resource.RLIMIT_NOFILE, (spare, self._limits[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, self._limits)


@pytest.mark.parametrize("shift", [-LONG_AGO, LONG_AGO])
def test_the_wall_clock_is_set(terminals: Terminals, shift: float) -> None:
    """Whether the wall clock goes back or on by an hour, input lies between the look before it and the one after."""
    clock = Wall()
    terminal = terminals.add()
    terminal.rest(60)
    last = LastInput(terminals.paths, clock)
    before = last.at
    clock.shift = shift
    assert (last.look(), last.at) == (False, before)
    began = now()
    terminal.rest(0)
    assert last.look()
    assert began - 5 <= last.at <= now()
    assert last.at <= last.at_latest <= last.at + GRAIN


class Wall:
    """A wall clock that can be set."""

    shift = 0.0

    def __call__(self) -> float:
        return time.time() + self.shift


def test_only_terminals_of_this_user(terminals: Terminals) -> None:
    """A terminal that belongs to somebody else is none of our business."""
    path = terminals.add().path
    assert path in own_terminals()
    if os.getuid() == 0:
        os.chown(path, 65534, -1)
        assert path not in own_terminals()


async def test_the_real_ones(terminals: Terminals) -> None:
    """Among all terminals of this machine ours is watched: typing into it is input."""
    terminals.add().type()
    async with run(tty, emit := FakeEmit()):
        assert (await emit.answer(NEVER)).event.name == "active"
