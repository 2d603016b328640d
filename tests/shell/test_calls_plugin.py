"""Cameras in use, with files for cameras; what is recorded stands in tests/desktop, before real sound servers."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import pytest

from breakd import Busy, Free
from breakd_calls import camera, pulse
from breakd_calls.camera import follow
from breakd_calls.microphone import follow as follow_microphone
from tests.contract.busy import BusyContract, Signal
from tests.contract.fakes import FakeEmit, failure, run
from tests.contract.sources import assert_readable

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of cameras")


class CameraSignal(Signal):
    """Files named as cameras are; this process opens them."""

    on, off = Busy("call"), Free("call")

    def __init__(self, devices: Path) -> None:
        self.devices = devices
        self._open: list[BinaryIO] = []

        async def source(emit: FakeEmit) -> None:
            await follow(emit, ("ignored",), devices)

        self.source = source  # type: ignore[assignment]
        (devices / "video0").touch()
        (devices / "tty0").touch()

    async def begin(self) -> None:
        self._open.append((self.devices / "video0").open("rb"))

    async def end(self) -> None:
        self._open.pop().close()

    async def other(self) -> None:
        with (self.devices / "tty0").open("rb"):
            await asyncio.sleep(0.05)


class TestCamera(BusyContract):
    """The contract of busy signals."""

    @pytest.fixture
    async def signal(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Signal]:
        """With a camera of its own."""
        monkeypatch.setattr(camera, "SETTLE", 0.1)
        yield CameraSignal(tmp_path)


async def test_a_look_is_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that opens a camera for a moment, to see what it can, is not told of."""
    monkeypatch.setattr(camera, "SETTLE", 0.3)
    signal = CameraSignal(tmp_path)
    async with run(signal.source, emit := FakeEmit()):
        await asyncio.sleep(0.1)
        for _ in range(3):
            await signal.begin()
            await signal.end()
        await asyncio.sleep(0.5)
        assert emit.words == []


async def test_a_camera_that_is_plugged_in_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that comes later counts as well."""
    monkeypatch.setattr(camera, "SETTLE", 0.1)
    signal = CameraSignal(tmp_path)
    (tmp_path / "video0").unlink()
    async with run(signal.source, emit := FakeEmit()):
        await asyncio.sleep(0.1)
        (tmp_path / "video2").touch()
        await asyncio.sleep(0.3)
        with (tmp_path / "video2").open("rb"):
            await emit.until(lambda: emit.words == ["busy"])
        await emit.until(lambda: emit.words == ["busy", "free"])


async def test_programs_can_be_ignored(tmp_path: Path) -> None:
    """The names in `ignore` are parts of the names of programs."""
    (tmp_path / "video0").touch()
    with (tmp_path / "video0").open("rb"):
        (name,) = camera.users(tmp_path)
        assert camera.in_use(tmp_path, ())
        assert not camera.in_use(tmp_path, (name[:4].lower(),))


async def test_without_a_folder_it_is_unavailable(tmp_path: Path) -> None:
    """Where devices are hidden, as in a sandbox, the folder is named."""

    async def source(emit: FakeEmit) -> None:
        await follow(emit, (), tmp_path / "none")

    assert_readable(await failure(source, FakeEmit()), str(tmp_path / "none"), "No such file")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("server", "runtime", "says"),
    [
        ("", None, "XDG_RUNTIME_DIR is not set"),
        ("tcp:far.example", "/nowhere", "PULSE_SERVER=tcp:far.example"),
        ("", "/nowhere", "/nowhere/pulse/native: No such file"),
        ("unix:/elsewhere/native", None, "/elsewhere/native: No such file"),
        ("{0123}unix:/elsewhere/native", None, "/elsewhere/native: No such file"),
    ],
)
async def test_without_a_sound_server_it_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, server: str, runtime: str | None, says: str
) -> None:
    """Whatever the environment says, the line names where the server was looked for."""
    monkeypatch.delenv("PULSE_RUNTIME_PATH", raising=False)
    monkeypatch.setenv("PULSE_SERVER", server)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    if runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)

    async def source(emit: FakeEmit) -> None:
        await follow_microphone(emit, ())

    assert_readable(await failure(source, FakeEmit()), says)  # type: ignore[arg-type]


async def test_what_is_no_sound_server_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nonsense from the other side ends the source with a ConnectionError; it neither hangs nor crashes."""
    path = tmp_path / "native"
    monkeypatch.setenv("PULSE_SERVER", f"unix:{path}")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    listening.setblocking(False)

    async def answer(words: bytes) -> None:
        one, _ = await asyncio.get_running_loop().sock_accept(listening)
        with one:
            await asyncio.get_running_loop().sock_sendall(one, words)

    async def source(emit: FakeEmit) -> None:
        await follow_microphone(emit, ())

    unknown = pulse.number(pulse.REPLY) + pulse.number(1) + b"?"
    head = len(unknown).to_bytes(4) + b"\xff" * 4 + bytes(12)
    for words in (b"HTTP/1.1 400 Bad Request\r\n\r\n", head + unknown, b""):
        answering = asyncio.ensure_future(answer(words))
        assert isinstance(await failure(source, FakeEmit()), ConnectionError)  # type: ignore[arg-type]
        await answering
    listening.close()


def test_values_are_read_as_servers_write_them() -> None:
    """Each kind of value of the protocol, one after the other."""
    told = pulse.properties(application_name="Rücken")
    data = b"".join(
        (pulse.number(7), b"tname\0", b"N", b"1", b"0", b"B\x05", b"a\x03\x02\0\0\xac\x44", b"m\x02\x01\x02",
         b"v\x01\0\0\0\x01", b"U" + bytes(7) + b"\x09", b"V\0\0\0\x02", b"x\0\0\0\x02ab", told)
    )  # fmt: skip
    found = list(pulse.values(data))
    assert found[:6] == [7, "name", None, True, False, 5]
    assert found[6:] == [(3, 2, 44100), None, None, 9, 2, b"ab", {"application.name": "Rücken"}]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, True),
        ("I:123\nE:ID_V4L_VERSION=2\n", True),
        ("E:ID_V4L_CAPABILITIES=:capture:\n", True),
        ("E:ID_V4L_CAPABILITIES=:video_output:\n", False),
        ("E:ID_V4L_CAPABILITIES=:\n", False),
    ],
)
def test_decoders_are_no_cameras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: str | None, expected: bool
) -> None:
    """What udev knows not to capture, such as the decoder of a Raspberry Pi, is in use during films, not calls."""
    monkeypatch.setattr(camera, "UDEV", tmp_path)
    (tmp_path / "video10").touch()
    if known is not None:
        (tmp_path / "c0:0").write_text(known)
    assert list(camera.cameras(tmp_path)) == [tmp_path / "video10"] * expected
