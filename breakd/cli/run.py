"""`breakd run`: its options. What it does is in `foreground`."""

from __future__ import annotations

from pathlib import Path

import click

from breakd.cli.completing import settings_keys
from breakd.cli.starting import SAY, watch

LEVELS = ("debug", "info", "warning")


@click.command("run")
@click.option("--config", type=click.Path(path_type=Path, readable=False), help="Another settings file than your own.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=settings_keys,
    help="One setting, such as breaks.move.every=45m.",
)
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--log-level", type=click.Choice(LEVELS), default=LEVELS[SAY], help="How much to say.")
def run(config: Path | None, sets: tuple[str, ...], quiet: bool, log_level: str) -> None:
    """Watch and remind, in the foreground. Ends with Ctrl-C or SIGTERM, and goes on just there at the next start."""
    watch(config, sets, LEVELS.index("warning" if quiet else log_level))


COMMANDS = {"run": run}
