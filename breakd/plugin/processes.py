"""Programs as line streams: `lines` runs one and never leaves it behind."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process

GRACE = 1.0  # seconds between SIGTERM and SIGKILL


@asynccontextmanager
async def lines(command: str, *args: str) -> AsyncIterator[AsyncIterator[str]]:
    """Run `command` and give the lines it prints; its whole process group is ended and reaped on the way out.

    Raises FileNotFoundError if there is no such program that may be run.
    """
    import asyncio  # here: whoever imports `breakd`, such as each command, need not pay for it
    import shutil

    if shutil.which(command) is None:  # forking to find that out costs a hundred times as much
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command)
    process = await asyncio.create_subprocess_exec(
        command,
        *args,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _decoded(process)
    finally:
        await _end(process)


async def _decoded(process: Process) -> AsyncIterator[str]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield line.decode(errors="replace").rstrip("\n")


async def _end(process: Process) -> None:
    """End and reap it, however often whoever waits here is cancelled meanwhile: a source may be told to leave twice."""
    import asyncio

    ending = asyncio.ensure_future(_reap(process))
    cancelled: asyncio.CancelledError | None = None
    while not ending.done():
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _reap(process: Process) -> None:
    import asyncio

    try:
        if await _ended(process, signal.SIGTERM):
            return
    except asyncio.CancelledError:  # the loop is about to end, and waits for nothing but the end of this
        await _ended(process, signal.SIGKILL)
        raise
    await _ended(process, signal.SIGKILL)


async def _ended(process: Process, number: int) -> bool:
    """Whether it ends within GRACE when its whole group is sent this signal."""
    import asyncio

    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), GRACE)
        return True
    return False
