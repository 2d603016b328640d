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
    import asyncio

    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
            return
