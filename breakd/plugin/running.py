"""The plugins of a host while they run on the loop: who runs what, and how it all ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from breakd.plugin.calls import Calls
from breakd.plugin.emitting import Deliver
from breakd.plugin.guides import Guides
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Kind, Say, Thing
from breakd.plugin.notifiers import Notifiers
from breakd.plugin.sources import Observers, Sources
from breakd.plugin.supervision import Supervisor


class Running:
    """Made on the loop that everything runs on."""

    def __init__(
        self,
        things: Callable[[Kind], list[Thing]],
        order: Sequence[str],
        deliver: Deliver,
        limits: Limits,
        say: Say,
    ) -> None:
        self._limits = limits
        self._things = things
        self._calls = Calls(limits, say)
        self._supervisor = Supervisor(limits, say)
        self._sourcing: set[asyncio.Task[None]] = set()
        self._observing: set[asyncio.Task[None]] = set()
        self.sources = Sources(self._calls, deliver)
        self.observers = Observers(self._calls, things("observer"))
        self.notifiers = Notifiers(self._calls, in_order(things("notifier"), order), say)
        self.guides = Guides(self._calls, things("guide"), say)

    def start(self) -> None:
        """Run every source and every observer in a task of its own."""
        for thing in self._things("observer"):
            self._observing.add(self._keep(thing, self.observers.run))
        for thing in self._things("source"):
            self._sourcing.add(self._keep(thing, self.sources.run))

    def retry(self) -> None:
        """Try again at once whatever waits to be tried again."""
        self._supervisor.retry()
        self.notifiers.retry()

    async def stop(self) -> None:
        """Sources end at once; observers and guides have half of `leave` to finish what they have."""
        self.sources.mute()
        self.observers.end()
        self.guides.stop()
        self.notifiers.stop()
        lasting = self._observing | self.guides.tasks
        await _end(self._sourcing, lasting, self._limits.leave / 2)
        await asyncio.gather(_end(lasting, set(), self._limits.leave / 2), self._calls.stop())

    def _keep(self, thing: Thing, run: Callable[[Thing], Awaitable[None]]) -> asyncio.Task[None]:
        return asyncio.create_task(self._supervisor.keep(thing, run), name=f"breakd keeps {thing}")


def in_order(things: Collection[Thing], order: Sequence[str]) -> list[Thing]:
    """Those named in `order` first, by their own or their plugin's name; then the others by name."""

    def place(thing: Thing) -> tuple[int, str]:
        names = [name for name in (thing.name, thing.plugin) if name in order]
        return (order.index(names[0]) if names else len(order), thing.name)

    return sorted(things, key=place)


async def _end(now: Collection[asyncio.Task[None]], soon: Collection[asyncio.Task[None]], limit: float) -> None:
    """Cancel the tasks in `now`, and wait for them and for those that end by themselves, at most `limit` s."""
    for task in now:
        task.cancel()
    tasks = [*now, *soon]
    if tasks:
        await asyncio.wait(tasks, timeout=limit)
