"""`breakd routines try`: a routine guided in the terminal, with no daemon and no break."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Protocol

import click
from msgspec.structs import replace

from breakd.cli.cards import how
from breakd.core.routines import Routine
from breakd.daemon.speech.words import span
from breakd.plugin.interfaces import Cue
from breakd.plugin.sessions import GuidedSession

EVERY = 0.1  # seconds between two looks at the clock, while somebody looks at the bars


def run(routine: Routine, speed: float) -> None:
    """Guide it to its end, or until Ctrl-C."""
    click.echo(f"{routine.title}: {span(routine.seconds * 1000)}. Ctrl-C ends it.")
    for caution in routine.cautions:
        click.echo(f"! {caution}")
    try:
        with stage(routine, speed) as shown:
            asyncio.run(_guided(routine, speed, shown))
    except KeyboardInterrupt:
        click.echo("\nended early")
        return
    click.echo("done")


async def _guided(routine: Routine, speed: float, shown: Shown) -> None:
    quick = replace(routine, steps=tuple(replace(step, seconds=step.seconds / speed) for step in routine.steps))
    session = GuidedSession(quick, "try")
    cues = session.part()
    session.go()
    async for cue in cues:
        shown.step(cue.number)
        while not session.over and cue.left > 0:
            shown.left(cue)
            await asyncio.sleep(min(EVERY, cue.left))


class Shown(Protocol):
    """What shows how far it is."""

    def __enter__(self) -> Shown: ...

    def __exit__(self, *_error: object) -> None: ...

    def step(self, number: int) -> None:
        """This step begins."""

    def left(self, cue: Cue) -> None:
        """Time passes."""


def stage(routine: Routine, speed: float) -> Shown:
    """Bars in a terminal, lines elsewhere."""
    return Bars(routine, speed) if sys.stdout.isatty() else Lines(routine)


class Lines(contextlib.AbstractContextManager["Lines"]):
    """A line for each step."""

    def __init__(self, routine: Routine) -> None:
        self._routine = routine

    def __exit__(self, *_error: object) -> None:
        """Nothing is left open."""

    def step(self, number: int) -> None:
        """See `Shown`."""
        for line in told(self._routine, number):
            click.echo(line)

    def left(self, cue: Cue) -> None:
        """See `Shown`: lines say it at the beginning."""


class Bars(contextlib.AbstractContextManager["Bars"]):
    """A line for each step, and below them how much of the step and of the whole is done."""

    def __init__(self, routine: Routine, speed: float) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._routine = routine
        self._speed = speed
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"), transient=True
        )
        self._step = self._progress.add_task("this step", total=1.0, left="")
        self._all = self._progress.add_task("the whole", total=routine.seconds, left="")

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def step(self, number: int) -> None:
        """See `Shown`."""
        for line in told(self._routine, number):
            self._progress.console.print(line, markup=False, highlight=False)
        self._progress.reset(self._step, total=self._routine.steps[number - 1].seconds)

    def left(self, cue: Cue) -> None:
        """See `Shown`."""
        steps, left = self._routine.steps, cue.left * self._speed
        done = steps[cue.number - 1].seconds - left
        before = sum(step.seconds for step in steps[: cue.number - 1])
        self._progress.update(self._step, completed=done, left=f"{left:.0f} s left")
        rest = self._routine.seconds - before - done
        self._progress.update(self._all, completed=before + done, left=f"{rest:.0f} s left")


def told(routine: Routine, number: int) -> list[str]:
    """A step in one or two lines."""
    step = routine.steps[number - 1]
    line = f"{number}/{len(routine.steps)}  {step.text}  ({step.seconds:g} s){how(step)}"
    return [line, f"     {step.hint}"] if step.hint else [line]
