"""What every source of presence keeps to. A test class inherits the contract and gives it a `rig` fixture."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest

from breakd import Source, Unavailable
from tests.contract.fakes import FakeEmit, run

NEVER = 100_000.0  # a threshold in seconds that no test reaches
SLACK = 0.1  # seconds by which clocks of two processes may differ


class Rig(ABC):
    """A source with somebody at the keyboard. `grain`: to how many seconds the source knows the last input.

    `remembers`: whether it knows of input from before it began.
    """

    source: Source
    grain: float = 0.0
    threshold: float = 1.0
    remembers: bool = True

    @abstractmethod
    async def touch(self) -> None:
        """Make one input."""

    async def rest(self, seconds: float) -> None:
        """Let so much time go by without input."""
        await asyncio.sleep(seconds)

    @asynccontextmanager
    async def rested(self, emit: FakeEmit, seconds: float) -> AsyncIterator[asyncio.Future[None]]:
        """The source at work, with the last input so long ago.

        One that knows only what it was there for (`remembers` is false) is there for that input.
        """
        if self.remembers:
            await self.touch()
            await self.rest(seconds)
            async with run(self.source, emit) as running:
                yield running
            return
        async with run(self.source, emit) as running:
            asked = min(seconds, self.threshold)
            emit.ask(asked)
            for _ in range(10):  # input from before it is there, on a slow machine, is none to it
                if "active" in emit.words:
                    break
                await asyncio.sleep(0.3)
                await self.touch()
                with suppress(TimeoutError):
                    async with asyncio.timeout(asked + 1):
                        await emit.until(lambda: "active" in emit.words)
            assert "active" in emit.words
            await self.rest(seconds)
            await emit.until(lambda: "idle" in emit.words)
            yield running


class SourceContract:
    """For all of them."""

    @pytest.fixture
    def emit(self) -> FakeEmit:
        """The host's side."""
        return FakeEmit()

    async def test_tells_how_it_is(self, rig: Rig, emit: FakeEmit) -> None:
        """Each time it is asked it tells the present state at once, also if that is what it said before."""
        async with rig.rested(emit, 2):
            for _ in range(2):
                assert (await emit.answer(NEVER)).event.name == "active"
            for seconds in (0.5, 1.0):
                told = await emit.answer(seconds)
                assert (told.event.name, told.ago >= 2 - SLACK - rig.grain) == ("idle", True)
            assert (await emit.answer(NEVER)).event.name == "active"

    async def test_idle_lies_at_the_last_input(self, rig: Rig, emit: FakeEmit) -> None:
        """Idle is told as of the last input: never sooner after it than was asked, never as of before it."""
        async with rig.rested(emit, 0.1):
            said, before = len(emit.told), time.monotonic()
            await rig.touch()
            after = time.monotonic()
            emit.ask(rig.threshold)
            await emit.until(lambda: "idle" in emit.words[said:])
        idle = emit.told[emit.words.index("idle", said)]
        assert idle.ago >= rig.threshold
        assert idle.when >= after + rig.threshold - SLACK
        assert before - rig.grain - SLACK <= idle.happened

    async def test_words_alternate(self, rig: Rig, emit: FakeEmit) -> None:
        """Input after idleness is told once, idleness after input once; nothing is said twice."""
        async with rig.rested(emit, rig.threshold):
            await emit.answer(rig.threshold)
            await emit.until(lambda: emit.words[-1] == "idle")
            first = len(emit.told) - 1
            for _ in range(2):
                await emit.until(lambda: emit.words[-1] == "idle")
                said, began = len(emit.told), time.monotonic()
                for _ in range(3):
                    await rig.touch()
                active = await emit.next(said)
                assert (active.event.name, active.happened >= began - SLACK) == ("active", True)
        words = emit.words[first:]
        assert len(words) >= 4
        assert [one for one, other in pairwise(words) if one == other] == []

    async def test_a_new_threshold_counts_from_the_last_input(self, rig: Rig, emit: FakeEmit) -> None:
        """Asked for more than the idleness there is it says active, and idle once that is reached, as of long ago."""
        async with rig.rested(emit, 1):
            assert (await emit.answer(0.5)).event.name == "idle"
            assert (await emit.answer(NEVER)).event.name == "active"
            assert (await emit.answer(0.5)).event.name == "idle"

    @pytest.mark.parametrize("seconds", [0.1, NEVER], ids=["idle", "active"])
    async def test_ends_when_told_to(self, rig: Rig, emit: FakeEmit, seconds: float) -> None:
        """Cancelled, in either state, it is over within a second; so it is at the end of the stream."""
        for cancelled in (True, False):
            emit = FakeEmit()
            async with rig.rested(emit, 0.2) as running:
                await emit.answer(seconds)
                if cancelled:
                    running.cancel()
                else:
                    emit.end()
                done, _ = await asyncio.wait([running], timeout=1)
                assert done == {running}
                assert running.cancelled() == cancelled


def assert_readable(error: Exception, *parts: str) -> None:
    """It is `Unavailable`, in one line for people that names these things."""
    assert type(error) is Unavailable
    text = str(error)
    assert (text == text.strip(), "\n" in text, 10 < len(text) < 300) == (True, False, True)
    assert [part for part in parts if part not in text] == [], text
