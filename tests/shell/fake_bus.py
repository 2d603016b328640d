"""A bus written by hand in this process, and who is on it: dies and comes back in a millisecond, a thousand times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from jeepney import HeaderFields, Message, MessageFlag, MessageType
from jeepney.low_level import Parser
from jeepney.wrappers import new_header

from tests.shell.test_bus import authenticated

NOBODY = "org.freedesktop.DBus.Error.NameHasNoOwner"
REFUSED = "org.freedesktop.DBus.Error.AccessDenied"
OWNER = ":1.9"


class FakeBus:
    """Listens at `path`. `answers`: what each member gives, as (signature, body), all others are refused.

    `names`: who is on it, all of them `OWNER`. `heard`: each member that was called since the start, with a `!` if no
    answer was wanted.
    """

    def __init__(self, path: Path, names: tuple[str, ...], answers: Mapping[str, tuple[str, tuple[Any, ...]]]) -> None:
        self.path = path
        self.names = names
        self.answers = dict(answers)
        self.heard: list[str] = []
        self._serials = count(1)
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.AbstractServer | None = None

    async def start(self) -> None:
        """Take connections."""
        self.heard.clear()
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def die(self) -> None:
        """Close every connection and take no more."""
        assert self._server is not None
        self._server.close()
        self.path.unlink(missing_ok=True)  # Python 3.13 has done it
        tasks = dict(self._tasks)
        for writer in tasks.values():
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def emit(self, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        """Send a signal to everybody."""
        header = new_header(MessageType.signal)
        header.fields.update(
            {
                HeaderFields.path: path,
                HeaderFields.interface: interface,
                HeaderFields.member: member,
                HeaderFields.sender: OWNER,
                HeaderFields.signature: signature,
            }
        )
        for writer in self._tasks.values():
            self._send(writer, Message(header, body))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = writer
        try:
            await authenticated(reader, writer)
            parser = Parser()
            while data := await reader.read(65536):
                parser.add_data(data)
                while (message := parser.get_next_message()) is not None:
                    self._answer(writer, message)
        except (OSError, EOFError, asyncio.CancelledError):  # its end, by either side
            pass
        finally:
            del self._tasks[task]
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, writer: asyncio.StreamWriter, call: Any) -> None:
        member = call.header.fields[HeaderFields.member]
        unanswered = bool(call.header.flags & MessageFlag.no_reply_expected)
        self.heard.append(member + "!" * unanswered)
        if unanswered:
            return
        header = new_header(MessageType.method_return)
        signature: str = ""
        body: tuple[Any, ...] = ()
        if member == "Hello":
            signature, body = "s", (":1.7",)
        elif member == "GetNameOwner" and call.body[0] in self.names:
            signature, body = "s", (OWNER,)
        elif member in self.answers:
            signature, body = self.answers[member]
        elif member not in ("AddMatch", "RemoveMatch"):
            header = new_header(MessageType.error)
            header.fields[HeaderFields.error_name] = NOBODY if member == "GetNameOwner" else REFUSED
        header.fields[HeaderFields.reply_serial] = call.header.serial
        if signature:
            header.fields[HeaderFields.signature] = signature
        self._send(writer, Message(header, body))

    def _send(self, writer: asyncio.StreamWriter, message: Any) -> None:
        with suppress(OSError):
            writer.write(message.serialise(next(self._serials)))
