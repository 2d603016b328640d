"""The control socket stands whatever is sent to it: rubbish, floods, many at once, and those that never read."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Any, ClassVar

import pytest

from breakd.daemon.control.server import CLIENTS, FOLLOWERS, LONGEST, Control, Follow, Send

PATIENCE = 10.0  # seconds until a test gives up


WARNED: list[str] = []
PUSHES: list[Send] = []  # the ways to those who follow


def echo(request: dict[str, Any]) -> dict[str, Any] | Follow:
    """Refuses what says so, pads what asks for it, and lets itself be followed."""
    if "refuse" in request:
        raise ValueError(request["refuse"])
    if "gone" in request:
        raise ModuleNotFoundError(request["gone"])
    if "fail" in request:
        raise KeyError(request["fail"])
    if "follow" in request:
        return Follow({"said": request["follow"]}, begin)
    return {"said": request.get("say"), "padding": "x" * request.get("pad", 0)}


def begin(send: Send) -> Callable[[], None]:
    """Somebody follows."""
    PUSHES.append(send)
    return lambda: PUSHES.remove(send)


@pytest.fixture
def path() -> Iterator[Path]:
    """Where the socket is: a short path, as a socket's holds no more than 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="breakd-") as folder:
        yield Path(folder, "run", "control.sock")


@pytest.fixture
async def control(path: Path) -> AsyncIterator[Control]:
    """One that listens."""
    one = Control(path, echo, WARNED.append)
    await one.start()
    yield one
    await one.stop()
    await hang_up()
    assert PUSHES == []
    WARNED.clear()


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

    async def hear(self) -> Any:
        """The next line, without the version that each carries."""
        found = json.loads(await asyncio.wait_for(self.reader.readline(), PATIENCE))
        assert found.pop("v") == 1
        return found

    async def ask(self, **request: Any) -> Any:
        """A request and its answer."""
        self.writer.write(json.dumps(request).encode() + b"\n")
        return await self.hear()

    async def silent(self) -> bytes:
        """What it hears up to the end of its connection."""
        with suppress(ConnectionResetError):  # the same, said by the kernel, as something it said was never read
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        return b""


async def until(what: Callable[[], bool]) -> None:
    """Let others go on until this is so."""
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110  the turn of the loop it happens in is not known
            await asyncio.sleep(0)


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
    assert b"longer than" in (said := await client.silent()) or said == b""
    assert await other.ask(say=1) == {"ok": True, "said": 1, "padding": ""}


async def test_a_line_just_too_long_is_told_why(control: Control) -> None:
    """One byte more than there may be."""
    client = await Client.of(control)
    client.writer.write(b"x" * (LONGEST + 1))
    assert json.loads(await client.silent())["error"] == f"a request is longer than {LONGEST} bytes"


@pytest.mark.parametrize("version", [0, 2, "1", None, True, [1]])
async def test_another_version_is_refused_clearly(control: Control, version: object) -> None:
    """Whoever speaks a later one is told which is spoken here; without a version it is the first."""
    client = await Client.of(control)
    refused = await client.ask(v=version, say=1)
    assert (refused["ok"], "this daemon speaks 1" in refused["error"]) == (False, True)
    assert (await client.ask(v=1, say=1))["ok"]


async def test_a_mistake_of_ours_ends_one_answer(control: Control) -> None:
    """It is said to who asked and in the log, and the connection goes on."""
    client = await Client.of(control)
    assert await client.ask(fail="x") == {"ok": False, "error": "the daemon failed to answer: KeyError: 'x'"}
    assert WARNED == ["a request could not be answered: KeyError: 'x'"]
    assert (await client.ask(say=1))["ok"]


async def test_an_upgrade_under_it_is_said(control: Control) -> None:
    """What is imported only when somebody asks may be gone by then: no mistake, and there is one thing to do."""
    client = await Client.of(control)
    refused = await client.ask(gone="No module named 'breakd.x'")
    assert (refused["ok"], "No module named 'breakd.x'" in refused["error"]) == (False, True)
    assert "`breakd service restart`" in refused["error"]
    assert (await client.ask(say=1))["ok"]


async def test_who_says_no_more_still_hears_the_answers(control: Control) -> None:
    """As `printf ... | nc -NU` does: the answers to all that was asked, then the end."""
    client = await Client.of(control)
    client.writer.write(b'{"say": 1}\n' * 3)
    client.writer.write_eof()
    assert [json.loads(line)["said"] for line in (await client.silent()).splitlines()] == [1, 1, 1]


async def test_a_flood_leaves_room_for_others(control: Control) -> None:
    """Ten thousand requests in one go: somebody who comes later is answered long before the last of them."""
    order: list[object] = []

    def note(request: dict[str, Any]) -> dict[str, Any]:
        order.append(request["say"])
        return {}

    control.handle = note
    flood, other = await Client.of(control), await Client.of(control)
    flood.writer.write(b'{"say": "flood"}\n' * 10_000)
    await until(lambda: bool(order))
    assert (await other.ask(say="other"))["ok"]
    assert 0 < order.index("other") < 5_000
    while len(order) < 10_001:
        assert await asyncio.wait_for(flood.reader.readline(), PATIENCE)


async def test_a_thousand_connections_are_no_burden(control: Control) -> None:
    """Who was silent longest gives way, and is told so; the newest are served."""
    clients = [await Client.of(control) for _ in range(1000)]
    assert (await clients[-1].ask(say=1))["ok"]
    assert "too many connections" in (await clients[0].hear())["error"]
    assert await clients[0].silent() == b""
    told = [await client.ask(say=number) for number, client in enumerate(clients[-CLIENTS:])]
    assert [answer["said"] for answer in told] == list(range(CLIENTS))


async def test_who_asks_now_and_then_keeps_its_place(control: Control) -> None:
    """It is silence that costs the place, not age."""
    old, silent = await Client.of(control), await Client.of(control)
    assert (await old.ask(say=1))["ok"]
    for _ in range(CLIENTS - 1):
        await Client.of(control)
    assert (await old.ask(say=1))["ok"]
    assert "too many" in (await silent.hear())["error"]


async def test_who_follows_keeps_its_place(control: Control) -> None:
    """A status bar says nothing for hours, and must not lose its connection to a thousand others."""
    follower = await Client.of(control)
    assert (await follower.ask(follow=1))["ok"]
    for _ in range(2 * CLIENTS):
        await Client.of(control)
    PUSHES[0]({"news": 1})
    assert await follower.hear() == {"news": 1}


async def test_followers_are_limited(control: Control) -> None:
    """So that they leave room for those who ask; who follows something else instead is not counted twice."""
    everybody = [await Client.of(control) for _ in range(FOLLOWERS)]
    for client in everybody:
        assert (await client.ask(follow=1))["ok"]
    late = await Client.of(control)
    assert await late.ask(follow=1) == {"ok": False, "error": f"too many followers (at most {FOLLOWERS})"}
    assert (await late.ask(say=1))["ok"]
    assert (await everybody[0].ask(follow=2))["ok"]
    assert len(PUSHES) == FOLLOWERS


async def test_a_follower_who_goes_is_followed_by_another(control: Control) -> None:
    """Its place is free at once, not only at the next line."""
    for _ in range(3 * FOLLOWERS):
        client = await Client.of(control)
        assert (await client.ask(follow=1))["ok"]
        client.writer.close()
        await until(lambda: not PUSHES)


async def test_a_follower_who_does_not_read_is_dropped(control: Control) -> None:
    """What waits for it is bounded, and pushing to it does not fail."""
    slow = await Client.of(control)
    assert (await slow.ask(follow=1))["ok"]
    assert isinstance(slow.writer.transport, asyncio.Transport)
    slow.writer.transport.pause_reading()
    send = PUSHES[0]
    for _ in range(100):
        send({"news": "x" * 100_000})
    await until(lambda: not PUSHES)


async def test_who_says_nothing_is_gone_after_a_while(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connected and silent, or in the middle of a line: told why. Who follows may be silent."""
    monkeypatch.setattr("breakd.daemon.control.server.IDLE", 0.05)
    control = Control(path, echo)
    await control.start()
    follower, silent, half = [await Client.of(control) for _ in range(3)]
    assert (await follower.ask(follow=1))["ok"]
    half.writer.write(b'{"say"')
    for client in (silent, half):
        assert "nothing was asked" in json.loads(await client.silent())["error"]
    PUSHES[0]({"news": 1})
    assert await follower.hear() == {"news": 1}
    await control.stop()
    await hang_up()


ASK = (
    "import socket, sys; one = socket.socket(socket.AF_UNIX); one.connect(sys.argv[1]); print(one.recv(1000).decode())"
)


def another_user(*words: str) -> list[str]:
    """What runs this program of Python, with these arguments, as somebody else."""
    return ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-I", "-S", "-c", *words]


def can_be_another_user() -> bool:
    """Whether this Python is where anybody may run it."""
    return subprocess.run(another_user("pass"), capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0 or which("setpriv") is None, reason="needs root and setpriv")
async def test_another_user_is_refused(control: Control) -> None:
    """Even where the rights of the files would let it in, and whatever it says."""
    if not can_be_another_user():
        pytest.skip("this Python is where nobody else may run it")
    control.path.chmod(0o666)
    for folder in (control.path.parent, control.path.parent.parent):
        folder.chmod(0o755)
    words = another_user(ASK, str(control.path))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    why = "this daemon answers user 0 alone, you are user 65534"
    assert json.loads(said) == {"v": 1, "ok": False, "error": why}


async def test_the_longest_request_is_served(control: Control) -> None:
    """Just within the limit."""
    client = await Client.of(control)
    text = "x" * (LONGEST - 100)
    assert (await client.ask(say=text))["said"] == text


async def test_many_at_once_are_all_served(control: Control) -> None:
    """As many connections as there may be, each with its own answer."""
    clients = [await Client.of(control) for _ in range(CLIENTS)]
    answers = await asyncio.gather(*(client.ask(say=number) for number, client in enumerate(clients)))
    assert [answer["said"] for answer in answers] == list(range(CLIENTS))


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
