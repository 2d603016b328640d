"""The control socket: one JSON object a line in, one out, for the user alone.

Requests: {"do": "status"} and {"do": "command", "name": "snooze", "for": "10m"}. Answers carry "ok"; if it is false,
"error" says why.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOCKET = "control.sock"
LONGEST = 64 * 1024  # bytes of a request

Answer = dict[str, Any]


class Control:
    """Listens at `path` and hands each request to `handle`, which may raise ValueError with a reason."""

    def __init__(self, path: Path, handle: Callable[[dict[str, Any]], Answer]) -> None:
        self.path = path
        self._handle = handle
        self._server: asyncio.AbstractServer | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen. The folder is the user's alone (0700), and so is the socket (0600). Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(self.path.stat().st_mode):  # the journal's lock says that nobody listens there any more
                self.path.unlink()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self.path, limit=LONGEST)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Listen no longer, and leave no socket behind."""
        if self._server is not None:
            self._server.close()
            for client in self._clients:  # whoever keeps a connection open must not hold up the end
                client.transport.abort()
            with contextlib.suppress(OSError):
                self.path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        with contextlib.suppress(ConnectionError):
            while line := await _line(reader):
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        self._clients.discard(writer)
        writer.close()

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("expected a JSON object")
            return {"ok": True, **self._handle(request)}
        except (ValueError, RecursionError) as error:
            return {"ok": False, "error": str(error) or "not understood"}


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # longer than any request
        return b""
