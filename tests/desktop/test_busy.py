"""Busy signals in front of real sound servers, and made-up ones for desktops that are not at hand."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

import breakd_inhibitors
from breakd import Busy, Emit, Free, Locked, NotWatching, Source, Unlocked, Watching
from breakd_calls.microphone import follow
from breakd_dnd import dnd
from breakd_dnd.places import SERVER, SERVER_PATH, SWAYNC, SWAYNC_PATH, XFCONF, XFCONF_PATH
from breakd_inhibitors.places import (
    INHIBIT,
    LOGIN,
    LOGIN_PATH,
    MANAGER,
    POLICY,
    POLICY_PATH,
    POWER,
    POWER_PATH,
    SESSIONS,
    SESSIONS_PATH,
)
from breakd_screensaver import screensaver
from breakd_screensaver.places import SAVERS
from tests.contract.busy import BusyContract, Signal
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import assert_readable
from tests.desktop.bus_parts import Desk
from tests.desktop.mocks import Mock
from tests.desktop.processes import require

pytestmark = pytest.mark.desktop

KDE_SAVER, XFCE_SAVER = "org.freedesktop.ScreenSaver", "org.xfce.ScreenSaver"


class Sound:
    """A sound server with a microphone that is none, and who records from it."""

    def __init__(self, desk: Desk, kind: str) -> None:
        self.desk = desk
        require("pactl", "parec")
        {"pulseaudio": self._pulseaudio, "pipewire": self._pipewire}[kind]()
        desk.wait_for("the sound server", lambda: "Server Name" in desk.run("pactl", "info"))
        desk.wait_for("a sink", lambda: self._load("module-null-sink", "sink_name=out"))
        self._load("module-remap-source", "source_name=mic", "master=out.monitor")
        desk.wait_for("the microphone", lambda: "mic" in desk.run("pactl", "list", "short", "sources"))

    def record(self, source: str = "mic", *options: str) -> subprocess.Popen[bytes]:
        """Start to record."""
        return self.desk.start("parec", f"--device={source}", "--raw", *options, self.desk.folder / "recorded")

    def _load(self, *module: str) -> str:
        return self.desk.run("pactl", "load-module", *module)

    def _pulseaudio(self) -> None:
        require("pulseaudio")
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no")
        self.server = self.desk.start("pulseaudio", *options, "-L", "module-native-protocol-unix")

    def _pipewire(self) -> None:
        require("pipewire-pulse")
        self.desk.bus("session")
        self.desk.pipewire()
        self.server = self.desk.start("pipewire-pulse")
        self.desk.wait_for("its sound server", Path(os.environ["XDG_RUNTIME_DIR"], "pulse", "native").exists)


class MicrophoneSignal(Signal):
    """A program records."""

    on, off = Busy("call"), Free("call")
    quiet = 0.6

    def __init__(self, sound: Sound) -> None:
        self.sound = sound
        self.source: Source = microphone
        self._recorder: subprocess.Popen[bytes] | None = None

    async def begin(self) -> None:
        self._recorder = self.sound.record()

    async def end(self) -> None:
        assert self._recorder
        await asyncio.to_thread(self.sound.desk.stop, self._recorder)

    async def other(self) -> None:
        monitor, meter = self.sound.record("out.monitor"), self.sound.record("mic", "--stream-name=Peak detect")
        await asyncio.sleep(1)
        for recorder in (monitor, meter):
            await asyncio.to_thread(self.sound.desk.stop, recorder)


async def microphone(emit: Emit) -> None:
    """The source as it is registered."""
    await follow(emit, ("peak detect",))


@pytest.mark.parametrize("kind", ["pulseaudio", "pipewire"])
class TestMicrophone(BusyContract):
    """Recording what is played, and level meters, are no calls."""

    @pytest.fixture
    async def signal(self, desk: Desk, kind: str) -> Signal:
        """With a sound server of its own."""
        return MicrophoneSignal(Sound(desk, kind))


@pytest.mark.parametrize("kind", ["pulseaudio", "pipewire"])
async def test_a_dead_sound_server_is_a_failure(desk: Desk, kind: str) -> None:
    """Its death fails the source, so that the host starts it anew; a call that was on is over by then."""
    sound = Sound(desk, kind)
    sound.record()
    emit = FakeEmit()
    failing = asyncio.ensure_future(failure(microphone, emit))
    await emit.until(lambda: emit.words == ["busy"])
    desk.stop(sound.server)
    assert str(await failing) == "the sound server closed the connection"


class Made(Signal):
    """Something on a bus that does as it is told. `mock`: it; `where`: name, path and interface; `bus`: which bus."""

    bus: Literal["session", "system"] = "session"
    where: tuple[str, str, str]
    quiet = 0.3

    def __init__(self, mock: Mock) -> None:
        self.mock = mock

    async def prepare(self) -> None:
        """Have what there is from the beginning."""

    async def begin(self) -> None:
        await self.turn(True)

    async def end(self) -> None:
        await self.turn(False)

    async def turn(self, on: bool) -> None:
        """Let it be so."""
        raise NotImplementedError


class MadeDnd(Made):
    """For all that keep do-not-disturb."""

    on, off = Busy("do-not-disturb"), Free("do-not-disturb")
    source: Source = staticmethod(dnd)


class Kde(MadeDnd):
    """Plasma's notification server, as the specification has it."""

    where = (SERVER, SERVER_PATH, SERVER)

    async def prepare(self) -> None:
        await self.mock.properties(SERVER, Inhibited=("b", False))

    async def turn(self, on: bool) -> None:
        await self.mock.set(SERVER, "Inhibited", ("b", on))


class Xfce(MadeDnd):
    """The settings daemon of Xfce."""

    where = (XFCONF, XFCONF_PATH, XFCONF)

    async def prepare(self) -> None:
        await self._have(False)

    async def turn(self, on: bool) -> None:
        await self._have(on)
        await self.mock.emit(
            "PropertyChanged", "ssv", ("s", "xfce4-notifyd"), ("s", "/do-not-disturb"), ("v", ("b", on))
        )

    async def _have(self, on: bool) -> None:
        await self.mock.method("GetProperty", "ss", "v", f"ret = dbus.Boolean({on}, variant_level=1)")


class SwayNc(MadeDnd):
    """SwayNotificationCenter."""

    where = (SWAYNC, SWAYNC_PATH, SWAYNC)

    async def prepare(self) -> None:
        await self._have(False)

    async def turn(self, on: bool) -> None:
        await self._have(on)
        await self.mock.emit("Subscribe", "ubb", ("u", 0), ("b", on), ("b", False))

    async def _have(self, on: bool) -> None:
        await self.mock.method("GetDnd", "", "b", f"ret = {on}")


class Mako(MadeDnd):
    """mako, whose modes have names of its user's."""

    where = (SERVER, "/fr/emersion/Mako", "fr.emersion.Mako")

    async def prepare(self) -> None:
        self._quiet: list[str] = []
        await self.mock.properties(self.where[2], Modes=("as", ["default"]))

    async def turn(self, on: bool) -> None:
        self._quiet = ["do-not-disturb"] * on
        await self._have()

    async def other(self) -> None:
        await self._have("away")
        await self._have()

    async def _have(self, *more: str) -> None:
        await self.mock.set(self.where[2], "Modes", ("as", ["default", *self._quiet, *more]))


class MadeInhibitors(Made):
    """For all that keep inhibitors. `held`: programs with their reasons."""

    on, off = Watching(), NotWatching()

    def __init__(self, mock: Mock) -> None:
        super().__init__(mock)
        self.films: list[str] = []

        async def source(emit: Emit) -> None:
            await breakd_inhibitors.follow(emit, self.bus, ("podcast",))

        self.source: Source = source

    async def prepare(self) -> None:
        await self.hold()

    async def turn(self, on: bool) -> None:
        self.films = ["mpv: film"] * on
        await self.hold(*self.films)

    async def other(self) -> None:
        await self.hold("GNOME Podcasts: playing", *self.films)
        await asyncio.sleep(0.2)
        await self.hold(*self.films)

    async def hold(self, *held: str) -> None:
        """From now on these are held."""
        raise NotImplementedError


class RealLogind(Signal):
    """logind itself, and its own tool."""

    on, off = Watching(), NotWatching()

    def __init__(self, desk: Desk) -> None:
        async def source(emit: Emit) -> None:
            await breakd_inhibitors.follow(emit, "system", ("podcast",))

        self.source: Source = source
        self.desk = desk
        desk.logind()
        self._film: subprocess.Popen[bytes] | None = None

    async def begin(self) -> None:
        self._film = await self._hold("idle:sleep", "mpv", "block")

    async def end(self) -> None:
        assert self._film
        await self._let_go(self._film)

    async def other(self) -> None:
        held = [
            await self._hold("sleep", "breakd", "delay"),
            await self._hold("shutdown", "apt", "block"),
            await self._hold("idle", "GNOME Podcasts", "block"),
        ]
        await self._let_go(*held)

    async def _hold(self, what: str, who: str, mode: str) -> subprocess.Popen[bytes]:
        words = (f"--what={what}", f"--who={who}", "--why=a test", f"--mode={mode}")
        holder = self.desk.start("systemd-inhibit", *words, "sleep", "600")
        listed = ("systemd-inhibit", "--list", "--no-legend")
        await asyncio.to_thread(self.desk.wait_for, who, lambda: who in self.desk.run(*listed))
        return holder

    async def _let_go(self, *holders: subprocess.Popen[bytes]) -> None:
        for holder in holders:
            await asyncio.to_thread(self.desk.stop, holder)


class TestLogind(BusyContract):
    """The real one."""

    @pytest.fixture
    async def signal(self, desk: Desk) -> Signal:
        """On a bus of its own."""
        return RealLogind(desk)


class KdePolicy(MadeInhibitors):
    """Plasma's power management."""

    where = (POLICY, POLICY_PATH, POLICY)

    async def hold(self, *held: str) -> None:
        pairs = [tuple(line.split(": ")) for line in held]
        await self.mock.method("ListInhibitions", "", "a(ss)", f"ret = dbus.Array({pairs!r}, signature='(ss)')")
        await self.mock.emit("InhibitionsChanged", "a(ss)as", ("a(ss)", pairs), ("as", []))


class XfcePower(MadeInhibitors):
    """Xfce's power manager."""

    where = (POWER, POWER_PATH, INHIBIT)

    async def hold(self, *held: str) -> None:
        names = [line.split(": ")[0] for line in held]
        await self.mock.method("GetInhibitors", "", "as", f"ret = dbus.Array({names!r}, signature='s')")
        await self.mock.emit("HasInhibitChanged", "b", ("b", bool(held)))


class GnomeSession(MadeInhibitors):
    """GNOME's session manager."""

    where = (SESSIONS, SESSIONS_PATH, SESSIONS)
    NAMES = ("GetFlags", "GetAppId", "GetReason")

    async def prepare(self) -> None:
        for number, told in enumerate((("mpv", "film", 8), ("Podcasts", "podcast", 8), ("Files", "copying", 4))):
            path, (program, reason, flags) = f"{SESSIONS_PATH}/Inhibitor{number}", told
            await self.mock.add(path, f"{SESSIONS}.Inhibitor")
            for member, signature, value in zip(self.NAMES, "uss", (flags, program, reason), strict=True):
                inner = (f"{SESSIONS}.Inhibitor", member, "", signature, f"ret = {value!r}")
                await self.mock._puppet("AddMethod", "sssss", *inner, path=path)
        await self._list()

    async def turn(self, on: bool) -> None:
        self.films = ["mpv"] * on
        await self._list(*range(len(self.films)))

    async def other(self) -> None:
        await self._list(*range(len(self.films)), 1, 2)
        await asyncio.sleep(0.2)
        await self._list(*range(len(self.films)))

    async def _list(self, *numbers: int) -> None:
        paths = [f"{SESSIONS_PATH}/Inhibitor{number}" for number in numbers]
        await self.mock.method("GetInhibitors", "", "ao", f"ret = dbus.Array({paths!r}, signature='o')")
        await self.mock.emit("InhibitorAdded" if paths else "InhibitorRemoved", "o", ("o", SESSIONS_PATH))


class Logind(MadeInhibitors):
    """The login manager, on the system bus."""

    where = (LOGIN, LOGIN_PATH, MANAGER)
    bus = "system"

    async def prepare(self) -> None:
        await self.mock.properties(MANAGER, BlockInhibited=("s", ""))
        await self.hold()

    async def hold(self, *held: str) -> None:
        told = [("sleep:idle", *line.split(": "), "block", os.getuid(), 1) for line in held]
        told += [("sleep", "breakd", "to note the time", "delay", os.getuid(), 1)]
        told += [("idle", "somebody else", "film", "block", os.getuid() + 1, 1)]
        await self.mock.method("ListInhibitors", "", "a(ssssuu)", f"ret = dbus.Array({told!r}, signature='(ssssuu)')")
        await self.mock.set(MANAGER, "BlockInhibited", ("s", "idle" if held else ""))


class MadeSaver(Made):
    """A screen saver of a desktop, that covers the screen."""

    on, off = Locked(), Unlocked()
    source: Source = staticmethod(screensaver)

    async def prepare(self) -> None:
        await self._have(False)

    async def turn(self, on: bool) -> None:
        await self._have(on)
        await self.mock.emit("ActiveChanged", "b", ("b", on))

    async def _have(self, on: bool) -> None:
        await self.mock.method("GetActive", "", "b", f"ret = {on}")


class KdeSaver(MadeSaver):
    """Plasma's."""

    where = (KDE_SAVER, SAVERS[KDE_SAVER], KDE_SAVER)


class XfceSaver(MadeSaver):
    """Xfce's."""

    where = (XFCE_SAVER, SAVERS[XFCE_SAVER], XFCE_SAVER)


MADE = [KdeSaver, XfceSaver, Kde, Xfce, SwayNc, Mako, KdePolicy, XfcePower, GnomeSession, Logind]


@pytest.mark.parametrize("kind", MADE)
class TestMade(BusyContract):
    """Those that are not at hand, answering as their own documentation and source have it."""

    @pytest.fixture
    async def signal(self, desk: Desk, kind: type[Made]) -> AsyncIterator[Signal]:
        """With a bus and a mock of its own."""
        desk.bus(kind.bus)
        made = kind(Mock(desk, *kind.where, kind.bus))
        await made.prepare()
        yield made

    async def test_who_goes_away_is_done_with(self, desk: Desk, signal: Signal) -> None:
        """A server that dies holds nothing any more; the source waits for the next without being started anew."""
        await signal.begin()
        async with run(signal.source, emit := FakeEmit()):
            await emit.until(lambda: [told.event for told in emit.told] == [signal.on])
            assert isinstance(signal, Made)
            await asyncio.to_thread(signal.mock.die)
            await emit.until(lambda: [told.event for told in emit.told] == [signal.on, signal.off])


async def test_without_a_bus_it_is_unavailable(desk: Desk) -> None:
    """The bus that is missing is named."""

    async def inhibitors(emit: Emit) -> None:
        await breakd_inhibitors.follow(emit, "session", ())

    desk.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={desk.folder}/nothing")
    for source in (dnd, inhibitors):
        assert_readable(await failure(source, FakeEmit()), "no session bus", "No such file")
