"""A routine as people and programs read it: a row of a table, a card, an object."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import click

from breakd.cli.shelf import Shelf
from breakd.core.choosing.permission import refused
from breakd.core.routines import Routine, Step
from breakd.daemon.speech.words import span

WIDTH = 100  # columns of a card, at most
BAR = 24  # columns of the longest step's bar

HEADER = ("id", "title", "kind", "time", "effort", "breaks", "moves", "needs", "")
NARROW = ("id", "title", "time", "moves", "")  # of these, in a terminal of fewer than WIDE columns
WIDE = 120


def row(routine: Routine, shelf: Shelf) -> tuple[str, ...]:
    """Its cells, as in `HEADER`."""
    return (
        routine.id,
        routine.title,
        routine.kind,
        span(routine.seconds * 1000),
        routine.intensity,
        ", ".join(routine.breaks),
        ", ".join(routine.regions),
        ", ".join(routine.needs),
        standing(routine, shelf),
    )


def standing(routine: Routine, shelf: Shelf) -> str:
    """Why it is not offered; else whether it is the person's own."""
    if routine in shelf.catalogue.off:
        return "off"
    against = refused(routine, shelf.settings.me)
    if against is not None:
        key, word = against
        said = {"avoid": "you avoid", "equipment": "not at hand:", "places": "only at"}[key]
        return f"{said} {word}"
    return "yours" if routine.id in shelf.catalogue.files else ""


def facts(routine: Routine, shelf: Shelf) -> dict[str, Any]:
    """All of it, for programs; times in seconds."""
    against = refused(routine, shelf.settings.me)
    return {
        "id": routine.id,
        "title": routine.title,
        "kind": routine.kind,
        "intensity": routine.intensity,
        "met": routine.met,
        "seconds": routine.seconds,
        "breaks": routine.breaks,
        "regions": routine.regions,
        "needs": routine.needs,
        "involves": routine.involves,
        "places": routine.places,
        "warm_up": routine.warm_up,
        "easier": routine.easier or None,
        "harder": routine.harder or None,
        "because": routine.because,
        "cautions": routine.cautions,
        "steps": [_step(step) for step in routine.steps],
        "source": shelf.source(routine),
        "off": routine in shelf.catalogue.off,
        "refused": None if against is None else {"key": f"me.{against[0]}", "word": against[1]},
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "text": step.text,
        "seconds": step.seconds,
        "hint": step.hint,
        "repetitions": step.repetitions,
        "hold": step.hold or None,
        "side": step.side or None,
        "image": step.image,
    }


def card(routine: Routine, shelf: Shelf, width: int = WIDTH) -> list[str]:
    """The whole routine: what it is, its steps with bars as long as they take, why, cautions, where it is from."""
    width = min(width, WIDTH)
    effort = f"{routine.intensity} ({routine.met:g} MET)"
    lines = [
        f"{click.style(routine.title, bold=True)}   {routine.id}",
        f"{routine.kind}, {effort}, {span(routine.seconds * 1000)}, for breaks: {', '.join(routine.breaks)}",
    ]
    for label, words in (
        ("moves", routine.regions),
        ("needs", routine.needs),
        ("involves", routine.involves),
        ("places", routine.places),
        ("easier", (routine.easier,) * bool(routine.easier)),
        ("harder", (routine.harder,) * bool(routine.harder)),
        ("note", (standing(routine, shelf),) * bool(standing(routine, shelf))),
    ):
        if words:
            lines.append(f"{label}: {', '.join(words)}")
    lines += ["", *_drawn(routine.steps, width), ""]
    lines += textwrap.wrap(f"Why: {routine.because or 'the routine does not say'}", width, subsequent_indent="     ")
    for caution in routine.cautions:
        lines += textwrap.wrap(f"! {caution}", width, subsequent_indent="  ")
    return [*lines, f"from {shelf.source(routine)}"]


def _drawn(steps: Sequence[Step], width: int) -> list[str]:
    longest, lines = max(step.seconds for step in steps), []
    column = max(len(step.text) for step in steps)
    for number, step in enumerate(steps, 1):
        bar = "█" * max(1, round(BAR * step.seconds / longest))
        lines.append(
            f"{number:>3}  {step.text:<{column}}  {step.seconds:>4g} s  {click.style(bar, fg='green')}{how(step)}"
        )
        lines += textwrap.wrap(step.hint, width, initial_indent=" " * 7, subsequent_indent=" " * 7)
    return lines


def how(step: Step) -> str:
    """How often and how long: "  8 times, hold 5 s each"; "" if there is nothing to say."""
    times = f"{step.repetitions} times" if step.repetitions else ""
    hold = f"hold {step.hold:g} s" + (" each" if step.repetitions else "") if step.hold else ""
    told = ", ".join(filter(None, (times, hold)))
    return f"  {told}" if told else ""
