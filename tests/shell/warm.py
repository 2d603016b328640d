"""Commands as processes of their own that need not import everything again: forks of one that has.

Most of a short command is imports, a tenth of a second of them, and the tests run hundreds. Each worker of pytest keeps
a process that has only imported; a command is a fork of it with the environment, folder and files it is given. What it
shares with the others is code. Daemons, and whatever is tested as a program, are started anew.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVE = "from tests.shell.warm import serve; serve(int(__import__('sys').argv[1]))"


# -- there ------------------------------------------------------------------------------------------------------------


def serve(number: int) -> None:
    """Be a command for each request that comes in over this file descriptor, one after the other."""
    asked = socket.socket(fileno=number)
    base = [place for place in sys.path if place not in ("", str(ROOT))]
    _import_all()
    gc.collect()
    gc.freeze()  # so that no fork copies what it does not change
    while True:
        data, files, _, _ = socket.recv_fds(asked, 1 << 20, 3)
        if not data:
            return
        if (child := os.fork()) == 0:
            asked.close()
            _be(json.loads(data), files, base)
            return
        for file in files:
            os.close(file)
        asked.sendall(f"{child}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        asked.sendall(f"{code}\n".encode())


def _import_all() -> None:
    """All that commands import, and the plugins that come along."""
    from breakd.cli.commands import COMMANDS

    for module, _ in COMMANDS.values():
        importlib.import_module(f"breakd.cli.{module}")
    for module in ("breakd.cli.plugin_hosts", "breakd.plugin.files", "rich.table", "asyncio", "tomlkit"):
        importlib.import_module(module)
    for plugin in (ROOT / "plugins").glob("breakd_*"):
        importlib.import_module(plugin.name)


def _be(request: dict[str, Any], files: Sequence[int], base: list[str]) -> None:
    """Become a command, as a new interpreter would."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = request["words"]
    sys.path[:] = [str(Path(sys.argv[0]).parent), *filter(None, os.environ.get("PYTHONPATH", "").split(":")), *base]
    importlib.invalidate_caches()
    from breakd.cli.main import main

    main()


# -- here -------------------------------------------------------------------------------------------------------------


class _Warm:
    """The process that has imported, and the way to it."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.busy = threading.Lock()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()

    def close(self) -> None:
        """It ends when nobody can ask any more."""
        self.ours.close()
        self.process.wait(10)

    def run(self, request: dict[str, Any], files: list[int], timeout: float) -> int:
        """The exit code of a command."""
        with self.busy:
            self.ours.settimeout(None)
            socket.send_fds(self.ours, [json.dumps(request).encode()], files)
            child = self._number()
            self.ours.settimeout(timeout)
            try:
                return self._number()
            except TimeoutError:
                os.kill(child, signal.SIGKILL)  # not yet waited for: the number is still its own
                self.ours.settimeout(None)
                self._number()
                raise subprocess.TimeoutExpired(request["words"], timeout) from None

    def _number(self) -> int:
        """The next one that is told."""
        digits = b""
        while (byte := self.ours.recv(1)) != b"\n":
            if not byte:
                raise EOFError("the process that runs commands has ended")
            digits += byte
        return int(digits)


@functools.cache
def _warm() -> _Warm:
    """One for each process that runs tests."""
    found = _Warm()
    atexit.register(found.close)
    return found


def run(
    words: Sequence[str], *, env: Mapping[str, str], timeout: float, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of breakd to its end; the first of `words` is what it is called."""
    with tempfile.TemporaryFile() as typed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        typed.write(stdin.encode())
        for file in (typed, out, err):
            file.seek(0)
        request = {"words": list(words), "env": dict(env), "cwd": str(cwd or Path.cwd())}
        code = _warm().run(request, [file.fileno() for file in (typed, out, err)], timeout)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(list(words), code, *said)
