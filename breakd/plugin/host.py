"""The host: loads the plugins, runs them, and stands between them and the daemon."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from breakd.core.routines import Routine
from breakd.plugin import loading
from breakd.plugin.calls import Told
from breakd.plugin.emitting import Deliver
from breakd.plugin.files import File
from breakd.plugin.holding import Watch
from breakd.plugin.interfaces import Context, Note, Record
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Kind, Loaded, Say, Thing
from breakd.plugin.memory import Memory
from breakd.plugin.reconfiguring import Offer, Trial, judged, tried
from breakd.plugin.registering import LoadRoutines
from breakd.plugin.running import Running
from breakd.plugin.sessions import GuidedSession
from breakd.plugin.tables import Locate, nowhere

if TYPE_CHECKING:
    from breakd.plugin.advisers import Given
    from breakd.plugin.importing import Read


def log(line: str) -> None:
    """Say a line where daemons do: on standard error, if there is one."""
    with contextlib.suppress(AttributeError, OSError, ValueError):  # none under pythonw; closed; a full disk
        sys.stderr.write(f"breakd: {line}\n")


class Host:
    """All plugins. First load or add them, then use the rest on one loop.

    Records and requests from before `start()` wait for the sources and observers.

    `deliver`: takes what sources tell, on the loop's thread. `tables`: the tables `[plugins.NAME]`; `locate`: where a
    key of them stands. `order`: notifiers, the preferred one first. `say`: takes what a person should know, in lines;
    `aside`: those that tell what this machine lacks for a source.
    `folder`: of plugins that are single files; `memory`: which plugins are to stay off.
    """

    def __init__(
        self,
        *,
        deliver: Deliver,
        load_routines: LoadRoutines,
        tables: Mapping[str, object] = {},
        locate: Locate = nowhere,
        order: Sequence[str] = ("desktop", "plyer", "console"),
        say: Say = log,
        aside: Say | None = None,
        limits: Limits = Limits(),  # noqa: B008  frozen
        folder: Path | None = None,
        memory: Memory = Memory(),  # noqa: B008  frozen
    ) -> None:
        self.plugins: dict[str, Loaded] = {}
        self._deliver = deliver
        self._order = tuple(order)
        self._say = say
        self._aside = aside or say
        self._limits = limits
        self._folder = folder
        self._memory = memory
        self._watch = Watch(limits, say, self._ban)
        self._terms = loading.Terms(tables, locate, load_routines, limits.importing, self._watch, memory.read())
        self._offers: dict[str, Offer] = {}
        self._running: Running | None = None

    def load(self, only: Collection[str] | None = None) -> None:
        """Load the plugins there are, or those named in `only`. What goes wrong is said and kept in `plugins`."""
        for plugin, point in loading.found(only, self._folder):
            if self._is_new(plugin):
                self._offers[plugin.name] = partial(loading.load, point=point)
                self._offers[plugin.name](plugin, terms=self._terms)
                self._report(plugin)
        for line in loading.strangers(self._terms, self.plugins, only):
            self._say(line)

    def add(self, name: str, module: object) -> None:
        """Load a plugin that is already imported; `module` is anything with a function `breakd_register`."""
        plugin = Loaded(name, getattr(module, "__name__", None) or type(module).__name__)
        if self._is_new(plugin):
            self._offers[name] = partial(loading.offer, module=module)
            self._offers[name](plugin, terms=self._terms)
            self._report(plugin)

    def add_file(self, file: File) -> None:
        """Load a plugin that is a single file, wherever it lies."""
        plugin = Loaded(file.name, file.value)
        if self._is_new(plugin):
            self._offers[file.name] = partial(loading.load, point=file)
            self._offers[file.name](plugin, terms=self._terms)
            self._report(plugin)

    def consider(self, *, tables: Mapping[str, object], order: Sequence[str]) -> Trial:
        """Let every plugin whose table changed say what it would offer; to be adopted unless something is refused."""
        return tried(self.plugins, self._offers, self._terms, self._terms._replace(tables=tables), tuple(order))

    async def consider_anew(self, name: str) -> Trial:
        """Import this plugin anew, since its file has changed, or whether it is off; to be adopted unless refused."""
        found, off = next(iter(loading.found([name], self._folder)), None), self._memory.read()
        if found is None:  # its file is gone
            left = {other: plugin for other, plugin in self.plugins.items() if other != name}
            return Trial(self._terms._replace(off=off), self._order, left, (), ())
        plugin, point = found
        self._offers[name] = partial(loading.load, point=point)
        ready = point if name in off else await loading.ready(point, self._limits.importing)
        terms = self._terms._replace(off=off)
        loading.load(plugin, ready, terms)
        return judged(self.plugins, (plugin,), terms, self._order)

    def adopt(self, trial: Trial) -> None:
        """What is offered no longer ends in the background, with its claims and notes taken back; what is new begins.

        Plugins whose table is as before are not disturbed. Notifiers are tried in the new order from now on.
        """
        new = [name for name in trial.terms.tables if name not in self._terms.tables]
        for line in loading.strangers(trial.terms, self.plugins, new):
            self._say(line)
        self._terms, self._order = trial.terms, trial.order
        self.plugins = trial.plugins
        for plugin in trial.anew:
            self._report(plugin)
        if self._running is not None:
            self._running.change(self._order)

    def reconfigure(self, *, tables: Mapping[str, object], order: Sequence[str]) -> tuple[str, ...]:
        """Both at once. If a plugin that worked cannot with its new table, nothing changes; the lines say why."""
        trial = self.consider(tables=tables, order=order)
        if not trial.refused:
            self.adopt(trial)
        return trial.refused

    async def reconfigured(self) -> None:
        """Wait until all that was adopted is carried out."""
        if self._running is not None:
            await self._running.changed()

    @property
    def routines(self) -> tuple[Routine, ...]:
        """Every routine of every plugin, by id."""
        every = chain.from_iterable(plugin.routines for plugin in self.plugins.values())
        return tuple(sorted(every, key=lambda routine: routine.id))

    async def start(self) -> None:
        """Run the sources and observers."""
        self.running.start()

    def ask(self, seconds: float) -> None:
        """Ask every presence source for `Idle` after so many seconds without input."""
        self.running.sources.ask(seconds)

    async def show(self, note: Note) -> str:
        """Show it through the first notifier that can; its name, or "" if none could."""
        return await self.running.notifiers.show(note)

    async def withdraw(self, key: str) -> None:
        """Take a note away from wherever it may be seen."""
        await self.running.notifiers.withdraw(key)

    async def sweep(self, *keys: str) -> None:
        """Take these notes away wherever an earlier life may have shown them."""
        await self.running.notifiers.sweep(keys)

    def observe(self, record: Record) -> None:
        """Give every observer the record. Never waits."""
        self.running.observers.put(record)

    def has(self, kind: Kind) -> bool:
        """Whether there is a thing of this kind."""
        return bool(self._things(kind))

    async def advise(self, context: Context) -> Given:
        """What advisers say to this; in 2 s at most, and nothing if there are none."""
        return await self.running.advisers.ask(context, [routine.id for routine in self.routines])

    def calls(self) -> list[Told]:
        """The last calls of plugins, the oldest first."""
        return self.running.calls.told()

    def thing(self, kind: Kind, name: str) -> Thing | None:
        """The thing of this kind and name."""
        return next((thing for thing in self._things(kind) if thing.name == name), None)

    async def gather(self, thing: Thing, path: Path, progress: Callable[[float], None]) -> Read:
        """All that an importer reads from `path`, and what it leaves out. Raises what it raises."""
        from breakd.plugin.importing import Collector, run_import

        return await run_import(self.running.calls, thing, path, Collector(datetime.now(UTC), progress))

    def guide(self, routine: Routine, kind: str) -> GuidedSession:
        """Present a routine through every guide. The session stands still until its `go()`."""
        return self.running.guides.begin(routine, kind)

    def retry(self) -> None:
        """Try again at once whatever is unavailable, failed or off: after a resume, an unlock, a change of display."""
        self.running.retry()

    async def stop(self) -> None:
        """End everything within a second; what does not end is left behind and named."""
        if self._running is not None:
            await self._running.stop()

    def _things(self, kind: Kind) -> list[Thing]:
        return [thing for plugin in self.plugins.values() for thing in plugin.things if thing.kind == kind]

    @property
    def running(self) -> Running:
        """What runs on the loop; made on the first use, which has to be there."""
        if self._running is None:
            self._running = Running(
                self._things, self._order, self._deliver, self._limits, self._watch, aside=self._aside
            )
        return self._running

    def _ban(self, thing: Thing, why: str) -> None:
        """It held the loop: nothing of its plugin is begun any more, now and in later lives, until it is allowed."""
        for other in self.plugins[thing.plugin].things if thing.plugin in self.plugins else ():
            other.banned, other.state, other.reason = True, "off", why
        self._say(f"{thing}: off: {why}; `breakd plugins enable {thing.plugin}` allows it again")
        with contextlib.suppress(OSError):  # then it is only for this life
            self._memory.put(thing.plugin, why)

    def _is_new(self, plugin: Loaded) -> bool:
        first = self.plugins.setdefault(plugin.name, plugin)
        if first is plugin:
            return True
        line = f"a second plugin of this name was not loaded: {plugin.source}; the first is from {first.source}"
        first.why = f"{first.why}\n{line}" if first.why else line
        self._say(f"plugin {plugin.name}: {line}")
        return False

    def _report(self, plugin: Loaded) -> None:
        if plugin.why and plugin.fate in ("ok", "failed"):
            self._say(f"plugin {plugin.name} ({plugin.source}): {plugin.fate}: {plugin.why}")
