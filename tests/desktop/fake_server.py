"""A notification server written by hand, for what real ones do not do on demand: hang, die, lack buttons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

NOTIFICATIONS = "org.freedesktop.Notifications"


class FakeServer:
    """A notification server that speaks real D-Bus and does what a test wants. `notes`: number -> arguments."""

    def __init__(self, capabilities: Sequence[str] = ("actions", "body"), own: str = NOTIFICATIONS) -> None:
        self.capabilities = list(capabilities)
        self.own = own  # the name it takes on the bus
        self.answers = True  # False: takes every call and answers none
        self.notes: dict[int, tuple[Any, ...]] = {}
        self.calls: list[str] = []
        self.called = asyncio.Event()
        self._last = 0
        self._held: list[Any] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeServer]:
        """Own the name on the session bus and serve; leaving is the death of the server."""
        from jeepney import DBusNameFlags, message_bus
        from jeepney.io.asyncio import (
            DBusRouter,
            Proxy,
            open_dbus_connection,
        )

        self._connection = await open_dbus_connection("SESSION")
        async with DBusRouter(self._connection) as router:
            await Proxy(message_bus, router).RequestName(self.own, DBusNameFlags.do_not_queue)
        task = asyncio.ensure_future(self._serve())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._connection.close()

    async def invoke(self, number: int, action: str) -> None:
        """Press a button."""
        await self._signal("ActivationToken", "us", number, "token")
        await self._signal("ActionInvoked", "us", number, action)

    async def dismiss(self, number: int) -> None:
        """Close a note, as a person does."""
        self.notes.pop(number, None)
        await self._signal("NotificationClosed", "uu", number, 2)

    async def thaw(self) -> None:
        """Answer again, also what was asked before."""
        self.answers = True
        held, self._held = self._held, []
        for message in held:
            await self._answer(message)

    async def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        while True:
            message = await self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                self.calls.append(message.header.fields[HeaderFields.member])
                self.called.set()
                if self.answers:
                    await self._answer(message)
                else:
                    self._held.append(message)

    async def _answer(self, message: Any) -> None:
        from jeepney import HeaderFields, new_method_return

        match message.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                reply = new_method_return(message, "as", (self.capabilities,))
            case "GetServerInformation":
                reply = new_method_return(message, "ssss", ("fake", "breakd", "1", "1.2"))
            case "Notify":
                number = message.body[1] if message.body[1] in self.notes else self._last + 1
                self._last = max(self._last, number)
                self.notes[number] = message.body
                reply = new_method_return(message, "u", (number,))
            case _:  # CloseNotification
                self.notes.pop(message.body[0], None)
                reply = new_method_return(message)
        await self._connection.send(reply)

    async def _signal(self, member: str, signature: str, *body: object) -> None:
        from jeepney import DBusAddress, new_signal

        emitter = DBusAddress("/org/freedesktop/Notifications", interface=NOTIFICATIONS)
        await self._connection.send(new_signal(emitter, member, signature, body))
