"""Who answers at the control socket: the process and the version, also of a daemon older than this program."""

from __future__ import annotations

import json
import socket
import struct
from datetime import UTC, datetime
from typing import Any, NamedTuple

from breakd.settings.paths import control_socket

PATIENCE = 5.0  # seconds


class Answering(NamedTuple):
    """A daemon that runs. `pid`: 0 where the system does not tell; `status`: empty if it did not answer in time.

    `ahead`: seconds by which its clock was ahead of ours when it answered; its answer tells whole seconds.
    """

    pid: int
    status: dict[str, Any]
    ahead: float = 0.0

    @property
    def version(self) -> str:
        """Its version; "" if it did not say."""
        return str(self.status.get("version", ""))


def answering() -> Answering | None:
    """The daemon that listens at the control socket; None if none does."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(control_socket()))
            status = _status(connection)
            return Answering(_pid(connection), status, _ahead(status))
    except (OSError, AttributeError):  # AttributeError: no such sockets on Windows
        return None


def _pid(connection: socket.socket) -> int:
    option = getattr(socket, "SO_PEERCRED", None)  # Linux
    if option is None:
        return 0
    pid, _uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return int(pid)


def _ahead(status: dict[str, Any]) -> float:
    try:
        return (datetime.fromisoformat(status["at"]) - datetime.now(UTC)).total_seconds()
    except (KeyError, TypeError, ValueError):
        return 0.0


def _status(connection: socket.socket) -> dict[str, Any]:
    try:
        connection.sendall(b'{"do": "status"}\n')
        answer = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError):  # it hangs, or broke off
        return {}
    found = answer.get("status") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}
