"""`breakd start | stop | snooze | skip | pause | resume`: what the buttons of a prompt do, and a little more."""

from __future__ import annotations

import re
from typing import Any

import click

from breakd.cli.client import request
from breakd.cli.completing import routine_ids, times
from breakd.cli.moments import Timed
from breakd.settings.durations import MONTH, parse, show

UNTIL = "until"
TIME_OF_DAY = re.compile(r"until (tomorrow|([01]?\d|2[0-3]):[0-5]\d)", re.ASCII)
TIMES = "expected a duration such as 10m, or until 14:00, or until tomorrow"


def _time(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """The facts of a request that these words stand for: "10m", "until 14:00", "until tomorrow"."""
    if not value:
        return {}
    text = " ".join(value)
    if TIME_OF_DAY.fullmatch(text):
        return {UNTIL: value[1]}
    if value[0] == UNTIL or len(value) > 1:
        raise click.BadParameter(f"{TIMES}, found {text!r}", ctx, param)
    try:
        ms = parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}, found {text!r}", ctx, param) from None
    if not 0 < ms <= MONTH:
        expected = "expected a duration of more than nothing and at most 31 days"
        raise click.BadParameter(f"{expected}, found {text!r}", ctx, param)
    return {"for": show(ms)}


HELP = {
    "start": "Start a break now, with ROUTINE if you name one: stop typing, the rest counts by itself.",
    "stop": "End the break that is on. At nine tenths it counts as done.",
    "snooze": "Put the break that is due off, for 10 minutes or TIME (5m, 1h, until 14:00).",
    "skip": "Let the break that is due go, and be quiet for 30 minutes or TIME.",
    "pause": "No prompts for an hour or TIME (2h, until 14:00, until tomorrow). Rest still counts.",
    "resume": "End the pause.",
}
TIMED = ("snooze", "skip", "pause")


def _command(name: str) -> click.Command:
    def order(time: dict[str, str] | None = None, routine: str | None = None) -> None:
        facts: dict[str, Any] = dict(time or {})
        if routine is not None:
            facts["routine"] = routine
        for line in request(do="command", name=name, **facts)["said"]:
            click.echo(line)

    parameters: list[click.Parameter] = []
    if name in TIMED:
        parameters.append(click.Argument(["time"], nargs=-1, callback=_time, metavar="[TIME]", shell_complete=times))
    if name == "start":
        parameters.append(click.Argument(["routine"], required=False, shell_complete=routine_ids))
    return Timed(name, callback=order, params=parameters, help=HELP[name])


COMMANDS = {name: _command(name) for name in HELP}
