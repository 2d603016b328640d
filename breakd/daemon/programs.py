"""A program run to its end in a thread: bounded in time and in what is kept of its output."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

KEPT = 8192  # bytes of output; the rest is read and let go
CHUNK = 65536
GRACE = 1.0  # seconds between SIGTERM and SIGKILL, and to be gone after that
GLANCE = 0.1  # seconds between looks at a program, where the system cannot say that it ended


class Ended(NamedTuple):
    """What came of it. `trouble`: "" if it went well; `cut`: whether there was more output."""

    output: str
    trouble: str
    cut: bool = False


def run(argv: Sequence[str], env: Mapping[str, str], timeout: float, started: Callable[[int], None]) -> Ended:
    """Run it with `env` beside the environment of this process. `started` is given its process group.

    After `timeout` seconds the whole group is ended.
    """
    try:
        process = subprocess.Popen(
            argv,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return Ended("", f"{argv[0]} cannot be started: {why}")
    started(process.pid)
    assert process.stdout is not None
    with process.stdout as out:  # what it left running may still have this open, and is not waited for
        output, cut = _read(process, out.fileno(), time.monotonic() + timeout)
        late = process.poll() is None  # asked while its output is open: with nobody to read it would end by that
        if late:
            _end(process)
    code = process.poll()
    trouble = f"{argv[0]} took longer than {timeout:g} s and was ended" if late else ""
    return Ended(output.decode(errors="replace"), trouble or _verdict(argv[0], code), cut)


def _verdict(name: str, code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"{name} was ended by {signal.Signals(-code).name}"
    return f"{name} ended with exit code {code}" if code else ""


def _read(process: subprocess.Popen[bytes], out: int, end: float) -> tuple[bytes, bool]:
    """What it prints until it has ended or its time is up, and whether that was more than is kept."""
    kept, more, patience = bytearray(), False, GLANCE
    os.set_blocking(out, False)
    with selectors.DefaultSelector() as ready, contextlib.ExitStack() as stack:
        ready.register(out, selectors.EVENT_READ)
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                ended = os.pidfd_open(process.pid)
                stack.callback(os.close, ended)
                ready.register(ended, selectors.EVENT_READ)
                patience = float("inf")
        while True:
            gone = process.poll() is not None
            while (data := _some(out)) and time.monotonic() < end:
                more |= len(kept) + len(data) > KEPT
                kept += data[: KEPT - len(kept)]
            if data == b"" and out in ready.get_map():
                ready.unregister(out)
            left = end - time.monotonic()
            if gone or left <= 0:
                return bytes(kept), more
            ready.select(min(left, patience))


def _some(out: int) -> bytes | None:
    """What can be read now; b"" at the end, None if there is nothing yet."""
    try:
        return os.read(out, CHUNK)
    except BlockingIOError:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
            if number is signal.SIGTERM:  # what it started may have outlived it
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            return
