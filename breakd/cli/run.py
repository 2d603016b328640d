"""`breakd run`: its options. What it does is in `foreground`, which is loaded only when it runs."""

from __future__ import annotations

from pathlib import Path

import click

LEVELS = ("debug", "info", "warning")


@click.command("run")
@click.option("--config", type=click.Path(path_type=Path), help="Another settings file than your own.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="One setting, such as breaks.move.every=45m.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", help="How much to say.")
def run(config: Path | None, sets: tuple[str, ...], quiet: bool, log_level: str) -> None:
    """Watch and remind, in the foreground. Ends with Ctrl-C or SIGTERM, and goes on just there at the next start."""
    from breakd.daemon.lean import hurry, import_asyncio

    hurry()
    import_asyncio()
    from breakd.cli.foreground import serve

    serve(config, sets, LEVELS.index("warning" if quiet else log_level))


COMMANDS = {"run": run}
