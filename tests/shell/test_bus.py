"""`breakd.bus` against a bus written by hand, for what a real one does not do on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from breakd import Unavailable, bus
from breakd.plugin import wire

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def hand_made_bus(path: Path, serve: Serve) -> AsyncIterator[None]:
    """Something that listens where the session bus should be."""

    serving: set[asyncio.Task[None]] = set()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async with await asyncio.start_unix_server(served, path):
        yield
        for task in serving:  # else Python 3.11 finds connections that nobody closed, some tests later
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def authenticated(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The dialogue before the first message, as a bus holds it."""
    await reader.readuntil(b"\r\n")
    writer.write(b"OK 0123456789abcdef\r\n")
    await reader.readuntil(b"\r\n")
    writer.write(b"AGREE_UNIX_FD\r\n")
    await reader.readuntil(b"BEGIN\r\n")


def hello_reply() -> bytes:
    """What the bus answers to the first message (serial 1)."""
    from jeepney import HeaderFields, Message, MessageType
    from jeepney.wrappers import new_header

    header = new_header(MessageType.method_return)
    header.fields[HeaderFields.reply_serial] = 1
    header.fields[HeaderFields.signature] = "s"
    return bytes(Message(header, (":1.7",)).serialise(1))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the session bus is said to be."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'},guid=0123")
    return tmp_path / "bus"


def open_files() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def connect() -> None:
    """Enter the bus and leave it again."""
    async with bus.connect("session"):
        pass


async def test_an_answer_in_single_bytes(path: Path) -> None:
    """A message is put together from whatever pieces it comes in."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await authenticated(reader, writer)
        for byte in hello_reply():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    async with hand_made_bus(path, serve):
        await connect()


async def test_a_refusal(path: Path) -> None:
    """A bus that does not let us in, as that of another user, is Unavailable."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n")
        writer.write(b"REJECTED EXTERNAL\r\n")

    async with hand_made_bus(path, serve):
        with pytest.raises(Unavailable, match=r"no session bus .*Authentication failed"):
            await connect()


async def test_a_door_slammed(path: Path) -> None:
    """A bus that hangs up at once is Unavailable."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with hand_made_bus(path, serve):
        with pytest.raises(Unavailable, match="no session bus"):
            await connect()


async def test_silence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus that takes the connection and never speaks is given up."""
    monkeypatch.setattr(wire, "TIMEOUT", 0.1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with hand_made_bus(path, serve):
        with pytest.raises(TimeoutError, match=r"the session bus at .* did not answer"):
            await connect()


async def test_nonsense(path: Path) -> None:
    """Bytes that are not D-Bus end the connection; nobody waits for ever."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await authenticated(reader, writer)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()

    async with hand_made_bus(path, serve):
        with pytest.raises(ConnectionError, match="the bus closed the connection"):
            await connect()


async def test_the_first_address_that_works(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several addresses the first that works is taken."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={path}-not;unix:path={path}")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await authenticated(reader, writer)
        writer.write(hello_reply())
        await reader.read()

    async with hand_made_bus(path, serve):
        await connect()


@pytest.mark.parametrize("address", ["nonsense", "autolaunch:", "tcp:host=localhost,port=1", "unix:path", ";", "unix:"])
async def test_an_address_we_cannot_use(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of another form is named, with the form that is expected."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(Unavailable) as caught:
        await connect()
    assert str(caught.value) == (f"no session bus (DBUS_SESSION_BUS_ADDRESS is {address!r}, expected unix:path=...)")


async def test_the_usual_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address the bus is looked for in the run folder; what is missing there is named."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(path.parent))
    with pytest.raises(Unavailable) as caught:
        await connect()
    assert str(caught.value) == f"no session bus (DBUS_SESSION_BUS_ADDRESS is not set and {path} does not exist)"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await authenticated(reader, writer)
        writer.write(hello_reply())
        await reader.read()

    async with hand_made_bus(path, serve):
        await connect()


async def test_nothing_is_left_open(path: Path) -> None:
    """A connection that fails leaves no socket behind."""
    before = open_files()
    with pytest.raises(Unavailable):
        await connect()
    assert before == open_files()
