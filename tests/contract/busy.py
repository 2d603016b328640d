"""What everything keeps to that tells of something being on: calls, full screen, do-not-disturb, inhibitors.

A test class inherits the contract and gives it a `signal` fixture.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from breakd import Event, Source
from tests.contract.fakes import FakeEmit, run

QUIET = 0.4  # seconds in which nothing may be told


class Signal(ABC):
    """A source, and what it tells of. `on`, `off`: its two words."""

    source: Source
    on: Event
    off: Event
    quiet: float = QUIET

    @abstractmethod
    async def begin(self) -> None:
        """It is on from now."""

    @abstractmethod
    async def end(self) -> None:
        """It is over."""

    async def other(self) -> None:  # noqa: B027  there need not be anything
        """Something beside it that is none of it, begins and ends."""


class BusyContract:
    """For all of them."""

    async def test_nothing_is_on(self, signal: Signal) -> None:
        """As long as nothing is on, nothing is told; also not of what is beside it."""
        async with run(signal.source, emit := FakeEmit()):
            await asyncio.sleep(signal.quiet)
            await signal.other()
            await asyncio.sleep(signal.quiet)
            assert [told.event for told in emit.told] == []

    async def test_each_change_once(self, signal: Signal) -> None:
        """It is told once when it begins and once when it ends, as often as that happens."""
        async with run(signal.source, emit := FakeEmit()):
            await asyncio.sleep(signal.quiet)
            for _ in range(2):
                await signal.begin()
                await emit.until(lambda: emit.told and emit.told[-1].event == signal.on)
                await signal.end()
                await emit.until(lambda: emit.told[-1].event == signal.off)
            await asyncio.sleep(signal.quiet)
            assert [told.event for told in emit.told] == [signal.on, signal.off] * 2

    async def test_what_is_on_is_told_at_the_start(self, signal: Signal) -> None:
        """A source that starts while it is on says so, and ends within a second when it is told to."""
        await signal.begin()
        async with run(signal.source, emit := FakeEmit()) as running:
            await emit.until(lambda: emit.told)
            await signal.other()
            await asyncio.sleep(signal.quiet)
            assert [told.event for told in emit.told] == [signal.on]
            running.cancel()
            done, _ = await asyncio.wait([running], timeout=1)
            assert done == {running}
        await signal.end()
