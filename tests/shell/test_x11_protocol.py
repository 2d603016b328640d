"""X11 without a display: names of displays, cookies, and a server that does what no real one does on demand."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from breakd_x11 import protocol, requests, x11
from breakd_x11.display import Entry, address_of, parse_display, parse_xauthority, pick_cookie, xauthority_path
from breakd_x11.idle import Watch
from breakd_x11.requests import NEGATIVE_COMPARISON, POSITIVE_COMPARISON, pack_value, unpack_value
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import assert_readable
from tests.shell.x_server import RANDR, SYNC, FakeX, refusal, setup

COOKIE = b"MIT-MAGIC-COOKIE-1"
CREATE, CHANGE = 8, 9
HOME = 256, b"here"


@asynccontextmanager
async def watching(server: FakeX, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeEmit]:
    """The source in front of the server."""
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with server.serving() as display:
        monkeypatch.setenv("DISPLAY", display)
        emit = FakeEmit()
        async with run(x11, emit):
            yield emit


async def fails(server: FakeX, monkeypatch: pytest.MonkeyPatch) -> Exception:
    """What the source raises in front of the server."""
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with server.serving() as display:
        monkeypatch.setenv("DISPLAY", display)
        emit = FakeEmit()
        emit.ask(1)
        return await failure(x11, emit)


@pytest.mark.parametrize(
    ("name", "endpoints", "number"),
    [
        (":0", ["@/tmp/.X11-unix/X0", "/tmp/.X11-unix/X0"], 0),
        (":12.1", ["@/tmp/.X11-unix/X12", "/tmp/.X11-unix/X12"], 12),
        ("unix:3", ["@/tmp/.X11-unix/X3", "/tmp/.X11-unix/X3"], 3),
        ("unix/anything:3", ["@/tmp/.X11-unix/X3", "/tmp/.X11-unix/X3"], 3),
        ("local/:3.0", ["@/tmp/.X11-unix/X3", "/tmp/.X11-unix/X3"], 3),
        ("localhost:10.0", ["localhost port 6010"], 10),
        ("tcp/desk.example.org:1", ["desk.example.org port 6001"], 1),
        ("10.0.0.2:0.0", ["10.0.0.2 port 6000"], 0),
        ("[fe80::1%eth0]:0", ["fe80::1%eth0 port 6000"], 0),
        ("::1:2", ["::1 port 6002"], 2),
        ("/tmp/.X11-unix/X5", ["/tmp/.X11-unix/X5"], 5),
        ("/private/launchd.abc/org.xquartz:0", ["/private/launchd.abc/org.xquartz:0"], 0),
        ("unix:/run/x.sock", ["/run/x.sock"], 0),
    ],
)
def test_forms_of_display(name: str, endpoints: list[str], number: int) -> None:
    """DISPLAY means what it means to libxcb: a socket of this machine, TCP port 6000 + n, or a path."""
    display = parse_display(name)
    assert ([str(endpoint) for endpoint in display.endpoints], display.number) == (endpoints, number)


@pytest.mark.parametrize("name", ["0", ":", ":x", "host", ":-1", ":0.", ":0.x", ":99999"])
def test_no_display(name: str) -> None:
    """What names no display is said to, with the forms there are."""
    with pytest.raises(ValueError, match=r"^DISPLAY is .*, expected :0, host:0 or the path of a socket$"):
        parse_display(name)


def test_a_screen_after_a_path(tmp_path: Path) -> None:
    """The screen after a path is dropped, but a path that ends like one is left alone."""
    (tmp_path / "X4").touch()
    (tmp_path / "x.1").touch()
    assert [str(each) for each in parse_display(f"{tmp_path}/X4.0").endpoints] == [f"{tmp_path}/X4"]
    assert [str(each) for each in parse_display(f"{tmp_path}/x.1").endpoints] == [f"{tmp_path}/x.1"]


def packed(*entries: Entry) -> bytes:
    """An Xauthority file."""
    fields = [struct.pack(">H", entry.family) + b"".join(map(_counted, entry[1:])) for entry in entries]
    return b"".join(fields)


def _counted(value: object) -> bytes:
    assert isinstance(value, bytes)
    return struct.pack(">H", len(value)) + value


def test_an_xauthority_file() -> None:
    """All entries come in order, also those without address or number; a file cut off anywhere gives the whole ones."""
    entries = (Entry(256, b"here", b"0", COOKIE, bytes(range(16))), Entry(65535, b"", b"", COOKIE, b"wild"))
    data = packed(*entries)
    assert tuple(parse_xauthority(data)) == entries
    first = len(packed(entries[0]))
    found = [len(list(parse_xauthority(data[:length]))) for length in range(len(data))]
    assert found == [0] * first + [1] * (len(data) - first)


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (Entry(256, b"here", b"4", COOKIE, b"!"), True),
        (Entry(256, b"here", b"", COOKIE, b"!"), True),
        (Entry(65535, b"", b"4", COOKIE, b"!"), True),
        (Entry(65535, b"anywhere", b"", COOKIE, b"!"), True),
        (Entry(256, b"there", b"4", COOKIE, b"!"), False),
        (Entry(0, b"here", b"4", COOKIE, b"!"), False),
        (Entry(256, b"here", b"5", COOKIE, b"!"), False),
        (Entry(65535, b"", b"5", COOKIE, b"!"), False),
        (Entry(256, b"here", b"4", b"XDM-AUTHORIZATION-1", b"!"), False),
    ],
)
def test_which_cookie_fits(entry: Entry, fits: bool) -> None:
    """An entry fits by host, number and method; without host or number it fits any. The first that fits is taken."""
    later = Entry(256, b"here", b"4", COOKIE, b"later")
    assert pick_cookie(iter([entry, later]), HOME, 4) == (b"!" if fits else b"later")
    assert pick_cookie(iter([]), HOME, 4) == b""


@pytest.mark.parametrize(
    ("peer", "family", "address"),
    [
        ("/tmp/.X11-unix/X0", socket.AF_UNIX, None),
        (None, socket.AF_UNIX, None),
        (("127.0.0.1", 6010), socket.AF_INET, None),
        (("::1", 6010, 0, 0), socket.AF_INET6, None),
        (("::ffff:127.0.0.1", 6010, 0, 0), socket.AF_INET6, None),
        (("10.0.0.2", 6000), socket.AF_INET, (0, b"\x0a\0\0\2")),
        (("::ffff:10.0.0.2", 6000, 0, 0), socket.AF_INET6, (0, b"\x0a\0\0\2")),
        (("fe80::1%eth0", 6000, 0, 2), socket.AF_INET6, (6, b"\xfe\x80" + bytes(13) + b"\1")),
    ],
)
def test_addresses_of_peers(peer: object, family: int, address: tuple[int, bytes] | None) -> None:
    """A server of this machine is known by the host's name however it is reached; another by its address."""
    assert address_of(peer, family) == (address or (256, socket.gethostname().encode()))


def test_where_the_cookies_are() -> None:
    """XAUTHORITY comes before the file in the home folder; without either there is none."""
    assert xauthority_path({"XAUTHORITY": "/run/keys", "HOME": "/home/ada"}) == Path("/run/keys")
    assert xauthority_path({"XAUTHORITY": "", "HOME": "/home/ada"}) == Path("/home/ada/.Xauthority")
    assert xauthority_path({}) is None


@pytest.mark.parametrize("value", [0, 1, -1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 40) + 5, -(1 << 62)])
def test_64_bits_in_two_halves(value: int) -> None:
    """INT64 goes there and back, also beyond 32 bits (idle for 50 days) and below zero."""
    assert unpack_value(pack_value(value), 0) == value


@pytest.mark.parametrize("drip", [False, True], ids=["whole", "byte by byte"])
async def test_a_day_with_a_server(monkeypatch: pytest.MonkeyPatch, drip: bool) -> None:
    """One alarm is made, and changed to the opposite whenever it goes off; however the bytes come."""
    server = FakeX(drip=drip, idle=200)
    async with watching(server, monkeypatch) as emit:
        await emit.answer(20)
        for count, idle in enumerate((20_001, 3), 1):
            await server.armed(count)
            await server.send(server.ring(idle))
            await emit.next(count)
        await server.armed(3)
        server.idle = 5 << 32
        await emit.answer(5)
        await server.armed(4)
    assert emit.words == ["active", "idle", "active", "idle"]
    assert [told.ago for told in emit.told] == [0, 20.001, 0, (5 << 32) / 1000]
    assert server.alarms == [
        (CREATE, POSITIVE_COMPARISON, 20_000),
        (CHANGE, NEGATIVE_COMPARISON, 19_999),
        (CHANGE, POSITIVE_COMPARISON, 20_000),
        (CHANGE, NEGATIVE_COMPARISON, 4_999),
    ]


async def test_old_alarms_are_not_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alarm that went off before the server answered, or before it was set anew, says nothing."""
    server = FakeX(idle=200)
    async with watching(server, monkeypatch) as emit:
        await emit.answer(20)
        await server.armed(1)
        server.before_reply = lambda sequence: server.ring(20_001)
        await emit.answer(20)
        await server.armed(2)
        server.before_reply = None
        await server.send(server.ring(20_001, sequence=(server.sequence - 1) & 0xFFFF))
        await emit.answer(20)
        await server.armed(3)
    assert emit.words == ["active"] * 3
    later = (CHANGE, POSITIVE_COMPARISON, 20_000)
    assert server.alarms == [(CREATE, POSITIVE_COMPARISON, 20_000), later, later]


async def test_strangers_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of any other kind and length are passed over, and replies that nobody waits for."""
    server = FakeX(idle=200)
    async with watching(server, monkeypatch) as emit:
        await emit.answer(20)
        await server.armed(1)
        await server.send(struct.pack("=BBHI24x", 35, 131, server.sequence, 2) + bytes(8))  # a generic event
        await server.send(struct.pack("=BBHI24x", 1, 0, 0, 3) + bytes(12))
        await server.send(server.ring(20_001, kind=34))  # MappingNotify goes to everybody
        await server.send(server.ring(20_001))
        assert (await emit.next(1)).event.name == "idle"


async def test_the_sequence_wraps() -> None:
    """Requests are numbered in 16 bits: an alarm set as number 65 535 still counts when it goes off after number 2."""
    server, emit, nothing = FakeX(idle=200), FakeEmit(), requests.request(127, 0)
    async with server.serving() as path, protocol.connect(parse_display(path)) as connection:
        watch = await Watch.on(connection, emit)
        while server.sequence < 65_533:
            for _ in range(min(500, 65_533 - server.sequence)):
                last = connection.send(nothing)
            await server.had(last)
        listening = asyncio.ensure_future(watch.listen())
        watch.ask(20)
        await server.armed(1)
        assert server.sequence == 65_535
        for _ in range(3):
            connection.send(nothing)
        await server.had(2)
        await server.send(server.ring(20_001))
        await emit.until(lambda: emit.words == ["active", "idle"])
        listening.cancel()


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (FakeX(extensions=("RANDR",)), "lacks the extension SYNC"),
        (FakeX(counters=("SERVERTIME",)), "no idle clock (no counter IDLETIME)"),
        (FakeX(counters=()), "no idle clock"),
        (FakeX(extensions=("SYNC", "RANDR", "XWAYLAND")), "Xwayland"),
        (FakeX(outputs=("XWAYLAND0",)), "Xwayland"),
        (FakeX(outputs=("DP-1", "XWAYLAND1")), "Xwayland"),
        (FakeX(greeting=refusal(b"Maximum number of clients reached\n")), "refused us: Maximum number of clients"),
        (FakeX(greeting=refusal(b"more, please", status=2)), "refused us: more, please"),
        (FakeX(greeting=refusal(b"")), "refused us: no reason given"),
        (FakeX(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "is no X server"),
        (FakeX(greeting=b"\1\0\7\0\0\0\0\0"), "is no X server"),
    ],
)
async def test_unavailable(monkeypatch: pytest.MonkeyPatch, server: FakeX, says: str) -> None:
    """A server that cannot tell, or does not want to, is named with the reason, and not counted as a failure."""
    assert_readable(await fails(server, monkeypatch), "DISPLAY=", "/X7", says)


@pytest.mark.parametrize("opcode", [98, SYNC, RANDR])
async def test_dying_is_a_failure(monkeypatch: pytest.MonkeyPatch, opcode: int) -> None:
    """A server that dies at any point of the conversation is a ConnectionError that names it."""
    error = await fails(FakeX(dies_at=opcode), monkeypatch)
    assert (type(error), str(error).endswith("/X7 closed the connection")) == (ConnectionError, True)


@pytest.mark.parametrize("length", [0, 1, 8, 20])
async def test_dying_at_the_door(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """So is one that dies in the middle of its greeting."""

    class Dying(FakeX):
        async def send(self, data: bytes) -> None:
            await super().send(data[:length])
            self.die()

    assert type(await fails(Dying(), monkeypatch)) is ConnectionError


async def test_an_error_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that the server refuses is named by its numbers; one for monitors is done without."""
    error = await fails(FakeX(refuses=SYNC), monkeypatch)
    assert (type(error), "answered request 140.0 with error 1" in str(error)) == (protocol.XError, True)
    async with watching(FakeX(refuses=RANDR), monkeypatch) as emit:
        assert (await emit.answer(20)).event.name == "active"


async def test_silence_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes us and says nothing is given up, by name."""
    monkeypatch.setattr(protocol, "PATIENCE", 0.05)
    error = await fails(FakeX(greeting=b""), monkeypatch)
    assert (type(error), str(error).endswith("/X7 said nothing for 0.05 s")) == (TimeoutError, True)


@pytest.mark.parametrize(("vendor", "formats"), [(b"", 0), (b"A", 1), (b"The X.Org Foundation", 7)])
async def test_setups_of_any_length(monkeypatch: pytest.MonkeyPatch, vendor: bytes, formats: int) -> None:
    """What a server tells about itself differs in length; its root window is found behind it."""
    server = FakeX(greeting=setup(vendor, formats))
    async with server.serving() as path, protocol.connect(parse_display(path)) as connection:
        assert (connection.root, connection.new_id(), connection.new_id()) == (99, 0x400001, 0x400002)


async def test_the_cookie_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The greeting carries the method and the cookie, each filled up to four bytes; nothing without a cookie."""
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "keys"))
    for data in (b"", b"secret"):
        (tmp_path / "keys").write_bytes(packed(Entry(65535, b"", b"7", COOKIE, data)) if data else b"")
        server = FakeX()
        async with watching(server, monkeypatch) as emit:
            await emit.answer(20)
        method = COOKIE if data else b""
        head = struct.pack("=HHHH2x", 11, 0, len(method), len(data))
        assert server.introduced[2:] == head + (COOKIE + b"\0\0secret\0\0" if data else b"")


async def test_a_stop_while_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled in the middle of a greeting it ends at once, and leaves nothing open."""
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with FakeX(greeting=b"").serving() as display:
        monkeypatch.setenv("DISPLAY", display)
        task: asyncio.Future[None] = asyncio.ensure_future(x11(FakeEmit()))
        await asyncio.sleep(0.05)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=1)
        assert (done, task.cancelled()) == ({task}, True)
