"""What the tests of the host share: a host that notes all it does, tiny plugins, short limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Generic, TypeVar

from breakd import Event, Note, Register, Routine, Step
from breakd.plugin.host import Host
from breakd.plugin.limits import Limits
from breakd.plugin.memory import Memory

T = TypeVar("T")

# Waits are short; what a well-behaved plugin must keep is long, since the machine may be busy.
QUICK = Limits(first_wait=0.001, longest_wait=0.004, leave=0.1)
PATIENCE = 10.0  # seconds until a test gives up


class Kept(list[T], Generic[T]):
    """A list that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def add(self, item: T) -> None:
        """Append, and wake who waits."""
        self.append(item)
        self._changed.set()

    async def until(self, enough: Callable[[list[T]], bool]) -> list[T]:
        """Wait until the list is as `enough` wants it."""
        async with asyncio.timeout(PATIENCE):
            while not enough(self):
                self._changed.clear()
                await self._changed.wait()
        return self

    async def first(self, count: int) -> list[T]:
        """Wait for so many items, and give them."""
        return (await self.until(lambda items: len(items) >= count))[:count]


@dataclass(frozen=True)
class Told:
    """One call of `deliver`."""

    event: Event
    source: str
    ago: float = 0
    at: datetime | None = None


class House:
    """A host, what it was told by sources and what it said to the person."""

    def __init__(
        self,
        *,
        limits: Limits = QUICK,
        tables: Mapping[str, object] = {},
        load_routines: Callable[[Path, str], tuple[Routine, ...]] = lambda path, prefix: (),
        deliver: Callable[..., None] = lambda *_: None,
        folder: Path | None = None,
        memory: Memory = Memory(),  # noqa: B008  frozen
    ) -> None:
        self.told: Kept[Told] = Kept()
        self.said: Kept[str] = Kept()

        def keep(event: Event, ago: float, at: datetime | None, source: str) -> None:
            deliver(event, ago, at, source)
            self.told.add(Told(event, source, ago, at))

        self.host = Host(
            deliver=keep,
            load_routines=load_routines,
            tables=tables,
            locate=lambda path: "breakd.toml:7" if len(path) == 3 else "",
            say=self.said.add,
            limits=limits,
            folder=folder,
            memory=memory,
        )

    @property
    def events(self) -> list[Event]:
        """What sources told, without the circumstances."""
        return [told.event for told in self.told]


@asynccontextmanager
async def running(
    limits: Limits = QUICK, *, deliver: Callable[..., None] = lambda *_: None, **plugins: object
) -> AsyncIterator[House]:
    """A started host with these plugins, each a hook or a module; stopped on the way out.

    `deliver`: called before what a source tells is kept.
    """
    house = House(limits=limits, deliver=deliver)
    for name, plugin in plugins.items():
        house.host.add(name, plugin if isinstance(plugin, ModuleType) else module(plugin))
    await house.host.start()
    try:
        yield house
    finally:
        await house.host.stop()


async def settled(test: Callable[[], bool]) -> None:
    """Wait for something that nobody tells about."""
    async with asyncio.timeout(PATIENCE):
        while not test():  # noqa: ASYNC110  threads and states have no event to wait for
            await asyncio.sleep(0.001)


def module(hook: object, name: str = "demo") -> ModuleType:
    """A plugin's module with this hook."""
    made = ModuleType(name)
    made.breakd_register = hook  # type: ignore[attr-defined]
    return made


def offers(**things: object) -> Callable[[Register], None]:
    """A hook that registers things by kind: `offers(source=f)`."""

    def breakd_register(register: Register) -> None:
        for kind, thing in things.items():
            getattr(register, kind)(thing)

    return breakd_register


def notifier(show: Callable[[Note], object], withdraw: Callable[[str], object] = lambda key: None) -> SimpleNamespace:
    """A notifier made of two functions."""
    return SimpleNamespace(show=show, withdraw=withdraw)


def routine(*seconds: float, id: str = "neck.turn") -> Routine:
    """A routine whose steps last so long."""
    steps = tuple(Step(f"Step {number}.", each) for number, each in enumerate(seconds, 1))
    return Routine(id=id, title="Turn", steps=steps)


def states(host: Host, names: Collection[str] = ()) -> dict[str, str]:
    """The state of every plugin by name."""
    return {name: plugin.state for name, plugin in host.plugins.items() if not names or name in names}
