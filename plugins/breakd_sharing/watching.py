"""Whether a program takes the picture of the screen, by the nodes and links of PipeWire."""

from __future__ import annotations

from pathlib import Path

from breakd import Busy, Emit, Free
from breakd_sharing.graph import Graph
from breakd_sharing.pipewire import connect


async def follow(emit: Emit, ignore: tuple[str, ...], path: Path) -> None:
    """Tell when the screen begins and ceases to be shared.

    Raises Unavailable without PipeWire, ConnectionError when it goes away.
    """
    graph, shared = Graph(), False
    async with connect(path, graph) as pipewire:
        while True:
            if shared != (shared := graph.shared(ignore)):
                emit(Busy("sharing") if shared else Free("sharing"))
            await pipewire.changed()
