"""`breakd posture`: say that you sit, stand or walk at the desk, which nothing else can see."""

from __future__ import annotations

from typing import get_args

import click

from breakd.cli.client import request
from breakd.core.bars import Stance


@click.command("posture")
@click.argument("value", type=click.Choice(get_args(Stance)), required=False)
def posture(value: str | None) -> None:
    """Say that you sit, stand or walk at the desk from now on; without a word, what is known.

    Standing eases the bar of the move break for 40 minutes, walking empties it. A key of the desk's own, or of your
    window manager, may run this.
    """
    if value is None:
        click.echo(request(do="status")["status"]["posture"])
        return
    for line in request(do="posture", value=value)["said"]:
        click.echo(line)


COMMANDS = {"posture": posture}
