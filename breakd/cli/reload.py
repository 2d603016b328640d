"""`breakd reload`: for where nothing tells the daemon of a saved change, and to be told at once what is wrong."""

from __future__ import annotations

import click

from breakd.cli.client import request


@click.command("reload")
def reload() -> None:
    """Read the settings again and put them in force, unless they have mistakes: then those are named.

    Usually not needed: a saved change is in force within a second by itself.
    """
    for line in request(do="reload")["said"]:
        click.echo(line)


COMMANDS = {"reload": reload}
