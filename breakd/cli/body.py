"""`breakd slept | felt | exercised`: what nobody can see of you, said in a line."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from breakd.cli.client import WrongUse, request
from breakd.cli.moments import Moment, Timed

RPE = "how hard it was, 0 to 10: 3 moderate, 5 hard, 10 the hardest there is"
ASKED = (
    ("pain", "Pain now, 0 (none) to 10 (the worst there is)", click.IntRange(0, 10)),
    ("sleepiness", "Sleepiness, 1 (wide awake) to 9 (fighting sleep)", click.IntRange(1, 9)),
)


class Exertion(click.ParamType[float]):
    """A perceived exertion, Borg CR10."""

    name = "0-10"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; anything else is wrong usage."""
        try:
            found = float(value)
        except ValueError:
            found = -1
        if not 0 <= found <= 10:
            self.fail(f"expected {RPE}; found {value!r}", param, ctx)
        return found


def _say(facts: dict[str, Any]) -> None:
    for line in request(**facts)["said"]:
        click.echo(line)


@click.command("slept", cls=Timed)
@click.argument("time", nargs=-1, required=True, metavar="FROM-TO | LENGTH")
@click.option("--date", help="The day of getting up: 2026-03-02, yesterday. Without it today.")
@click.option("--instead", is_flag=True, help="In place of a sleep that is known and overlaps it.")
def slept(time: tuple[str, ...], date: str | None, instead: bool) -> None:
    """Say how you slept: `breakd slept 23:30-07:10`, or how long: `breakd slept 6h30m`. Naps too."""
    _say({"do": "slept", "time": "".join(time), "date": date, "instead": instead})


@click.command("felt")
@click.option("--pain", type=click.IntRange(0, 10), help="0 (none) to 10 (the worst there is).")
@click.option("--where", help='Where it hurts, such as "lower back".')
@click.option("--sleepiness", type=click.IntRange(1, 9), help="1 (wide awake) to 9 (fighting sleep).")
@click.option("--effort", type=click.IntRange(0, 10), help="How hard the last routine was, 0 to 10.")
def felt(pain: int | None, where: str | None, sleepiness: int | None, effort: int | None) -> None:
    """Say how you feel. Without options you are asked. It counts for today: limits tighten on a bad day."""
    facts: dict[str, Any] = {"pain": pain, "where": where, "sleepiness": sleepiness, "effort": effort}
    if where is not None and pain is None:
        raise WrongUse("--where goes with --pain")
    if not any(value is not None for value in facts.values()):
        if not sys.stdin.isatty():
            raise WrongUse("nothing was said: expected --pain, --sleepiness or --effort")
        facts |= _asked()
    _say({"do": "felt", **{key: value for key, value in facts.items() if value is not None}})


def _asked() -> dict[str, Any]:
    """The answers to each question in a terminal; an empty one is none."""
    found: dict[str, Any] = {}
    for key, question, type_ in ASKED:
        answer = click.prompt(f"{question}; Enter: not now", default="", show_default=False, value_proc=_or(type_))
        if answer != "":
            found[key] = answer
        if key == "pain" and found.get("pain"):
            found["where"] = click.prompt("Where, such as lower back", default="", show_default=False)
    if not found:
        raise WrongUse("nothing was said")
    return found


def _or(type_: Any) -> Any:
    def convert(value: str) -> Any:
        return "" if value == "" else type_.convert(value, None, None)

    return convert


@click.command("exercised", cls=Timed)
@click.argument("time", metavar="LENGTH")
@click.argument("what", nargs=-1)
@click.option("--rpe", type=Exertion(), required=True, help=f"{RPE[0].upper()}{RPE[1:]}.")
@click.option("--at", type=Moment(), help="When it ended, if not just now: 18:30, yesterday 18:30, 2h (ago).")
def exercised(time: str, what: tuple[str, ...], rpe: float, at: datetime | None) -> None:
    """Say what exercise you had: `breakd exercised 30m --rpe 5 run`."""
    facts: dict[str, Any] = {"do": "exercised", "for": time, "rpe": rpe, "what": " ".join(what)}
    _say(facts if at is None else {**facts, "at": at.isoformat()})


COMMANDS = {"slept": slept, "felt": felt, "exercised": exercised}
