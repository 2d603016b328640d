"""`breakd start | stop | snooze | skip | pause | resume`: what the buttons of a prompt do, and a little more."""

from __future__ import annotations

from collections.abc import Callable

import click

from breakd.cli.client import request
from breakd.settings.durations import MONTH, parse, show


class Duration(click.ParamType[str]):
    """A duration such as "10m"."""

    name = "duration"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same duration in its shortest form."""
        try:
            ms = parse(value)
        except ValueError as error:
            self.fail(f"{error}, found {value!r}", param, ctx)
        if not 0 < ms <= MONTH:
            self.fail(f"expected a duration of more than nothing and at most 31 days, found {value!r}", param, ctx)
        return show(ms)


HELP = {
    "start": "Start a break now: stop typing, the rest counts by itself.",
    "stop": "End the break that is on. At nine tenths it counts as done.",
    "snooze": "Put the break that is due off, for 10 minutes or TIME (5m, 1h).",
    "skip": "Let the break that is due go, and be quiet for 30 minutes or TIME.",
    "pause": "No prompts for an hour or TIME. Rest still counts.",
    "resume": "End the pause.",
}
TIMED = ("snooze", "skip", "pause")


def _command(name: str) -> click.Command:
    def order(time: str | None = None) -> None:
        for line in request(do="command", name=name, **{"for": time})["said"]:
            click.echo(line)

    run: Callable[..., None] = order
    if name in TIMED:
        run = click.argument("time", type=Duration(), required=False)(run)
    return click.command(name, help=HELP[name])(run)


COMMANDS = {name: _command(name) for name in HELP}
