"""A Wayland compositor written by hand: it listens on a socket, tells of idleness, and has windows that are only names.

What it says on the wire is what sway 1.10 says; both are put in front of the same contracts.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from breakd_wayland.compositor import read_text, text

IDLE, SEAT, WINDOWS = "ext_idle_notifier_v1", "wl_seat", "zwlr_foreign_toplevel_manager_v1"
OLD_IDLE = "org_kde_kwin_idle"
OFFERED = {IDLE: 1, SEAT: 7, WINDOWS: 3, OLD_IDLE: 1}
ACTIVATED, FULLSCREEN = 2, 3


@dataclass
class Notification:
    """One that a client asked for: fires `wait` s after it was made, or after the last input."""

    wait: float
    tell: Callable[[int], None]
    idle: bool = False
    timer: asyncio.TimerHandle | None = None

    def restart(self) -> None:
        """There was input."""
        if self.idle:
            self.idle = False
            self.tell(1)
        self.stop()
        self.timer = asyncio.get_running_loop().call_later(self.wait, self._fire)

    def stop(self) -> None:
        """Never again."""
        if self.timer:
            self.timer.cancel()

    def _fire(self) -> None:
        self.idle = True
        self.tell(0)


class Client:
    """Somebody connected: the objects made so far, by number."""

    def __init__(self, server: FakeCompositor, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.objects: dict[int, str] = {1: "wl_display"}
        self.notifications: dict[int, Notification] = {}
        self.windows: dict[int, int] = {}  # window -> handle
        self._writer = writer
        self._next_handle = 0xFF000000

    def event(self, sender: int, code: int, data: bytes = b"") -> None:
        """Tell the client something."""
        self._writer.write(struct.pack("=II", sender, (8 + len(data)) << 16 | code) + data)

    def request(self, target: int, code: int, data: bytes) -> None:
        """Do what the client asks for."""
        kind = self.objects[target]
        numbers = struct.unpack(f"={len(data) // 4}I", data[: len(data) // 4 * 4])
        match kind, code:
            case "wl_display", 0:
                self.event(numbers[0], 0, struct.pack("=I", 0))
                self.event(1, 1, data)  # delete_id
            case "wl_display", 1:
                self.objects[numbers[0]] = "wl_registry"
                for number, interface in self.server.offered.items():
                    self.offer(number, interface)
            case "wl_registry", 0:
                self._bind(read_text(data, 4), numbers[-1])
            case "ext_idle_notifier_v1", 1:
                self._notify(numbers[0], numbers[1])
            case "org_kde_kwin_idle", 0:
                self._notify(numbers[0], numbers[2])
            case "notification", 0:
                self.notifications.pop(target).stop()
                del self.objects[target]
                self.event(1, 1, struct.pack("=I", target))
            case "window", 7:
                self.objects.pop(target)
            case _:
                self.event(1, 0, struct.pack("=II", target, 1) + text(f"{kind} has no request {code}"))

    def offer(self, number: int, interface: str) -> None:
        """Tell of a global."""
        data = struct.pack("=I", number) + text(interface) + struct.pack("=I", OFFERED[interface])
        self.event(2, 0, data)

    def window(self, window: int, states: tuple[int, ...], manager: int) -> None:
        """Tell how a window is."""
        if window not in self.windows:
            self._next_handle += 1
            self.windows[window] = self._next_handle
            self.objects[self._next_handle] = "window"
            self.event(manager, 0, struct.pack("=I", self._next_handle))
        handle = self.windows[window]
        self.event(handle, 0, text(f"window {window}"))
        self.event(handle, 4, struct.pack(f"={1 + len(states)}I", 4 * len(states), *states))
        self.event(handle, 5)

    def _bind(self, interface: str, new: int) -> None:
        self.objects[new] = interface
        if interface == SEAT:
            self.event(new, 0, struct.pack("=I", 3))
        if interface == WINDOWS:
            for window, states in self.server.windows.items():
                self.window(window, states, new)

    def _notify(self, new: int, ms: int) -> None:
        self.objects[new] = "notification"
        made = Notification(ms / 1000, lambda code: self.event(new, code))
        self.notifications[new] = made
        made.restart()


@dataclass
class FakeCompositor:
    """Listens at `path`; everything else is what happens in front of it."""

    path: Path
    offered: dict[int, str] = field(default_factory=lambda: dict(enumerate((IDLE, SEAT, WINDOWS), start=1)))
    windows: dict[int, tuple[int, ...]] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _server: asyncio.AbstractServer | None = None

    async def start(self) -> FakeCompositor:
        """Take connections."""
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def stop(self) -> None:
        """Die, as far as clients can see."""
        assert self._server is not None
        self._server.close()
        self.path.unlink(missing_ok=True)
        for client in self.clients:
            for notification in client.notifications.values():
                notification.stop()
        for writer in self._writers:
            writer.transport.abort()
        self.clients.clear()
        self._writers.clear()
        await asyncio.sleep(0)

    def touch(self) -> None:
        """Somebody presses a key."""
        for client in self.clients:
            for notification in client.notifications.values():
                notification.restart()

    def show(self, window: int, *states: int) -> None:
        """A window is there, with these states."""
        self.windows[window] = states
        for client in self.clients:
            for manager in [number for number, kind in client.objects.items() if kind == WINDOWS]:
                client.window(window, states, manager)

    def shut(self, window: int) -> None:
        """A window closes."""
        del self.windows[window]
        for client in self.clients:
            if handle := client.windows.pop(window, 0):
                client.event(handle, 6)

    def plug(self, number: int, interface: str) -> None:
        """A global comes."""
        self.offered[number] = interface
        for client in self.clients:
            client.offer(number, interface)

    def unplug(self, number: int) -> None:
        """A global goes."""
        del self.offered[number]
        for client in self.clients:
            client.event(2, 1, struct.pack("=I", number))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(self, writer)
        self.clients.append(client)
        self._writers.append(writer)
        try:
            while True:
                target, word = struct.unpack("=II", await reader.readexactly(8))
                client.request(target, word & 0xFFFF, await reader.readexactly((word >> 16) - 8))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            for notification in client.notifications.values():
                notification.stop()
            if client in self.clients:
                self.clients.remove(client)
            writer.close()
