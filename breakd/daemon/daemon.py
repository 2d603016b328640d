"""The daemon put together: which real part stands behind each interface, and the order of start and stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from breakd.core.decisions import CheckIn, Prompt
from breakd.core.events import Entry, Event, Resumed, Unlocked
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.state import State
from breakd.daemon.advice import Advice
from breakd.daemon.control.followers import Followers
from breakd.daemon.control.requests import Places, answer
from breakd.daemon.control.server import Control
from breakd.daemon.fold import Decisions
from breakd.daemon.hooks import Hooks
from breakd.daemon.keeper import Keeper
from breakd.daemon.loop import Loop
from breakd.daemon.perform import Performer
from breakd.daemon.restore import open_journal, open_prompt, restored
from breakd.daemon.speech.outlook import outlook
from breakd.daemon.speech.status import local
from breakd.daemon.store.contents import hash_of
from breakd.daemon.store.fields import Wall
from breakd.daemon.store.journal import Journal
from breakd.daemon.store.records import record
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.daemon.timing.clock import Beat, Clock, SystemClock
from breakd.daemon.timing.timer import Timer
from breakd.daemon.watching.reload import Files, Outcome, Reload, Verdict
from breakd.daemon.watching.renewing import Renewals
from breakd.daemon.watching.telling import Telling
from breakd.daemon.watching.unread import Unread
from breakd.plugin.host import Host
from breakd.plugin.loaded import nearest
from breakd.plugin.memory import Memory
from breakd.settings.catalogue import Catalogue, catalogue, own_files
from breakd.settings.errors import Problem
from breakd.settings.load import Loaded
from breakd.settings.model import Settings
from breakd.settings.pack_cache import Packs

SETTLED = 10.0  # seconds after which every source has told what is so

FIRST_WORD = 0.6  # seconds to wait for the sources before saying what is watched
SWEPT = 2.0  # ... and for notifiers before saying who notifies
LEAVE = 1.0  # seconds to take notes away at the end
GLANCE = 0.02  # seconds between looks at them, until then
NOT_OURS = ("answers",)  # sources that tell nothing of presence


class Voice(Protocol):
    """Where lines go: for the person, for whoever looks closer, and what must not be missed."""

    def say(self, line: str) -> None:
        """For the person."""

    def log(self, line: str) -> None:
        """For whoever looks closer."""

    def warn(self, line: str) -> None:
        """What must not be missed."""


class Daemon:
    """All parts, wired."""

    def __init__(
        self,
        settings: Settings,
        places: Places,
        voice: Voice,
        files: Files,
        *,
        problems: Sequence[Problem] = (),
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self._voice = voice
        self._heard: set[str] = set()
        self._settled = False
        self._settings = settings
        self.places = places
        self._locate = files.locate
        self._problems = tuple(problems)
        self._left_out: tuple[Problem, ...] = ()  # mistakes in files of routines since the start
        self.reload = Reload(files, self)
        self._packs = Packs(places.packs)
        self._waiting = Unread(self._packs, self._read_now)
        self.host = Host(
            deliver=self._deliver,
            load_routines=self._packs.load,
            tables=settings.plugins,
            locate=files.locate,
            order=settings.notify.order,
            say=voice.say,
            aside=self._tell_lack,
            folder=places.plugins,
            memory=Memory(places.memory),
        )
        self.renewals = Renewals(places.plugins, self._renew)
        self._timer = Timer(self.clock, self._wake)
        self.followers = Followers(voice.warn)
        self.hooks = Hooks(voice.say, voice.warn)
        self.hooks.configure(settings.on.commands, settings.on.timeout)
        self.followers.add(lambda _entry, decisions, state: self.hooks.happened(decisions, state))
        self._control = Control(places.socket, partial(answer, self), voice.warn)
        self._keeper = Keeper()
        self.loop: Loop
        self.journal: Journal
        self.first_life: bool  # nothing was ever journalled before
        self._performer: Performer
        self._telling: Telling
        self._advice: Advice
        self._performing: asyncio.Task[None] | None = None
        self._settling: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Take up the last life and begin to watch. Raises JournalBusy if another daemon does."""
        self.journal = open_journal(self.places.journal, self._voice.warn)
        self.first_life = not self.journal.seq
        self.host.load()
        self._check_order()
        late = self._waiting.put_off(() if self.places.routines is None else own_files(self.places.routines, []))
        offered = Catalogue(self.host.routines) if late else self._catalogue(self._settings, self.host.routines)
        self._leave_out(offered)
        rules = replace(self._settings.rules(), routines=offered.routines)
        fold, anchor, alive = restored(self.journal, rules, self.clock, self._voice.warn, late=late)
        self._timer.start()
        self.loop = Loop(fold, self.clock, anchor, self._calendar, self)
        self._performer = Performer(self.host, self.loop.now)
        self._telling = Telling(self._voice.say, self._voice.warn, self._performer)
        self._advice = Advice(self.host, self.loop.gather)
        self.loop.start(alive, rules)
        await self._listen()
        await self.host.start()
        self.ask(self.loop.patience / 1000)
        again = open_prompt(self.loop.state)
        if again is not None:  # it comes in the place of its old note, if that is still there
            self._performer.put(again)
        if self.loop.state.checkins.open:
            self._performer.put(CheckIn(self.loop.state.now, self.loop.state.checkins.open))
        self._performing = asyncio.create_task(self._performer.run(clear=again is None))
        self._settling = asyncio.get_running_loop().call_later(SETTLED, self.loop.forget_last_life)
        self.reload.start(self._problems, lambda: self._telling.watching(self.reload.deaf))
        self.renewals.start()
        if not self.unread():
            self._tell_mistakes()
        self._waiting.start()
        self._keeper.ready(self.clock.boot())

    async def settled(self) -> None:
        """Wait until every source has said something, or that it cannot, and notifiers that they cannot.

        But not for long: some have nothing to say.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        while self._open(loop.time() - began):  # noqa: ASYNC110  a plugin turns unavailable without telling
            await asyncio.sleep(GLANCE)
        self._settled = True

    def _tell_lack(self, line: str) -> None:
        """What a source misses on this machine: news once the daemon has begun, before that a part of its beginning."""
        (self._voice.say if self._settled else self._voice.log)(line)

    def lacks(self) -> list[str]:
        """Why each source that cannot be used here cannot."""
        things = [thing for plugin in self.host.plugins.values() for thing in plugin.things]
        return [thing.told for thing in things if thing.kind == "source" and thing.state == "unavailable"]

    def _open(self, waited: float) -> bool:
        """Whether it may yet show, after so many seconds, who sees and who can show something."""
        return (waited < FIRST_WORD and self._silent()) or (waited < SWEPT and not self._performer.swept)

    def _silent(self) -> bool:
        things = [thing for plugin in self.host.plugins.values() for thing in plugin.things if thing.kind == "source"]
        return any(thing.state == "ok" and thing.name not in self._heard for thing in things)

    def working(self, kind: str) -> list[str]:
        """The plugins of this kind that work as far as is known, notifiers in the order they are tried.

        A source works whatever the others of its plugin do; a notifier that hears no answers is not said to.
        """
        order = self._settings.notify.order
        plugins = sorted(
            (plugin for plugin in self.host.plugins.values() if plugin.state == "ok" or kind == "source"),
            key=lambda plugin: (order.index(plugin.name) if plugin.name in order else len(order), plugin.name),
        )
        return [
            plugin.name
            for plugin in plugins
            if any(
                thing.kind == kind and thing.state == "ok" and not thing.name.endswith(NOT_OURS)
                for thing in plugin.things
            )
        ]

    async def stop(self) -> None:
        """End, so that the next start goes on just here. Notes that nobody would answer any more are taken away."""
        self._keeper.stopping()
        self.reload.stop()
        await self._control.stop()
        if self._settling is not None:
            self._settling.cancel()
        self._advice.stop()
        self.renewals.stop()
        self.hooks.stop()
        if self._performing is not None:
            self._performing.cancel()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._performer.clear(), LEAVE)
        self._waiting.stop()
        self.loop.stop()
        self._timer.stop()
        await self.host.stop()
        self.journal.close()

    # -- what the loop needs ----------------------------------------------------------------------------------------

    def arm(self, boot_ms: int) -> None:
        """See `Surroundings`."""
        latest = self._keeper.latest
        self._timer.arm(boot_ms if latest is None else min(boot_ms, latest))

    def ask(self, seconds: float) -> None:
        """See `Surroundings`."""
        self.host.ask(seconds)

    def beat(self, boot_ms: int, core_ms: int) -> None:
        """See `Surroundings`."""
        self.journal.beat(Beat(self.clock.boot_id, boot_ms, core_ms))
        if self._keeper.listens:
            self._keeper.alive(boot_ms, outlook(self.loop.state))

    def happened(self, entry: Entry | None, decisions: Decisions, state: State) -> None:
        """See `Surroundings`."""
        wall = Wall(state.offset, state.zone)
        if entry is not None:
            self._voice.log(f"{local(state, entry.seen):%H:%M:%S} {entry.source}: {entry.event.name}")
            self.host.observe(record(entry, wall))
        for decision in decisions:
            from breakd.daemon.speech import happenings  # here: most starts decide nothing

            self._voice.say(f"{local(state, decision.at):%H:%M:%S} {happenings.line(decision)}")
            self.host.observe(record(decision, wall))
            # One decided on in the start is put when all has started, if it is still open by then.
            if self._performing is not None or not isinstance(decision, Prompt):
                self._performer.put(decision)
        self._performer.follow(state)
        self.reload.glance()
        self.followers.happened(entry, decisions, state)
        self._advice.follow(state)

    def unread(self) -> int:
        """See `Surroundings`."""
        return len(self._waiting.files)

    def read(self) -> Rules:
        """See `Surroundings`. What is wrong is left out, as at every start."""
        self._waiting.stop()
        offered = self._catalogue(self._settings, self.host.routines)
        self._leave_out(offered)
        if self._performing is not None:  # else the start is on, and tells at its end
            self._tell_mistakes()
        return replace(self._settings.rules(), routines=offered.routines)

    # -- what a reload needs ----------------------------------------------------------------------------------------

    def put_in_force(self, found: Loaded) -> Outcome:
        """See `reload.House`."""
        self.loop.read()
        settings = found.settings
        trial = self.host.consider(tables=settings.plugins, order=settings.notify.order)
        if trial.refused:
            return Outcome(tuple(Problem("", None, "", line) for line in trial.refused))
        offered = self._catalogue(settings, trial.routines)
        if self._news(offered):
            return Outcome(offered.problems)
        rules = replace(settings.rules(), routines=offered.routines)
        if settings == self._settings and rules == self.loop.state.configured:
            return Outcome(offered.problems)
        self._settings = settings
        self._left_out = offered.problems
        self.host.adopt(trial)
        self.hooks.configure(settings.on.commands, settings.on.timeout)
        self._check_order()
        self.loop.configure(rules, self._calendar)
        for note in (*found.notes, *offered.notes):
            self._voice.warn(str(note))
        return Outcome(offered.problems, changed=True)

    async def _renew(self, name: str) -> None:
        """Load a plugin anew; if it fails where it worked, or what it now offers is wrong, it goes on as it was."""
        trial = await self.host.consider_anew(name)
        self.loop.read()
        offered = self._catalogue(self._settings, trial.routines)
        wrong = self._news(offered)
        if trial.refused or wrong:
            why = "\n".join((*trial.refused, *map(str, wrong)))
            self._voice.warn(f"plugin {name}: {why}; it goes on as it was")
            return
        self.host.adopt(trial)
        self.loop.configure(replace(self._settings.rules(), routines=offered.routines), self._calendar)
        plugin = self.host.plugins.get(name)
        self._voice.say(f"plugin {name}: {'gone' if plugin is None else plugin.state}")
        self.followers.happened(None, (), self.loop.current())

    def read_again(self, before: Verdict, now: Verdict, changed: bool) -> None:
        """See `reload.House`."""
        self._telling.read_again(before, now, changed)
        self.followers.happened(None, (), self.loop.current())

    def moment(self) -> int:
        """See `reload.House`."""
        return self.loop.now()

    # -- files of routines ------------------------------------------------------------------------------------------

    def _leave_out(self, offered: Catalogue) -> None:
        """What is wrong when the daemon starts is left out, and must not hold up what is right."""
        for problem in (*offered.problems, *offered.notes):
            self._voice.warn(str(problem))
        self._left_out = offered.problems

    def _tell_mistakes(self) -> None:
        """Tell what is wrong from the start; the log has it already."""
        self.reload.found((*self._problems, *self._left_out))
        self._telling.begun(self._problems, self._left_out)

    def _news(self, offered: Catalogue) -> list[Problem]:
        """Mistakes in files that had none."""
        known = {problem.file for problem in self._left_out}
        return [problem for problem in offered.problems if problem.file not in known]

    def _catalogue(self, settings: Settings, plugins: Sequence[Routine]) -> Catalogue:
        found = catalogue(settings, self.places.routines, plugins, self._packs)
        self._packs.save(hash_of(found.routines, self._packs.name))
        return found

    # -- inside -----------------------------------------------------------------------------------------------------

    def _deliver(self, event: Event, ago: float, at: datetime | None, source: str) -> None:
        away = self.loop.state.presence.away
        self.loop.deliver(event, ago, at, source)
        if isinstance(event, (Resumed, Unlocked)) or (away and not self.loop.state.presence.away):
            self.host.retry()  # a display or a bus may be there again
        self._heard.add(source)

    def _wake(self) -> None:
        self.loop.wake()

    def _read_now(self) -> None:
        self.loop.read()

    def _calendar(self, name: str) -> Calendar:
        return Calendar.of(self._settings, zone(name))

    async def _listen(self) -> None:
        try:
            await self._control.start()
        except OSError as error:
            self._voice.warn(
                f"no control socket, so commands cannot reach me: {self.places.socket}: {error.strerror or error}"
            )

    def _check_order(self) -> None:
        plugins = self.host.plugins
        known = {*plugins, *(thing.name for plugin in plugins.values() for thing in plugin.things)}
        for name in self._settings.notify.order:
            if name not in known:
                place = self._locate(("notify", "order"))
                hint = nearest(name, sorted(known))
                self._voice.warn(f"{place + ': ' if place else ''}notify.order: no such plugin: {name}{hint}")
