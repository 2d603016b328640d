"""Programs as line streams: `lines` runs one and never leaves it behind."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import Future
    from asyncio.subprocess import Process

GRACE = 1.0  # seconds between SIGTERM and SIGKILL
SOON = 0.1  # seconds that others of its group have for their end once it has come to its own


@asynccontextmanager
async def lines(command: str, *args: str) -> AsyncIterator[AsyncIterator[str]]:
    """Run `command` and give the lines it prints; its whole process group is ended and reaped on the way out.

    Raises FileNotFoundError if there is no such program that may be run, OSError if it is none, and ValueError where a
    line is longer than 64 KiB.
    """
    import asyncio  # here: whoever imports `breakd`, such as each command, need not pay for it
    import shutil

    if shutil.which(command) is None:  # forking to find that out costs a hundred times as much
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command)
    starting = asyncio.ensure_future(_started(command, *args))
    try:
        await _through(starting)
        yield _decoded(starting.result())
    finally:
        if not starting.cancelled() and starting.exception() is None:
            await _through(asyncio.ensure_future(_reap(starting.result())))


async def _started(command: str, *args: str) -> Process:
    import asyncio

    return await asyncio.create_subprocess_exec(
        command,
        *args,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )


async def _through(task: Future[Any]) -> None:
    """Wait for its end however often whoever waits here is cancelled meanwhile: a source may be told to leave twice.

    What was begun by halves, or is to be reaped, is beyond asyncio, which kills the leader of a group at most.
    Raises CancelledError then, once it is done; else what the task raises.
    """
    import asyncio

    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


async def _decoded(process: Process) -> AsyncIterator[str]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield line.decode(errors="replace").rstrip("\n")


async def _reap(process: Process) -> None:
    """End the whole group: GRACE after SIGTERM, or soon after the program itself has ended, comes SIGKILL."""
    import asyncio

    _stop_reading(process)
    _signal(process, signal.SIGTERM)
    try:
        if await _ended(process) and _signal(process, 0):
            await asyncio.sleep(SOON)
    finally:  # also when the loop is about to end, which waits for nothing but the end of this
        if _signal(process, signal.SIGKILL):
            await _ended(process)


async def _ended(process: Process) -> bool:
    """Whether it ends within GRACE."""
    import asyncio

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), GRACE)
        return True
    return False


def _signal(process: Process, number: int) -> bool:
    """Whether there was anybody in the group whom we may send this signal: macOS refuses it (EPERM) to zombies."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _stop_reading(process: Process) -> None:
    """Else its end would not be seen while its lines are not read, or somebody it left behind could write some."""
    pipe = process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]  # asyncio has no other way to it
    if pipe is not None:
        pipe.close()
