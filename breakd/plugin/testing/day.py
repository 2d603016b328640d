"""A made-up working day with a plugin: somebody sits, gets prompts, answers them; all of it in no time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from breakd.core.body import checkins
from breakd.core.decisions import Decision
from breakd.core.events import Entry, Event, Posture, chosen
from breakd.core.rules import Rules
from breakd.core.units import MINUTE
from breakd.daemon.advice import Advice
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.perform import Performer
from breakd.daemon.person import Person
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.imports import known
from breakd.daemon.store.records import record
from breakd.daemon.timing.calendar import Calendar
from breakd.plugin.host import Host
from breakd.plugin.interfaces import Answer, Note, Record, Register
from breakd.plugin.testing.loading import Plugin
from breakd.plugin.testing.made_up import MONDAY, FakeDesktop
from breakd.plugin.testing.time import MadeUpTime, in_made_up_time
from breakd.settings.load import load as load_settings

START = round(MONDAY.timestamp() * 1000)
BUNDLED = ("posture", "stretching", "walking")


@dataclass
class Day:
    """What came of the day. `records`: each event and decision in order, as observers are given them;

    `notes`: what the fake desktop was shown, which comes after the plugin's own notifiers; `said`: what the host told
    the person about the plugin, such as failures.
    """

    records: list[Record] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def did(self, name: str) -> list[Record]:
        """The decisions of this name, such as "prompt"."""
        return [each for each in self.records if each.type == "did" and each.name == name]

    @property
    def offered(self) -> list[str]:
        """The ids of the routines that prompts offered."""
        return [str(each.data["routine"]) for each in self.did("prompt") if each.data.get("routine")]


def run_day(plugin: Plugin) -> Day:
    """Let somebody live a day of eight and a half hours with this plugin, the bundled routines and a fake desktop.

    A source tells into it, a notifier is shown its notes, a guide its breaks, an adviser is asked, an observer watches:
    all by the real host and the real core. Time is exact to a minute.
    """
    return in_made_up_time(_lived(plugin))


class _Watched(Simulation):
    """A simulation that keeps every event as well."""

    def __init__(self, rules: Rules, calendar: Calendar, start: int) -> None:
        self.entries: list[Entry | Decision] = []
        super().__init__(rules, calendar, start)

    def _step(self, entry: Entry) -> None:
        before = len(self.decided)
        super()._step(entry)
        self.entries += [entry, *self.decided[before:]]

    def _pass(self, to: int) -> None:
        before = len(self.decided)
        super()._pass(to)
        self.entries += self.decided[before:]


class _House:
    """The parts of a daemon, around a simulation."""

    def __init__(self, plugin: Plugin) -> None:
        self.day = Day()
        self.desktop = FakeDesktop()
        self.host: Host = plugin.host(self._deliver)
        self.host.load(only=[name for name in BUNDLED if name != plugin.name])
        self.host.add("desktop", _only_notifier(self.desktop))
        settings = load_settings()
        rules = replace(settings.rules(), routines=self.host.routines)
        self.simulation = _Watched(rules, Calendar.of(settings, UTC), START)
        self._performer = Performer(self.host, lambda: self.simulation.state.now)
        self._advice = Advice(self.host, self._gather, lead=2 * MINUTE)
        self._told = 0

    async def live(self) -> None:
        """The whole day."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, MadeUpTime)
        await self.host.start()
        self.host.ask(self.simulation.state.rules.presence.notice / 1000)
        performing = asyncio.create_task(self._performer.run(clear=False))
        began = loop.time()
        for now, _ in Person(self.simulation, START).live():
            self._pass_on()
            await loop.pass_to(began + (now - START) / 1000)
        self._advice.stop()
        performing.cancel()
        await self.host.stop()

    def _pass_on(self) -> None:
        """Tell everybody what happened since the last time."""
        new, self._told = self.simulation.entries[self._told :], len(self.simulation.entries)
        for item in new:
            told = record(item, Wall(self.simulation.state.offset, self.simulation.state.zone))
            self.day.records.append(told)
            self.host.observe(told)
            if isinstance(item, Decision):
                self._performer.put(item)
        self._performer.follow(self.simulation.state)
        self._advice.follow(self.simulation.state)

    def _gather(self, said: Event) -> None:
        self.simulation.feed(said, self.simulation.state.now, source="advisers")

    def _deliver(self, event: Event, ago: float, at: datetime | None, source: str) -> None:
        now = self.simulation.state.now
        if isinstance(event, Answer):
            meant = chosen(event.choice)
            told = checkins.told(self.simulation.state, event.choice, now) if meant is None else None
            if told is not None:
                self.simulation.feed(told.event, told.at, now, source)
            elif meant is not None and (self.simulation.state.slot.stands or isinstance(meant, Posture)):
                self.simulation.feed(meant, now, source=source)
            return
        happened = now - round(ago * 1000) if at is None else round(at.timestamp() * 1000)
        self.simulation.feed(known(event), min(happened, now), now, source)


async def _lived(plugin: Plugin) -> Day:
    before = len(plugin.said)
    house = _House(plugin)
    await house.live()
    house.day.notes = house.desktop.shown
    house.day.said = plugin.said[before:]
    return house.day


def _only_notifier(desktop: FakeDesktop) -> object:
    def breakd_register(register: Register) -> None:
        register.notifier(desktop)

    return type("desktop", (), {"breakd_register": staticmethod(breakd_register)})
