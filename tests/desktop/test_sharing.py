"""Screens that are shared, before a real PipeWire: made-up screens, and those of GNOME and KWin.

The portals of wlroots and Hyprland cannot be had without a graphics card; their nodes are made up here.
"""

from __future__ import annotations

import asyncio
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from breakd import Busy, Emit, Free, Source, bus
from breakd_sharing.place import find_socket
from breakd_sharing.watching import follow
from breakd_wayland.compositor import connect
from tests.contract.busy import BusyContract, Signal
from tests.contract.fakes import FakeEmit, failure, run
from tests.desktop.bus_parts import Desk
from tests.desktop.processes import lacking, require
from tests.desktop.wayland_parts import Wayland

pytestmark = pytest.mark.desktop

CAST, CAST_PATH = "org.gnome.Mutter.ScreenCast", "/org/gnome/Mutter/ScreenCast"
KWIN_CAST = "zkde_screencast_unstable_v1"


async def sharing(emit: Emit) -> None:
    """The source as it is registered."""
    await follow(emit, ("plasmashell",), find_socket())


class Pictures:
    """A PipeWire in which pictures can be offered, and looked at."""

    def __init__(self, desk: Desk) -> None:
        require("gst-launch-1.0", "gst-inspect-1.0")
        for part in ("pipewiresrc", "videotestsrc"):
            if "Filename" not in desk.run("gst-inspect-1.0", part):
                lacking(f"not installed: the part {part} of GStreamer")
        self.desk = desk
        self.server = desk.pipewire()

    def offer(self, name: str, kind: str, **more: str) -> subprocess.Popen[bytes]:
        """A node of this name and `media.class` shows a picture that nobody asked for yet."""
        told = {"node.name": name, "media.class": kind, **{key.replace("_", "."): value for key, value in more.items()}}
        properties = ",".join(("p", *(f"{key}={value}" for key, value in told.items())))
        picture = ("videotestsrc", "is-live=true", "!", "video/x-raw,width=64,height=64,framerate=5/1")
        sink = ("pipewiresink", "mode=provide", f"stream-properties={properties}")
        offered = self.desk.start("gst-launch-1.0", "-q", *picture, "!", *sink)
        self.desk.wait_for(f"the node {name}", lambda: f'"{name}"' in self.desk.run("pw-cli", "ls", "Node"))
        return offered

    def look(self, node: str, viewer: str = "meeting") -> subprocess.Popen[bytes]:
        """A program of this name takes the picture of a node, told by its number."""
        source = ("pipewiresrc", f"path={node}", f"stream-properties=p,node.name={viewer}")
        return self.desk.start("gst-launch-1.0", "-q", *source, "!", "video/x-raw", "!", "fakesink")

    def number(self, name: str) -> str:
        """The number of the node of this name."""
        number = ""
        for line in self.desk.run("pw-cli", "ls", "Node").splitlines():
            if line.strip().startswith("id "):
                number = line.split()[1].rstrip(",")
            elif f'node.name = "{name}"' in line:
                return number
        return ""

    async def stop(self, *programs: subprocess.Popen[bytes]) -> None:
        """End these."""
        for program in programs:
            await asyncio.to_thread(self.desk.stop, program)


class Looked(Signal):
    """Somebody looks at the screen that is `number`."""

    on, off = Busy("sharing"), Free("sharing")
    quiet = 0.8

    def __init__(self, pictures: Pictures, number: str) -> None:
        self.source: Source = sharing
        self.pictures = pictures
        self._number = number
        self._viewer: subprocess.Popen[bytes] | None = None

    async def begin(self) -> None:
        self._viewer = self.pictures.look(self._number)

    async def end(self) -> None:
        assert self._viewer
        await self.pictures.stop(self._viewer)

    async def other(self) -> None:
        """A preview in a task bar, a camera of a program that somebody looks at, and a screen that nobody looks at."""
        pictures = self.pictures
        camera = await asyncio.to_thread(pictures.offer, "camera", "Video/Source", media_role="Camera")
        offered = await asyncio.to_thread(pictures.offer, "unseen", "Stream/Output/Video")
        viewers = pictures.look(pictures.number("camera")), pictures.look(self._number, "PlasmaShell")
        await asyncio.sleep(1.5)
        assert pictures.desk.run("pw-link", "--links").count("|<-") >= 2, "what is beside it was not there"
        await pictures.stop(*viewers, camera, offered)


@pytest.fixture
def pictures(desk: Desk) -> Pictures:
    """A PipeWire of its own."""
    desk.bus("session")
    return Pictures(desk)


@pytest.mark.parametrize("kind", ["Stream/Output/Video", "Video/Source"])
class TestMadeUp(BusyContract):
    """Nodes as GNOME and KDE make them, and as the portals of wlroots and Hyprland do."""

    @pytest.fixture
    async def signal(self, pictures: Pictures, kind: str) -> Signal:
        """With a screen to look at."""
        pictures.offer("screen", kind)
        return Looked(pictures, pictures.number("screen"))


async def test_a_dead_pipewire_is_a_failure(pictures: Pictures) -> None:
    """Its death fails the source, so that the host starts it anew; what was on is over by then."""
    pictures.offer("screen", "Video/Source")
    pictures.look(pictures.number("screen"))
    emit = FakeEmit()
    failing = asyncio.ensure_future(failure(sharing, emit))
    await emit.until(lambda: emit.words == ["busy"])
    await pictures.stop(pictures.server)
    assert str(await failing) == "PipeWire closed the connection"


@asynccontextmanager
async def gnome_cast() -> AsyncIterator[str]:
    """The number of a node in which GNOME shows its monitor, as its portal asks for it."""
    async with bus.connect("session") as connection:
        (session,) = await connection.call(CAST, CAST_PATH, CAST, "CreateSession", "a{sv}", {})
        await connection.call(CAST, session, f"{CAST}.Session", "RecordMonitor", "sa{sv}", "", {})
        async with connection.signals(CAST, bus.Rule(f"{CAST}.Stream", "PipeWireStreamAdded")) as told:
            await connection.call(CAST, session, f"{CAST}.Session", "Start")
            async with asyncio.timeout(20):
                async for signal in told:
                    if signal.member == "PipeWireStreamAdded":
                        break
        yield str(signal.body[0])


class TestGnome(BusyContract):
    """The real shell: its own nodes, and what becomes of them."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> AsyncIterator[Signal]:
        """With its monitor on offer."""
        desk.gnome_shell()
        pictures = Pictures(desk)
        async with gnome_cast() as number:
            yield Looked(pictures, number)

    async def test_the_end_of_the_cast_ends_it(self, desk: Desk) -> None:
        """Stopped from the shell's own menu it is over, whatever the program that looked does."""
        desk.gnome_shell()
        pictures = Pictures(desk)
        async with run(sharing, emit := FakeEmit()):
            async with gnome_cast() as number:
                pictures.look(number)
                await emit.until(lambda: emit.words == ["busy"])
            await emit.until(lambda: emit.words == ["busy", "free"])


@asynccontextmanager
async def kwin_cast() -> AsyncIterator[str]:
    """The number of a node in which KWin shows its output, as Plasma's portal asks for it."""
    async with connect() as compositor:
        (manager,), (output,) = (compositor.globals[name] for name in (KWIN_CAST, "wl_output"))
        maker, shown = compositor.bind(KWIN_CAST, manager), compositor.bind("wl_output", output)
        stream = compositor.new_id()
        compositor.send(maker, 0, stream, shown, 1)  # stream_output, without the pointer
        async with asyncio.timeout(20):
            while (event := await compositor.next())[:2] != (stream, 1):
                assert event.sender != stream, "KWin does not show its output"
        yield str(struct.unpack("=I", event.data)[0])


class TestKwin(BusyContract):
    """The real compositor of Plasma, which draws by software."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> AsyncIterator[Signal]:
        """With its output on offer."""
        Wayland(desk, "kwin", compose="O2")
        pictures = Pictures(desk)
        async with kwin_cast() as number:
            yield Looked(pictures, number)
