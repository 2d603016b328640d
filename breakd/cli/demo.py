"""`breakd demo`: a working day in a minute, through the real core, with real notifications where there are any."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import click
from msgspec.structs import replace

from breakd.cli.cards import card
from breakd.cli.cast import Cast
from breakd.cli.completing import routine_ids
from breakd.cli.drawing import LEGEND, rows
from breakd.cli.shelf import shelf
from breakd.cli.simulate import routines
from breakd.core.choosing.permission import MeRule
from breakd.core.decisions import Decision, Prompt
from breakd.core.routines import Routine
from breakd.core.rules import Rules
from breakd.core.units import MINUTE
from breakd.daemon.hindsight.simulation import Simulation
from breakd.daemon.hindsight.timeline import Timeline
from breakd.daemon.person import LENGTH, Person
from breakd.daemon.speech import happenings, words
from breakd.daemon.timing.calendar import Calendar
from breakd.daemon.timing.clock import wall_time
from breakd.settings.load import load
from breakd.settings.paths import config_file

SECONDS = 45.0
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
WIDE = 67  # columns of a timeline with a character a minute


@click.command("demo")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=SECONDS, show_default=True, help="Its length.")
@click.option("--no-notifications", is_flag=True, help="Only the terminal.")
@click.option(
    "--routine", metavar="ID", shell_complete=routine_ids, help="One routine, yours too, in every break: how it looks."
)
@click.option("--plugin", type=click.Path(path_type=Path), help="A plugin that is a file: what it does in a day.")
def demo(seconds: float, no_notifications: bool, routine: str | None, plugin: Path | None) -> None:
    """A working day in a minute: somebody sits, gets prompts, and answers them now this way, now that."""
    tried = None
    if routine is not None:
        here = shelf()
        tried = here.find(routine)
        for line in card(tried, here, shutil.get_terminal_size().columns):
            click.echo(line)
        click.echo("")
    asyncio.run(show(seconds, not no_notifications, tried, plugin))


async def show(seconds: float, notify: bool, tried: Routine | None = None, plugin: Path | None = None) -> None:
    """Live the day, with one routine in all its breaks if that is `tried`, then draw it and say what to do next."""
    settings = load()
    start = int(MORNING.timestamp() * 1000)
    rules = settings.rules()
    cast = Cast(notify, plugin) if notify or plugin else None
    shown = (tried,) if tried else cast.routines if cast else ()
    rules = in_every_break(rules, shown) if shown else replace(rules, routines=routines(settings))
    simulation = Simulation(rules, Calendar.of(settings, UTC), start)
    timeline = Timeline(start, MINUTE if shutil.get_terminal_size().columns >= WIDE else 2 * MINUTE)
    try:
        await _live(simulation, timeline, start, seconds, cast)
    finally:
        if cast is not None:
            await cast.close()
    if cast is not None:
        click.echo("\n" + "\n".join(cast.verdict()))
    for line in conclusion(timeline, simulation.decided):
        click.echo(line)


def in_every_break(rules: Rules, tried: Sequence[Routine]) -> Rules:
    """The rules with these routines alone, whatever they are for and whatever anybody avoids."""
    kinds = tuple(kind.name for kind in rules.breaks)
    return replace(rules, routines=tuple(replace(routine, breaks=kinds) for routine in tried), me=MeRule())


async def _live(simulation: Simulation, timeline: Timeline, start: int, seconds: float, cast: Cast | None) -> None:
    if cast is not None:
        await cast.open(simulation)
    _sample(timeline, simulation)
    told = 0
    with Stage() as stage:
        stage.say(f"A working day in {words.span(seconds * 1000)}. Times on the left are the day's.")
        began = asyncio.get_running_loop().time()
        for now, what in Person(simulation, start).live():
            _sample(timeline, simulation)
            for decision in simulation.decided[told:]:
                timeline.decided(decision)
                stage.say(f"{_clock(decision.at)}  {happenings.line(decision)}")
                if cast is not None:
                    await cast.show(decision)
            told = len(simulation.decided)
            if cast is not None:
                cast.follow()
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
