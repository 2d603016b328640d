"""Starting the daemon: small from the first import on."""

from __future__ import annotations

from pathlib import Path

SAY = 1  # the level of what people want to know


def watch(config: Path | None = None, sets: tuple[str, ...] = (), level: int = SAY) -> None:
    """Run the daemon to its end; see `foreground.serve`."""
    from breakd.daemon.lean import hurry, import_asyncio, import_msgspec

    hurry()
    import_asyncio()
    import_msgspec()
    from breakd.cli.foreground import serve

    serve(config, sets, level)
