"""Those who take part in a demo besides the core: the desktop's notifications, and a plugin that is to be seen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from breakd.cli.plugin_hosts import add_file, hosted
from breakd.core.decisions import Decision, Prompt
from breakd.core.events import Event, chosen
from breakd.core.routines import Routine
from breakd.core.units import MINUTE
from breakd.daemon.advice import Advice
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.perform import HANDLERS, Performer
from breakd.daemon.speech import words
from breakd.daemon.speech.lengths import times
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.imports import known
from breakd.daemon.store.records import record
from breakd.plugin.interfaces import Answer

SHOWS = ("desktop", "plyer")


class Cast:
    """The plugins of a demo. `plugin`: the file of one that is to be seen; `notify`: whether the desktop takes part."""

    def __init__(self, notify: bool, plugin: Path | None = None) -> None:
        self._lines: list[str] = []
        self._notify = notify
        self._guest = plugin.stem if plugin else ""
        shows = SHOWS if notify else ()
        order = [self._guest, *shows] if plugin else shows
        self._host = hosted(shows, say=self._lines.append, order=order, deliver=self._deliver)
        if plugin is not None:
            add_file(self._host, plugin)
        self._performer = Performer(self._host, lambda: 0)
        self._simulation: Simulation | None = None
        self._advice: Advice | None = None
        self.shown = 0
        self.by = ""
        self._works = True

    @property
    def routines(self) -> tuple[Routine, ...]:
        """Those that the plugin brings."""
        plugin = self._host.plugins.get(self._guest)
        return plugin.routines if plugin else ()

    async def open(self, simulation: Simulation) -> None:
        """Begin to take part in this day."""
        self._simulation = simulation
        if self._host.has("adviser"):
            self._advice = Advice(self._host, lambda said: self._feed(said, "advisers"), lead=2 * MINUTE)
        await self._host.start()

    def follow(self) -> None:
        """Time has passed."""
        if self._advice is not None and self._simulation is not None:
            self._advice.follow(self._simulation.state)

    async def show(self, decision: Decision) -> None:
        """Carry a decision out as the daemon would."""
        self._host.observe(record(decision, Wall()))
        if self._works and isinstance(decision, Prompt):
            self.by = await self._host.show(words.prompt_note(decision))
            self._works = bool(self.by)  # a machine without a desktop does not get one in a minute
            self.shown += self._works
        elif self._works or self._host.has("guide"):
            await HANDLERS[type(decision)](self._performer, decision)

    async def close(self) -> None:
        """Leave nothing on the screen."""
        if self._advice is not None:
            self._advice.stop()
        await self._host.withdraw(words.PROMPT)
        await self._host.withdraw(words.WARNING)
        await self._host.stop()

    def verdict(self) -> list[str]:
        """Whether anything could be shown, and how the plugin did."""
        lines = [f"{self.shown} prompts were shown by the plugin {self.by}."] if self.shown else []
        if not self.shown and self._notify:
            lines = ["No notifications could be shown here:", *(f"  {line}" for line in self._lines[-1:])]
        if self._guest:
            lines += self._told()
        return lines

    def _told(self) -> list[str]:
        plugin = self._host.plugins[self._guest]
        calls = [call for call in self._host.calls() if call.thing.split(" ")[-1].split(".")[0] == self._guest]
        offered = times(len(plugin.routines), "routine")
        lines = [f"Plugin {self._guest}: {plugin.state}, {times(len(calls), 'call')}, {offered}"]
        return [*lines, *(f"  {line}" for line in self._lines if f" {self._guest}" in line)]

    def _deliver(self, event: Event, ago: float, at: datetime | None, source: str) -> None:
        if self._simulation is None:
            return
        if not isinstance(event, Answer):
            self._feed(known(event), source)
        elif self._simulation.state.slot.stands:
            self._feed(chosen(event.choice), source)

    def _feed(self, event: Any, source: str) -> None:
        assert self._simulation is not None
        self._simulation.feed(event, self._simulation.state.now, source=source)
