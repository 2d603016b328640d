"""The service manager that keeps us, such as systemd: it is told that we are ready, alive, and what comes next.

Protocol: sd_notify(3), a line of text in a datagram. Without such a keeper nothing is sent.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import MutableMapping

WORDS = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class Keeper:
    """Whoever wants to hear from us. Best effort: a word that cannot be sent is lost, and nobody waits for it.

    `environ`: says where to send to. Those words are taken out of it, since they are not meant for our children.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        address, limit, pid = (environ.pop(name, "") for name in WORDS)
        for_us = pid in ("", str(os.getpid()))
        self._limit = int(limit) // 1000 if limit.isdigit() and for_us else 0  # ms; 0: nobody minds
        # A path, or an abstract name; what else there is, such as vsock, is for virtual machines.
        self._address = {"/": address, "@": "\0" + address[1:]}.get(address[:1], "")
        self._status = ""
        self._told = 0  # boot time

    @property
    def listens(self) -> bool:
        """Whether anybody wants to hear."""
        return self._address != ""

    @property
    def latest(self) -> int | None:
        """The boot time (ms) at which it has to hear from us at the latest; None: whenever we like.

        Two thirds of what it allows, so that a busy machine is not taken for a hung daemon.
        """
        return self._told + self._limit * 2 // 3 if self._limit and self.listens else None

    def ready(self, boot_ms: int) -> None:
        """The start is over: commands are answered."""
        self._say(boot_ms, "READY=1")

    def alive(self, boot_ms: int, status: str) -> None:
        """To be called at each step: one datagram if the status is new, or a sign of life would be due before long."""
        new = status != self._status
        if not new and (not self._limit or boot_ms < self._told + self._limit // 3):
            return
        self._status = status
        self._say(boot_ms, *[f"STATUS={status}"] * new)

    def stopping(self) -> None:
        """The end has begun."""
        self._say(self._told, "STOPPING=1")
        self._address = ""

    def _say(self, boot_ms: int, *lines: str) -> None:
        if not self.listens:
            return
        self._told = boot_ms
        text = "\n".join([*lines, *["WATCHDOG=1"] * bool(self._limit)])
        # A socket for each word: there are a few an hour, and none has to be kept or closed.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(text.encode(), self._address)
