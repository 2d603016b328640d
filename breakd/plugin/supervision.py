"""Keeping plugins going, and knowing when to leave them alone: restarts, patience, forgiveness."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from breakd.plugin.interfaces import Unavailable
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Say, State, Thing

RARELY = 6  # times `retry`: the longest time between two looks for what is unavailable, while nobody can be seen
SELDOM = 48  # ... and while somebody can: then their coming back is the moment to look


class Supervisor:
    """Runs what should run as long as the daemon does, and runs it again when it fails."""

    def __init__(self, limits: Limits, say: Say, aside: Say, blind: Callable[[], bool]) -> None:
        """`aside`: takes what the machine lacks; `blind`: whether no source tells of presence, so that no coming back
        will be told either.
        """
        self._limits = limits
        self._say, self._aside = say, aside
        self._blind = blind
        self._again = asyncio.Event()

    def retry(self) -> None:
        """Try at once whatever waits to be tried again, and whatever fails in the try it is at."""
        self._again.set()
        self._again = asyncio.Event()

    async def keep(self, thing: Thing, run: Callable[[Thing], Awaitable[None]]) -> None:
        """Run until `run` returns. Failures wait 1, 2, 4 ... s; `Unavailable` waits for a change of the machine.

        Some changes nobody tells of, so it looks by itself too: ever more rarely, since each look wakes the machine.
        """
        loop = asyncio.get_running_loop()
        wait, looks = self._limits.first_wait, 0
        while True:
            began, again = loop.time(), self._again
            failure = await _failure(thing, run)
            if failure is None:
                thing.state = "done"
                return
            if thing.banned:  # what for, was said
                return
            if loop.time() - began >= self._limits.forgiven:
                wait, thing.told, thing.failures = self._limits.first_wait, "", 0
            if not isinstance(failure, Unavailable):
                thing.failures, thing.failed = thing.failures + 1, thing.failed + 1
            lacking = isinstance(failure, Unavailable)
            thing.turn(blame(failure), thing.explain(failure), self._aside if lacking else self._say)
            if lacking:
                await _pause(again, self._rest(looks))
                looks = 0 if again.is_set() else looks + 1
            else:
                await _pause(again, wait)
                wait = min(2 * wait, self._limits.longest_wait)

    def _rest(self, looks: int) -> float:
        """Seconds to the next look for what is unavailable, after so many in vain."""
        first, longest = (1, RARELY) if self._blind() else (RARELY, SELDOM)
        return self._limits.retry * min(first << min(looks, 9), longest)


async def _failure(thing: Thing, run: Callable[[Thing], Awaitable[None]]) -> Exception | None:
    try:
        await run(thing)
    except Exception as error:
        return error
    return None


async def _pause(again: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await again.wait()


class Patience:
    """For what is called now and then: a few failures in a row, and it is left alone for a while."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()

    def resting(self, thing: Thing) -> bool:
        """Whether it failed too often to be called now."""
        return thing.banned or self._loop.time() < thing.rests_until

    def worked(self, thing: Thing) -> None:
        """It did what it should: all is forgiven."""
        if thing.banned:
            return
        thing.state, thing.reason, thing.failures, thing.rests_until, thing.told = "ok", "", 0, 0.0, ""

    def failed(self, thing: Thing, error: Exception, say: Say) -> str:
        """Count a failure and give the reason. `Unavailable` is not counted."""
        if thing.banned:
            return thing.reason
        reason = thing.explain(error)
        if not isinstance(error, Unavailable):
            thing.failures, thing.failed = thing.failures + 1, thing.failed + 1
            if thing.failures >= self._limits.failures:
                thing.rests_until = self._loop.time() + self._limits.retry
                reason += f" ({thing.failures} times in a row: tried again in {self._limits.retry / 60:g} min)"
        thing.turn(blame(error), reason, say)
        return reason


def blame(error: Exception) -> State:
    """The state of what raised `error`."""
    return "unavailable" if isinstance(error, Unavailable) else "failed"
