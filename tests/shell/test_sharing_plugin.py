"""Screen sharing: PipeWire's format, its objects, and what a hostile one is answered; the real one is tests/desktop."""

from __future__ import annotations

import asyncio
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd import Busy, Free, Unavailable
from breakd_sharing import graph, pipewire, pod
from breakd_sharing.graph import CLIENT, LINK, NODE, Graph
from breakd_sharing.place import SYSTEM, find_socket
from breakd_sharing.watching import follow
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.pipewire import FakePipeWire, made, serving
from tests.contract.sources import assert_readable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PipeWire listens on a Unix socket")

SCREEN = {"node.name": "gnome-shell", "media.class": "Stream/Output/Video"}


# -- the format


def test_values_are_read_as_they_were_packed() -> None:
    """Each kind that is read, nested; kinds that are not read leave a gap, so that the others keep their places."""
    unknown = struct.pack("=IIq", 8, 5, 7)
    data = pod.record(
        pod.whole(-3), unknown, pod.text("Rücken"), pod.record(), pod.properties(node_name="x", media_class="y")
    )
    found = pod.fields(data)
    assert found[:4] == [-3, None, "Rücken", []]
    assert pod.read_properties(found[4]) == {"node.name": "x", "media.class": "y"}


def test_a_footer_is_left_alone() -> None:
    """What stands behind the message is not of it, and need not even be readable."""
    assert pod.fields(pod.record(pod.whole(1)) + b"\xff" * 9) == [1]
    assert pod.fields(b"") == []


@pytest.mark.parametrize(
    "data",
    [b"\0", pod.whole(1), struct.pack("=II", 8, 14), struct.pack("=IIII", 8, 14, 4, 4), struct.pack("=IIi", 4, 14, 0)],
)
def test_what_does_not_fit_into_itself_is_refused(data: bytes) -> None:
    """A head that is cut off, no structure at all, a size beyond the end."""
    with pytest.raises(ValueError, match=r"value|structure"):
        pod.fields(data)


def test_depth_is_bounded() -> None:
    """A structure of a thousand structures is no recursion of a thousand."""
    data = pod.whole(1)
    for _ in range(1000):
        data = pod.record(data)
    assert pod.fields(data) == [[[[None]]]]


@given(st.binary(max_size=300))
def test_no_bytes_do_harm(data: bytes) -> None:
    """Whatever the bytes, they are values or a ValueError."""
    try:
        found = pod.fields(data)
    except ValueError:
        return
    assert isinstance(found, list)


@given(st.data())
def test_no_damage_does_harm(data: st.DataObject) -> None:
    """A real message with bytes changed or cut off is values or a ValueError."""
    message = bytearray(made(7, NODE, node_name="screen", media_class="Stream/Output/Video"))
    for _ in range(data.draw(st.integers(1, 8))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        pod.read_properties(pod.fields(bytes(message[: data.draw(st.integers(0, len(message)))])))
    except ValueError:
        return


# -- the objects


def shown(**told: str) -> Graph:
    """A node with these properties, and `meeting` that looks at it."""
    objects = Graph()
    objects.add(1, CLIENT, {"application.name": "Firefox"})
    objects.add(2, NODE, {key.replace("_", "."): value for key, value in told.items()})
    objects.add(3, NODE, {"node.name": "meeting", "client.id": "1"})
    objects.add(4, LINK, {"link.output.node": "2", "link.input.node": "3"})
    return objects


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"media_class": "Stream/Output/Video"}, True),
        ({"media_class": "Video/Source"}, True),
        ({"media_class": "Video/Source", "device_id": "40"}, False),
        ({"media_class": "Video/Source", "media_role": "Camera"}, False),
        ({"media_class": "Stream/Output/Audio"}, False),
        ({"media_class": "Stream/Input/Video"}, False),
        ({}, False),
    ],
)
def test_which_nodes_are_screens(told: dict[str, str], expected: bool) -> None:
    """Those of GNOME and KDE, and those of portals; no camera, no sound, nobody who only looks."""
    assert shown(**told).shared(()) == expected


def test_programs_can_be_ignored() -> None:
    """By parts of the names of the node that looks, and of the program whose it is."""
    objects = shown(media_class="Video/Source")
    assert objects.shared(("obs",))
    assert not objects.shared(("meet",))
    assert not objects.shared(("firefox",))
    objects.add(5, NODE, {"node.name": "obs"})
    objects.add(6, LINK, {"link.output.node": "2", "link.input.node": "5"})
    assert objects.shared(("meeting",))


def test_what_is_gone_is_forgotten() -> None:
    """A link that ends, a screen that ends, a number that comes again as something else; what never was."""
    objects = shown(media_class="Video/Source")
    objects.remove(99)
    objects.remove(4)
    assert not objects.shared(())
    objects = shown(media_class="Video/Source")
    objects.remove(2)
    objects.add(2, NODE, {"media.class": "Audio/Source"})
    assert not objects.shared(())


def test_whoever_is_not_known_looks() -> None:
    """A link to a node that was not told of counts: better held back than seen by everybody."""
    objects = Graph()
    objects.add(2, NODE, SCREEN)
    objects.add(4, LINK, {"link.output.node": "2"})
    assert objects.shared(("meeting",))


def test_objects_and_names_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PipeWire that tells of ever more objects is left; a name of a megabyte is not kept."""
    monkeypatch.setattr(graph, "MOST", 10)
    objects = Graph()
    with pytest.raises(ConnectionError, match="more than 10 objects"):
        for number in range(11):
            objects.add(number, NODE, SCREEN)
    objects = shown(media_class="Video/Source")
    objects.add(3, NODE, {"node.name": "x" * 1_000_000})
    assert [len(names) for names in objects.viewers()] == [graph.LONGEST + 1]


# -- the connection


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakePipeWire]:
    """One that has nothing yet."""
    async with serving(tmp_path / "pipewire-0") as one:
        yield one


async def sharing(server: FakePipeWire, emit: FakeEmit) -> None:
    """The source in front of it."""
    await follow(emit, (), server.path)


async def test_what_is_said_to_pipewire(server: FakePipeWire) -> None:
    """Hello, who we are, the registry, a Sync; a ping is answered; nothing else is asked for."""
    async with run(lambda emit: sharing(server, emit), emit := FakeEmit()):
        await server.come.wait()
        server.say(pipewire.CORE, pipewire.PING, pod.record(pod.whole(0), pod.whole(7)))
        server.share()
        await emit.until(lambda: emit.told)
        server.say(pipewire.REGISTRY, pipewire.GLOBAL_REMOVE, pod.record(pod.whole(3)))
        await emit.until(lambda: len(emit.told) == 2)
    assert [told.event for told in emit.told] == [Busy("sharing"), Free("sharing")]
    assert server.heard == [(0, 1), (1, 2), (0, 5), (0, 2), (0, 3)]


@pytest.mark.parametrize(
    ("code", "body", "says"),
    [
        (pipewire.GLOBAL, pod.record(pod.whole(1)), "cannot be read"),
        (pipewire.GLOBAL, pod.record(*[pod.text("x")] * 5), "no number where one belongs"),
        (pipewire.GLOBAL, b"\xff" * 40, "cannot be read"),
        (pipewire.GLOBAL_REMOVE, pod.record(), "cannot be read"),
    ],
)
async def test_nonsense_ends_the_source(server: FakePipeWire, code: int, body: bytes, says: str) -> None:
    """It is a ConnectionError that says so, for the host to start the source anew."""
    failing = asyncio.ensure_future(failure(lambda emit: sharing(server, emit), FakeEmit()))
    await server.come.wait()
    server.say(pipewire.REGISTRY, code, body)
    error = await failing
    assert (type(error), says in str(error)) == (ConnectionError, True), error


async def test_sizes_are_bounded(server: FakePipeWire) -> None:
    """A message of sixteen megabytes is not waited for."""
    failing = asyncio.ensure_future(failure(lambda emit: sharing(server, emit), FakeEmit()))
    await server.come.wait()
    server.say(pipewire.REGISTRY, pipewire.GLOBAL, b"", size=0xFFFFFF)
    assert str(await failing) == "PipeWire sent a message of 16777215 bytes"


async def test_errors_and_ends_are_failures(server: FakePipeWire) -> None:
    """An error that PipeWire tells of is passed on with its words; so is its end, in the middle of a message."""
    refusal = pod.record(*[pod.whole(-1)] * 3, pod.text("no access"))
    head = struct.pack("=4I", pipewire.CORE, pipewire.ERROR << 24 | len(refusal), 0, 0)
    for data, says in ((head + refusal, "no access"), (b"\0" * 5, "closed the connection")):
        server.come.clear()
        failing = asyncio.ensure_future(failure(lambda emit: sharing(server, emit), FakeEmit()))
        await server.come.wait()
        server.write(data)
        server.leave()
        error = await failing
        assert (type(error), says in str(error)) == (ConnectionError, True), error


async def test_silence_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes the connection and says nothing is not waited for for ever."""
    monkeypatch.setattr(pipewire, "PATIENCE", 0.05)
    path = tmp_path / "pipewire-0"

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await reader.read()

    async with await asyncio.start_unix_server(listen, path):
        error = await failure(lambda emit: follow(emit, (), path), FakeEmit())
    assert (type(error), str(error)) == (TimeoutError, "PipeWire said nothing for 0.05 s")


async def test_nobody_at_the_socket_is_unavailable(tmp_path: Path) -> None:
    """A socket that was left behind is named."""
    path = tmp_path / "pipewire-0"
    async with await asyncio.start_unix_server(lambda _reader, _writer: None, path):
        pass
    error = await failure(lambda emit: follow(emit, (), path), FakeEmit())
    assert_readable(error, str(path))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_RUNTIME_DIR": "{tmp}"}, "pipewire-0"),
        ({"XDG_RUNTIME_DIR": "/nowhere", "PIPEWIRE_RUNTIME_DIR": "{tmp}"}, "pipewire-0"),
        ({"XDG_RUNTIME_DIR": "{tmp}", "PIPEWIRE_REMOTE": "other"}, "other"),
        ({"PIPEWIRE_REMOTE": "{tmp}/other"}, "other"),
    ],
)
async def test_where_pipewire_is_looked_for(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    """As libpipewire does."""
    filled = {name: value.replace("{tmp}", str(tmp_path)) for name, value in environ.items()}
    with pytest.raises(Unavailable, match=f"no PipeWire at .*{expected}"):
        find_socket(filled)
    async with await asyncio.start_unix_server(lambda _reader, _writer: None, tmp_path / expected):
        assert find_socket(filled) == tmp_path / expected


def test_a_folder_that_may_not_be_entered_has_no_pipewire(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `sudo -E`: it is not there for us, which is no failure."""

    def refuse(_path: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "is_socket", refuse)
    with pytest.raises(Unavailable, match="no PipeWire at /run/user/1/pipewire-0 or"):
        find_socket({"XDG_RUNTIME_DIR": "/run/user/1"})


def test_without_an_environment_the_systems_is_looked_for() -> None:
    """There may be one for all users."""
    with pytest.raises(Unavailable, match=f"no PipeWire at {SYSTEM}/pipewire-0$"):
        find_socket({})
