"""The control socket stands whatever is sent to it: rubbish, floods, many at once, and those that never read."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from breakd.daemon.control import LONGEST, Control

PATIENCE = 10.0  # seconds until a test gives up


def echo(request: dict[str, Any]) -> dict[str, Any]:
    """Refuses what says so, pads what asks for it."""
    if "refuse" in request:
        raise ValueError(request["refuse"])
    return {"said": request.get("say"), "padding": "x" * request.get("pad", 0)}


@pytest.fixture
def path() -> Iterator[Path]:
    """Where the socket is: a short path, as a socket's holds no more than 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="breakd-") as folder:
        yield Path(folder, "run", "control.sock")


@pytest.fixture
async def control(path: Path) -> AsyncIterator[Control]:
    """One that listens."""
    one = Control(path, echo)
    await one.start()
    yield one
    await one.stop()
    await hang_up()


class Client:
    """Somebody connected to it."""

    everybody: ClassVar[list[Client]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.everybody.append(self)

    @classmethod
    async def of(cls, control: Control) -> Client:
        """A new connection."""
        return cls(*await asyncio.open_unix_connection(control.path))

    async def say(self, line: bytes) -> bytes:
        """The line that comes back; b"" if the connection was closed."""
        self.writer.write(line + b"\n")
        return await asyncio.wait_for(self.reader.readline(), PATIENCE)

    async def ask(self, **request: Any) -> Any:
        """A request and its answer."""
        return json.loads(await self.say(json.dumps(request).encode()))


async def hang_up() -> None:
    """Close every connection, and wait until the server has noticed."""
    for client in Client.everybody:
        client.writer.transport.abort()
    serving = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait_for(asyncio.gather(*serving, return_exceptions=True), PATIENCE)
    await asyncio.sleep(0)  # transports close in the turn after
    Client.everybody.clear()


async def test_a_request_is_a_line_and_so_is_its_answer(control: Control) -> None:
    """Several on one connection, each answered in turn; a refusal says why."""
    client = await Client.of(control)
    assert await client.ask(say=1) == {"ok": True, "said": 1, "padding": ""}
    assert await client.ask(refuse="not today") == {"ok": False, "error": "not today"}
    assert await client.ask(say=2) == {"ok": True, "said": 2, "padding": ""}


RUBBISH = {
    "empty": b"",
    "word": b"hello",
    "list": b"[]",
    "null": b"null",
    "string": b'"status"',
    "open": b"{",
    "no value": b'{"do"}',
    "no UTF-8": b"\xff\xfe\x00",
    "NULs": b"\x00" * 100,
    "deep": b"[" * 50_000,
    "infinite": b"1e999",
}


@pytest.mark.parametrize("line", RUBBISH.values(), ids=RUBBISH.keys())
async def test_rubbish_is_refused_with_a_reason(control: Control, line: bytes) -> None:
    """The answer is a refusal in one line, and the connection goes on."""
    client = await Client.of(control)
    answer = json.loads(await client.say(line))
    assert (answer["ok"], bool(answer["error"])) == (False, True)
    assert await client.ask(say="still there") == {"ok": True, "said": "still there", "padding": ""}


async def test_a_line_without_end_closes_only_its_own_connection(control: Control) -> None:
    """More than any request holds: no memory is spent on it, and others are served."""
    client, other = await Client.of(control), await Client.of(control)
    client.writer.write(b"x" * (LONGEST * 3))
    with suppress(ConnectionResetError):  # the same, said by the kernel, as some of it was never read
        assert await asyncio.wait_for(client.reader.read(), PATIENCE) == b""
    assert await other.ask(say=1) == {"ok": True, "said": 1, "padding": ""}


async def test_the_longest_request_is_served(control: Control) -> None:
    """Just within the limit."""
    client = await Client.of(control)
    text = "x" * (LONGEST - 100)
    assert (await client.ask(say=text))["said"] == text


async def test_many_at_once_are_all_served(control: Control) -> None:
    """A hundred connections, each with its own answer."""
    clients = [await Client.of(control) for _ in range(100)]
    answers = await asyncio.gather(*(client.ask(say=number) for number, client in enumerate(clients)))
    assert [answer["said"] for answer in answers] == list(range(100))


async def test_who_never_reads_holds_up_nobody(control: Control) -> None:
    """Somebody asks for much and reads nothing: others are served, and stopping does not wait."""
    slow = await Client.of(control)
    assert isinstance(slow.writer.transport, asyncio.Transport)
    slow.writer.transport.pause_reading()
    for _ in range(20):
        slow.writer.write(json.dumps({"pad": 1_000_000}).encode() + b"\n")
    other = await Client.of(control)
    assert await other.ask(say=1) == {"ok": True, "said": 1, "padding": ""}
    await asyncio.wait_for(control.stop(), PATIENCE)


@pytest.mark.parametrize("word", [b"", b'{"say": 1}', b'{"say": 1}\n'], ids=["nothing", "half a line", "a line"])
async def test_who_hangs_up_is_no_problem(control: Control, word: bytes) -> None:
    """Before, within or after a request."""
    leaver = await Client.of(control)
    leaver.writer.write(word)
    leaver.writer.close()
    other = await Client.of(control)
    assert await other.ask(say=1) == {"ok": True, "said": 1, "padding": ""}


async def test_half_a_request_waits_for_the_rest(control: Control) -> None:
    """Slow typing is no error."""
    client = await Client.of(control)
    client.writer.write(b'{"say": ')
    await client.writer.drain()
    assert json.loads(await client.say(b"1}"))["said"] == 1


def modes(*paths: Path) -> list[int | None]:
    """The rights of each, None if there is nothing."""
    return [stat.S_IMODE(path.stat().st_mode) if path.exists() else None for path in paths]


async def test_it_is_the_persons_alone_and_leaves_nothing(path: Path) -> None:
    """0600 in a folder of 0700, from the first moment; gone at the end."""
    control = Control(path, echo)
    await control.start()
    assert modes(path, path.parent) == [0o600, 0o700]
    await control.stop()
    assert modes(path) == [None]


@pytest.fixture
def left(path: Path) -> None:
    """A socket at which nobody listens any more."""
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


async def test_a_socket_left_behind_by_a_kill_is_replaced(path: Path, left: None) -> None:
    """Nobody listens there: the journal's lock says so."""
    control = Control(path, echo)
    await control.start()
    client = await Client.of(control)
    assert (await client.ask(say=1))["ok"]
    await control.stop()
    await hang_up()


def test_a_file_of_somebody_else_is_left_alone(path: Path) -> None:
    """What is no socket is not removed; that there can be none is an OSError."""
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(OSError, match=r"[Ii]n use"):
        asyncio.run(Control(path, echo).start())
    assert path.read_text() == "mine"


async def test_its_end_is_the_end_of_every_connection(path: Path) -> None:
    """Whoever keeps one open is told, and nobody's task is left to be cancelled."""
    control = Control(path, echo)
    await control.start()
    keeper = await Client.of(control)
    assert await keeper.ask(say=1) == {"ok": True, "said": 1, "padding": ""}
    await control.stop()
    assert await asyncio.wait_for(keeper.reader.read(), PATIENCE) == b""
    await hang_up()
