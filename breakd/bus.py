"""D-Bus for plugins: `connect` to a bus, then `call` methods, read a `property`, follow `signals`, ask for `answers`.

    async with bus.connect("session") as connection:
        (names,) = await connection.call(bus.DBUS, bus.DBUS_PATH, bus.DBUS, "ListNames")

Every trap of D-Bus is kept in here and in the `wire` beneath: nothing hangs when the bus dies, no signal is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from typing import Any, Literal, NamedTuple

from breakd.plugin.signals import DBUS, Rule, Signal, Signals, matches
from breakd.plugin.wire import TIMEOUT, Wire, addresses, open_bus

__all__ = [
    "DBUS",
    "DBUS_PATH",
    "NOBODY",
    "BusError",
    "Connection",
    "Question",
    "Rule",
    "Signal",
    "Signals",
    "addresses",
    "connect",
]

DBUS_PATH = "/org/freedesktop/DBus"
NOBODY = (f"{DBUS}.Error.ServiceUnknown", f"{DBUS}.Error.NameHasNoOwner")  # error names: nobody answers to that name


class BusError(Exception):
    """The other side answered with an error. `name`: its D-Bus name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name


class Question(NamedTuple):
    """Something to be asked whenever a signal says that the answer may be another.

    `senders`: who sends such signals, and which; `ask`: how it is asked, of a connection; `otherwise`: the answer where
    nobody can give one; `about`: what their first argument has to begin with, if they have one.
    """

    senders: tuple[tuple[str, tuple[Rule, ...]], ...]
    ask: Callable[[Connection], Awaitable[Any]]
    otherwise: Any = None
    about: str = ""

    def concerns(self, signal: Signal) -> bool:
        """Whether the answer may have changed with this signal."""
        if signal.member == "NameOwnerChanged" and signal.interface == DBUS:
            return any(signal.body[0] == sender for sender, _ in self.senders)
        wanted = any(matches(rule, signal) for _, rules in self.senders for rule in rules)
        told = str(signal.body[0]) if signal.body else ""
        return wanted and (told.startswith(self.about) or self.about.startswith(told))  # told of all of a folder


class Connection:
    """A connection to a bus, made by `connect`."""

    def __init__(self) -> None:
        self._wire: Wire
        self._serials = count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._streams: list[Signals] = []

    async def call(
        self,
        to: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        *body: object,
        within: float = TIMEOUT,
    ) -> tuple[Any, ...]:
        """Call a method of the name `to`; gives what it returns. A file descriptor has a `close()`.

        Raises BusError for an error reply, TimeoutError after `within` seconds, ConnectionError if the bus dies.
        """
        serial = self._send((to, path, interface), member, signature, body)
        reply = self._pending[serial] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                return _result(await reply)
        except TimeoutError:
            raise TimeoutError(f"{to} did not answer {member} within {within:g} s") from None
        finally:
            del self._pending[serial]

    def tell(self, to: str, path: str, interface: str, member: str, signature: str = "", *body: object) -> None:
        """Call a method of which no answer is to come. Raises ConnectionError if the bus has died."""
        self._send((to, path, interface), member, signature, body, answered=False)

    async def property(self, to: str, path: str, interface: str, name: str) -> Any:
        """The value of a property. Raises as `call` does."""
        return (await self.call(to, path, f"{DBUS}.Properties", "Get", "ss", interface, name))[0][1]

    async def ask(self, member: str, signature: str = "", *body: object) -> tuple[Any, ...]:
        """Call a method of the bus itself."""
        return await self.call(DBUS, DBUS_PATH, DBUS, member, signature, *body)

    async def owner(self, name: str) -> str:
        """The unique name of who owns `name`; empty if nobody does."""
        try:
            return str((await self.ask("GetNameOwner", "s", name))[0])
        except BusError as error:
            if error.name in NOBODY:
                return ""
            raise

    @asynccontextmanager
    async def signals(self, sender: str, *rules: Rule, into: Signals | None = None) -> AsyncIterator[Signals]:
        """The signals of the owner of the name `sender` that match one of `rules`, and its coming and going.

        `into`: another stream, which they come out of as well.
        """
        stream = Signals(sender, rules, into)
        watch = f"type='signal',sender='{DBUS}',member='NameOwnerChanged',arg0='{sender}'"
        self._streams.append(stream)
        try:
            await self.ask("AddMatch", "s", watch)
            stream.owned_by(await self.owner(sender))
            for match in stream.matches():
                await self.ask("AddMatch", "s", match)
            yield stream
        finally:
            self._streams.remove(stream)
            with suppress(ConnectionError):
                for match in (watch, *stream.matches()):
                    self.tell(DBUS, DBUS_PATH, DBUS, "RemoveMatch", "s", match)

    async def answers(self, *questions: Question) -> AsyncIterator[list[Any]]:
        """The answer to each question: now, and all of them again whenever one may have changed.

        An error reply, or none in time, is the question's `otherwise`. Raises ConnectionError if the bus dies.
        """
        merged = Signals("", ())
        async with AsyncExitStack() as stack:
            for sender, rules in {pair for question in questions for pair in question.senders}:
                await stack.enter_async_context(self.signals(sender, *rules, into=merged))
            found = [await self._answer(question) for question in questions]
            yield list(found)
            async for signal in merged:
                concerned = [number for number, question in enumerate(questions) if question.concerns(signal)]
                for number in concerned:
                    found[number] = await self._answer(questions[number])
                if concerned:
                    yield list(found)

    async def _answer(self, question: Question) -> Any:
        try:
            return await question.ask(self)
        except (BusError, TimeoutError):
            return question.otherwise

    def _send(
        self,
        to: tuple[str, str, str],
        member: str,
        signature: str,
        body: tuple[object, ...],
        *,
        answered: bool = True,
    ) -> int:
        from jeepney import DBusAddress, MessageFlag, new_method_call

        name, path, interface = to
        serial = next(self._serials)
        message = new_method_call(DBusAddress(path, name, interface), member, signature or None, body)
        if not answered:
            message.header.flags = MessageFlag.no_reply_expected
        self._wire.send(message.serialise(serial))
        return serial

    def _got(self, message: Any) -> None:
        from jeepney import FileDescriptor, HeaderFields, MessageType

        fields, body = message.header.fields, tuple(message.body)
        reply = self._pending.get(fields.get(HeaderFields.reply_serial, 0))
        if reply and not reply.done():
            reply.set_result(message)
        elif message.header.message_type is MessageType.signal:
            names = [fields[name] for name in (HeaderFields.interface, HeaderFields.member, HeaderFields.path)]
            for stream in self._streams:
                stream.take(fields.get(HeaderFields.sender, ""), Signal(names[0], names[1], names[2], body))
        else:
            for value in body:
                if isinstance(value, FileDescriptor):  # of an answer that came too late
                    value.close()

    def _ended(self, why: str) -> None:
        for reply in self._pending.values():
            if not reply.done():
                reply.set_exception(ConnectionError(why))
        for stream in self._streams:
            stream.end(why)


def _result(answer: Any) -> tuple[Any, ...]:
    from jeepney import HeaderFields, MessageType

    if answer.header.message_type is MessageType.error:
        text = str(answer.body[0]) if answer.body else ""
        raise BusError(answer.header.fields[HeaderFields.error_name], text)
    return tuple(answer.body)


@asynccontextmanager
async def connect(which: Literal["session", "system"]) -> AsyncIterator[Connection]:
    """A connection to a bus; leaving the block closes it.

    Raises Unavailable if there is no such bus or it refuses us, TimeoutError if it does not answer.
    """
    connection = Connection()
    wire = connection._wire = Wire(await open_bus(which), connection._got, connection._ended)
    try:
        await connection.ask("Hello")
        yield connection
    finally:
        wire.close("the connection to the bus was left")
