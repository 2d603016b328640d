"""Whether a program has a camera open: the kernel tells of each opening and closing, `/proc` who it was."""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from breakd import Busy, Emit, Free, Unavailable

DEVICES, PROCESSES, UDEV = Path("/dev"), Path("/proc"), Path("/run/udev/data")
CAPABILITIES, CAPTURE = "E:ID_V4L_CAPABILITIES=", ":capture:"  # what udev has found out
SETTLE = 2.0  # seconds: programs open each camera for a moment, to see what there is

IN_CLOSE_WRITE, IN_CLOSE_NOWRITE, IN_OPEN, IN_CREATE, IN_ATTRIB = 0x8, 0x10, 0x20, 0x100, 0x4
_DEVICE = IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE


async def follow(emit: Emit, ignore: tuple[str, ...], devices: Path = DEVICES) -> None:
    """Tell when a camera comes into use and is free again. Raises Unavailable where that cannot be known."""
    if not sys.platform.startswith("linux"):
        raise Unavailable("only Linux tells who has a camera open")
    busy = False
    with watching(devices) as watch:
        while True:
            watch.add_cameras()
            if busy != (busy := in_use(devices, ignore)):
                emit(Busy("call") if busy else Free("call"))
            await watch.changed()
            await asyncio.sleep(SETTLE)


def in_use(devices: Path, ignore: tuple[str, ...]) -> bool:
    """Whether any process of this user has a camera open, apart from those ignored."""
    return any(not any(word in name.lower() for word in ignore) for name in users(devices))


def users(devices: Path) -> Iterator[str]:
    """The names of the processes of this user that have a camera open."""
    found, owner = {str(path) for path in cameras(devices)}, os.getuid()
    if not found:
        return
    for process in PROCESSES.iterdir():
        with suppress(OSError):  # it ended in this moment, or is not ours to look into
            if process.name.isdecimal() and process.stat().st_uid == owner:
                folder = process / "fd"
                if any(str(link.readlink()) in found for link in folder.iterdir()):
                    yield (process / "comm").read_text().strip()


def cameras(devices: Path) -> Iterator[Path]:
    """Each device that may be a camera: no decoder of films, nor what else is named so, as far as udev knows."""
    for path in devices.glob("video*"):
        with suppress(FileNotFoundError):  # unplugged in this moment
            if _captures(path.stat().st_rdev):
                yield path


def _captures(device: int) -> bool:
    try:
        known = (UDEV / f"c{os.major(device)}:{os.minor(device)}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    told = [line for line in known.splitlines() if line.startswith(CAPABILITIES)]
    return not told or any(CAPTURE in line for line in told)


class Watch:
    """An inotify descriptor on the cameras of a folder, and on new ones."""

    def __init__(self, descriptor: int, devices: Path) -> None:
        self._descriptor = descriptor
        self._devices = devices
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._add(devices, IN_CREATE | IN_ATTRIB)

    def add_cameras(self) -> None:
        """Watch each camera there is; to watch one a second time changes nothing."""
        for path in cameras(self._devices):
            with suppress(FileNotFoundError):  # unplugged in this moment
                self._add(path, _DEVICE)

    async def changed(self) -> None:
        """Wait until a camera is opened or closed, or a new one is there."""
        loop = asyncio.get_running_loop()
        while True:
            readable = asyncio.Event()
            loop.add_reader(self._descriptor, readable.set)
            try:
                await readable.wait()
            finally:
                loop.remove_reader(self._descriptor)
            if any(mask & _DEVICE or name.startswith("video") for mask, name in self._events()):
                return

    def _events(self) -> Iterator[tuple[int, str]]:
        data, at = os.read(self._descriptor, 65536), 0
        while at < len(data):
            _, mask, _, length = struct.unpack_from("iIII", data, at)
            yield mask, data[at + 16 : at + 16 + length].rstrip(b"\0").decode(errors="replace")
            at += 16 + length

    def _add(self, path: Path, mask: int) -> None:
        if self._libc.inotify_add_watch(self._descriptor, os.fsencode(path), ctypes.c_uint32(mask)) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))


@contextmanager
def watching(devices: Path) -> Iterator[Watch]:
    """A watch on a folder. Raises Unavailable if there is no such folder, or the kernel has no watch left."""
    descriptor = ctypes.CDLL(None, use_errno=True).inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor < 0:
        raise Unavailable(f"cameras cannot be watched (inotify: {os.strerror(ctypes.get_errno())})")
    try:
        try:
            watch = Watch(descriptor, devices)
        except OSError as error:
            raise Unavailable(f"cameras cannot be watched ({devices}: {error.strerror})") from None
        yield watch
    finally:
        os.close(descriptor)
