"""`breakd demo`: a working day in a minute, through the real core, with real notifications where there are any."""

from __future__ import annotations

import asyncio
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType

import click

from breakd.cli.cards import card
from breakd.cli.completing import routine_ids
from breakd.cli.drawing import LEGEND, rows
from breakd.cli.shelf import shelf
from breakd.cli.simulate import routines
from breakd.core.decisions import Decision, Prompt
from breakd.core.permission import MeRule
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.units import MINUTE
from breakd.daemon import words
from breakd.daemon.calendar import Calendar
from breakd.daemon.clock import wall_time
from breakd.daemon.perform import HANDLERS, Performer
from breakd.daemon.person import LENGTH, Person
from breakd.daemon.simulation import Simulation
from breakd.daemon.timeline import Timeline
from breakd.plugin.host import Host
from breakd.settings.load import load
from breakd.settings.paths import config_file
from breakd.settings.routines import load_routines

SECONDS = 45.0
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
WIDE = 67  # columns of a timeline with a character a minute
SHOWS = ("desktop", "plyer")


@click.command("demo")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=SECONDS, show_default=True, help="Its length.")
@click.option("--no-notifications", is_flag=True, help="Only the terminal.")
@click.option(
    "--routine", metavar="ID", shell_complete=routine_ids, help="One routine, yours too, in every break: how it looks."
)
def demo(seconds: float, no_notifications: bool, routine: str | None) -> None:
    """A working day in a minute: somebody sits, gets prompts, and answers them now this way, now that."""
    tried = None
    if routine is not None:
        here = shelf()
        tried = here.find(routine)
        for line in card(tried, here, shutil.get_terminal_size().columns):
            click.echo(line)
        click.echo("")
    asyncio.run(show(seconds, not no_notifications, tried))


async def show(seconds: float, notify: bool, tried: Routine | None = None) -> None:
    """Live the day, with one routine in all its breaks if that is `tried`, then draw it and say what to do next."""
    settings = load()
    start = int(MORNING.timestamp() * 1000)
    rules = settings.rules()
    rules = replace(rules, routines=routines(settings)) if tried is None else in_every_break(rules, tried)
    simulation = Simulation(rules, Calendar.of(settings, UTC), start)
    desktop = Desktop() if notify else None
    timeline = Timeline(start, MINUTE if shutil.get_terminal_size().columns >= WIDE else 2 * MINUTE)
    try:
        await _live(simulation, timeline, start, seconds, desktop)
    finally:
        if desktop is not None:
            await desktop.close()
    if desktop is not None:
        click.echo(f"\n{desktop.verdict()}")
    for line in conclusion(timeline, simulation.decided):
        click.echo(line)


def in_every_break(rules: Rules, tried: Routine) -> Rules:
    """The rules with this routine alone, whatever it is for and whatever anybody avoids."""
    kinds = tuple(kind.name for kind in rules.breaks)
    return replace(rules, routines=(replace(tried, breaks=kinds),), me=MeRule())


async def _live(
    simulation: Simulation, timeline: Timeline, start: int, seconds: float, desktop: Desktop | None
) -> None:
    if desktop is not None:
        await desktop.open()
    _sample(timeline, simulation)
    told = 0
    with Stage() as stage:
        stage.say(f"A working day in {words.span(seconds * 1000)}. Times on the left are the day's.")
        began = asyncio.get_running_loop().time()
        for now, what in Person(simulation, start).live():
            _sample(timeline, simulation)
            for decision in simulation.decided[told:]:
                timeline.decided(decision)
                stage.say(f"{_clock(decision.at)}  {words.line(decision)}")
                if desktop is not None:
                    await desktop.show(decision)
            told = len(simulation.decided)
            if what:
                stage.say(f"{_clock(now)}  … {what}")
            share = (now - start) / LENGTH
            stage.progress(share)
            await asyncio.sleep(max(0.0, began + share * seconds - asyncio.get_running_loop().time()))


def _sample(timeline: Timeline, simulation: Simulation) -> None:
    if timeline.next_sample == simulation.state.now:  # the person lives in steps that end at each minute
        timeline.sample(simulation.state.tally)


def conclusion(timeline: Timeline, decided: list[Decision]) -> list[str]:
    """The timeline, the reason of one decision, and what to do next."""
    lines = ["", "The day", *rows(timeline.parts(), wall_time), LEGEND]
    for prompt in [one for one in decided if isinstance(one, Prompt) and one.tone == "gentle"][:1]:
        lines += ["", f"Why the prompt at {_clock(prompt.at)}", *reasons(prompt)]
    settings = f"  your settings            {config_file()} (only what you want to change)"
    return [*lines, "", "What to do next", *NEXT, settings]


def reasons(prompt: Prompt) -> list[str]:
    """A prompt explained: numbers and rule."""
    found = [f"  {why}" for why in words.due(prompt.because)]
    routine = prompt.routine
    if routine is not None:
        found.append(f"  offered: {routine.title}")
        found += [f"    {why}" for why in words.choice(prompt.because)]
        found.append(f"    {routine.because}")
    return [*found, "  half an hour of sitting fills the bar; a minute away pays back ten"]


NEXT = [
    "  breakd run               the real thing, in the foreground; leave it running",
    "  breakd service install   have it start with your desktop from now on",
    "  breakd status            how you sit, and when the next break is due",
    "  breakd --help            everything else",
]


def _clock(core_ms: int) -> str:
    return f"{wall_time(core_ms):%H:%M}"


class Desktop:
    """The notifications of the day, where this machine can show any."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._host = Host(deliver=_nobody, load_routines=load_routines, order=SHOWS, say=self._lines.append)
        self._host.load(only=SHOWS)
        self._performer = Performer(self._host, lambda: 0)
        self.shown = 0
        self.by = ""
        self._works = True

    async def open(self) -> None:
        """Reach for the desktop."""
        await self._host.start()

    async def show(self, decision: Decision) -> None:
        """Carry a decision out as the daemon would."""
        if self._works and isinstance(decision, Prompt):
            self.by = await self._host.show(words.prompt_note(decision))
            self._works = bool(self.by)  # a machine without a desktop does not get one in a minute
            self.shown += self._works
        elif self._works:
            await HANDLERS[type(decision)](self._performer, decision)

    async def close(self) -> None:
        """Leave nothing on the screen."""
        await self._host.withdraw(words.PROMPT)
        await self._host.withdraw(words.WARNING)
        await self._host.stop()

    def verdict(self) -> str:
        """Whether anything could be shown."""
        if self.shown:
            return f"{self.shown} prompts were shown on your desktop, by the plugin {self.by}."
        return "\n".join(["No notifications could be shown here:", *(f"  {line}" for line in self._lines[-1:])])


def _nobody(*_told: object) -> None:
    """The demo listens to nobody."""


class Stage:
    """Lines, and on a terminal a progress bar below them."""

    def __enter__(self) -> Stage:
        self._bar = None
        if sys.stdout is not None and sys.stdout.isatty():
            from rich.progress import Progress

            self._bar = Progress(transient=True)
            self._bar.start()
            self._task = self._bar.add_task("the day", total=1.0)
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, line: str) -> None:
        """A line."""
        if self._bar is None:
            click.echo(line)
        else:
            self._bar.console.print(line, markup=False, highlight=False)

    def progress(self, share: float) -> None:
        """How far the day is."""
        if self._bar is not None:
            self._bar.update(self._task, completed=share)


COMMANDS = {"demo": demo}
