"""The line to the notification server, for as long as one connection to the session bus lasts."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from breakd import Note, Unavailable, bus
from breakd_desktop.wording import Server, notify_arguments

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
LATE = 300.0  # seconds a hung server's answer is still waited for, to take the late note away again


class Link:
    """Talks to whoever is the notification server now, and starts it if the bus knows how."""

    def __init__(self, connection: bus.Connection, signals: bus.Signals, bus_id: str) -> None:
        self._connection = connection
        self._signals = signals
        self._bus_id = bus_id
        self._server = Server("")

    @property
    def identity(self) -> str:
        """Which server on which bus there is now: numbers of notes mean nothing to another. Empty without server."""
        return f"{self._bus_id} {self._signals.owner}" if self._signals.owner else ""

    async def notify(self, note: Note, replaces: int) -> int:
        """Show a note in place of the number `replaces` (0: none); gives its number.

        Raises Unavailable without server. If it is cancelled, a note that appears later is taken away again.
        """
        server = await self._known()
        arguments = notify_arguments(note, server, replaces)
        sending = asyncio.ensure_future(self._call(server.owner, "Notify", "susssasa{sv}i", *arguments))
        try:
            return int((await asyncio.shield(sending))[0])
        except asyncio.CancelledError:
            sending.add_done_callback(self._close_late)
            raise

    def close(self, number: int) -> None:
        """Take a note away; nothing if it is gone."""
        if owner := self._signals.owner:
            self._connection.tell(owner, PATH, NAME, "CloseNotification", "u", number)

    async def _known(self) -> Server:
        owner = self._signals.owner or await self._start()
        if self._server.owner != owner:
            (capabilities,) = await self._call(owner, "GetCapabilities")
            name, *_ = await self._call(owner, "GetServerInformation")
            self._server = Server(owner, name, capabilities)
        return self._server

    async def _start(self) -> str:
        with suppress(bus.BusError):
            await self._connection.ask("StartServiceByName", "su", NAME, 0)
        if owner := await self._connection.owner(NAME):
            return owner
        raise Unavailable(f"no notification server (nobody on the session bus is called {NAME})")

    async def _call(self, owner: str, member: str, signature: str = "", *body: object) -> tuple[Any, ...]:
        return await self._connection.call(owner, PATH, NAME, member, signature, *body, within=LATE)

    def _close_late(self, sending: asyncio.Future[tuple[Any, ...]]) -> None:
        if not sending.cancelled() and not sending.exception():
            with suppress(ConnectionError):
                self.close(int(sending.result()[0]))
