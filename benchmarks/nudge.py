"""Moves KWin's pointer by a pixel for each line that it reads, and writes one back when that was seen."""

from __future__ import annotations

import asyncio
import sys

from breakd_wayland.compositor import connect, text

INPUT = "org_kde_kwin_fake_input"  # KWin's protocol for its own tests


async def main() -> None:
    """Until there are no more lines."""
    async with connect() as compositor:
        hand = compositor.bind(INPUT, next(iter(compositor.globals[INPUT])))
        compositor._write(hand, 0, text("breakd") + text("a benchmark"))  # authenticate
        while await asyncio.to_thread(sys.stdin.readline):
            compositor.send(hand, 1, 256, 0)
            await compositor.settle()
            print(flush=True)  # noqa: T201


asyncio.run(main())
