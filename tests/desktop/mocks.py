"""Things on a bus that do what a test wants, by python-dbusmock: for desktops whose own are not at hand."""

from __future__ import annotations

import subprocess
from typing import Any, Literal

from breakd import bus
from tests.desktop.bus_parts import Desk
from tests.desktop.processes import lacking

MOCK = "org.freedesktop.DBus.Mock"


class Mock:
    """One name on a bus, with one object and interface to begin with."""

    def __init__(
        self, desk: Desk, name: str, path: str, interface: str, which: Literal["session", "system"] = "session"
    ) -> None:
        if subprocess.run(["/usr/bin/python3", "-c", "import dbusmock"], capture_output=True, check=False).returncode:
            lacking("not installed: python3-dbusmock")
        self.name, self.path, self.interface, self._which = name, path, interface, which
        self._desk = desk
        # A name says nothing of whether the object is there already: python-dbusmock takes it first.
        self.process = desk.start("/usr/bin/python3", "-m", "dbusmock", f"--{which}", name, path, interface)
        desk.wait_for_name(name, which)

    def die(self) -> None:
        """Leave the bus."""
        self._desk.stop(self.process)

    async def method(self, member: str, takes: str, gives: str, code: str, path: str = "") -> None:
        """Answer a method by Python `code` that sets `ret`."""
        await self._puppet("AddMethod", "sssss", self.interface, member, takes, gives, code, path=path)

    async def add(self, path: str, interface: str) -> None:
        """Another object."""
        await self._puppet("AddObject", "ssa{sv}a(ssss)", path, interface, {}, [])

    async def set(self, interface: str, name: str, value: tuple[str, object]) -> None:
        """Change a property, which is told of."""
        await self._puppet("UpdateProperties", "sa{sv}", interface, {name: value})

    async def properties(self, interface: str, **values: tuple[str, object]) -> None:
        """Properties that it has."""
        await self._puppet("AddProperties", "sa{sv}", interface, values)

    async def emit(self, member: str, signature: str, *body: tuple[str, object]) -> None:
        """Send a signal."""
        await self._puppet("EmitSignal", "sssav", self.interface, member, signature, list(body))

    async def _puppet(self, member: str, signature: str, *body: object, path: str = "") -> tuple[Any, ...]:
        async with bus.connect(self._which) as connection:
            return await connection.call(self.name, path or self.path, MOCK, member, signature, *body)
