"""Who answers at the control socket: the process and the version, also of a daemon older than this program."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, NamedTuple

from breakd.settings.paths import control_socket

PATIENCE = 5.0  # seconds


class Answering(NamedTuple):
    """A daemon that runs. `pid`: 0 where the system does not tell; `status`: empty if it did not answer in time."""

    pid: int
    status: dict[str, Any]

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
            return Answering(_pid(connection), _status(connection))
    except (OSError, AttributeError):  # AttributeError: no such sockets on Windows
        return None


def _pid(connection: socket.socket) -> int:
    option = getattr(socket, "SO_PEERCRED", None)  # Linux
    if option is None:
        return 0
    pid, _uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return int(pid)


def _status(connection: socket.socket) -> dict[str, Any]:
    try:
        connection.sendall(b'{"do": "status"}\n')
        answer = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError):  # it hangs, or broke off
        return {}
    found = answer.get("status") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}
