"""The plugins of a host while they run on the loop: who runs what, and how it all ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from breakd.plugin import timed
from breakd.plugin.calls import Calls
from breakd.plugin.emitting import Deliver
from breakd.plugin.guides import Guides
from breakd.plugin.holding import Watch
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Kind, Say, Thing
from breakd.plugin.notifiers import Notifiers
from breakd.plugin.sources import Observers, Sources
from breakd.plugin.supervision import Supervisor

if TYPE_CHECKING:
    from breakd.plugin.advisers import Advisers


class Running:
    """Made on the loop that everything runs on."""

    def __init__(
        self,
        things: Callable[[Kind], list[Thing]],
        order: Sequence[str],
        deliver: Deliver,
        limits: Limits,
        watch: Watch,
        *,
        aside: Say,
    ) -> None:
        self._limits = limits
        self._things = things
        self._say = say = watch.say
        self.calls = self._calls = Calls(limits, say, watch)
        asyncio.get_running_loop().set_task_factory(timed.task)
        self._kept: dict[Thing, asyncio.Task[None]] = {}  # sources and observers
        self._outdated = False
        self._starting: asyncio.Task[None] | None = None
        self._changing: asyncio.Task[None] | None = None
        self.sources = Sources(self._calls, deliver)
        self._supervisor = Supervisor(limits, say, aside, lambda: not self.sources.tell_presence)
        self.observers = Observers(self._calls, things("observer"))
        self.notifiers = Notifiers(self._calls, in_order(things("notifier"), order), say)
        self.guides = Guides(self._calls, things("guide"), say)

    @cached_property
    def advisers(self) -> Advisers:
        """Made when somebody asks: most people have none."""
        from breakd.plugin.advisers import Advisers

        return Advisers(self._calls, self._things("adviser"), self._say)

    def start(self) -> None:
        """Run every source and every observer, soon, each in a task of its own."""
        self._starting = asyncio.create_task(self._start(), name="breakd starts plugins")

    async def _start(self) -> None:
        """Run what does not run yet.

        The loop comes round between two sources: most import what they need in their first step, and meanwhile
        somebody may be waiting for an answer.
        """
        for thing in self._things("observer"):
            if thing not in self._kept:
                self._kept[thing] = self._keep(thing, self.observers.run)
        for thing in self._things("source"):
            if thing not in self._kept:
                self._kept[thing] = self._keep(thing, self.sources.run)
                await asyncio.sleep(0)

    def change(self, order: Sequence[str]) -> None:
        """What is registered, or the order of notifiers, has changed: what is gone ends, then what is new begins.

        Notes and sessions follow at once, the rest in the background; what was there before is left alone.
        """
        self.notifiers.change(in_order(self._things("notifier"), order))
        self.guides.change(self._things("guide"))
        self.observers.change(self._things("observer"))
        vars(self).pop("advisers", None)
        self._outdated = True
        if self._changing is None or self._changing.done():
            self._changing = asyncio.create_task(self._change(), name="breakd changes plugins")

    async def changed(self) -> None:
        """Wait until every change is carried out."""
        if self._changing is not None:
            await asyncio.wait({self._changing})

    async def _change(self) -> None:
        """What is gone ends before what is new begins: both may need the same name on a bus, or the same device."""
        while self._outdated:  # there may be another change while one is carried out
            self._outdated = False
            await self.notifiers.leave()
            gone = [thing for thing in self._kept if thing not in self._things(thing.kind)]
            tasks = [(thing.kind, self._kept.pop(thing)) for thing in gone]
            observers = [task for kind, task in tasks if kind == "observer"]
            await _end([task for kind, task in tasks if kind == "source"], observers, self._limits.leave / 2)
            await _end(observers, (), self._limits.leave / 2)
            await self._start()
            await self.notifiers.show_again()

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
        for task in (self._starting, self._changing):
            if task is not None:
                task.cancel()
        sources = {task for thing, task in self._kept.items() if thing.kind == "source"}
        lasting = {*self._kept.values(), *self.guides.tasks} - sources
        await _end(sources, lasting, self._limits.leave / 2)
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
