"""What PipeWire's objects say of screens: which nodes show one, and who is linked to them.

A screen that is offered is no screen that is shared: the node of a portal is there before, and while, nobody looks.
So it is the link to a program that counts, and the program's name tells a meeting from a preview in a task bar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

NODE, LINK, CLIENT = (f"PipeWire:Interface:{kind}" for kind in ("Node", "Link", "Client"))
OUTPUT, SOURCE = "Stream/Output/Video", "Video/Source"  # GNOME and KDE; xdg-desktop-portal-wlr and -hyprland
NAMES = ("node.name", "node.description", "application.name")
MOST = 20_000  # objects: a busy desktop has some hundreds
LONGEST = 300  # letters of names that are looked at


class Program(NamedTuple):
    """A node or client by its names. `client`: whose node it is; `screen`: whether it shows one."""

    names: str
    client: str
    screen: bool


UNKNOWN = Program("", "", False)


class Graph:
    """The objects of a PipeWire, as far as they have to do with who looks at a screen."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}  # by their numbers, which properties have as text
        self._links: dict[str, tuple[str, str]] = {}  # from, to

    def add(self, number: int, kind: str, told: Mapping[str, str]) -> None:
        """There is an object, of this kind and with these properties. Raises ConnectionError at an absurd number."""
        if len(self._programs) + len(self._links) >= MOST:
            raise ConnectionError(f"PipeWire tells of more than {MOST} objects")
        if kind in (NODE, CLIENT):
            names = " ".join(told[name] for name in NAMES if name in told).lower()[:LONGEST]
            self._programs[str(number)] = Program(names, told.get("client.id", ""), kind == NODE and is_screen(told))
        elif kind == LINK:
            self._links[str(number)] = told.get("link.output.node", ""), told.get("link.input.node", "")

    def remove(self, number: int) -> None:
        """An object is gone; its number may come again."""
        self._programs.pop(str(number), None)
        self._links.pop(str(number), None)

    def shared(self, ignore: tuple[str, ...]) -> bool:
        """Whether any program looks at a screen, apart from those ignored: parts of names, in small letters."""
        return any(not any(word in names for word in ignore) for names in self.viewers())

    def viewers(self) -> Iterator[str]:
        """The names of each program that looks at a screen, in small letters."""
        for source, to in self._links.values():
            shown = self._programs.get(source)
            if shown and shown.screen:
                viewer = self._programs.get(to, UNKNOWN)
                yield f"{viewer.names} {self._programs.get(viewer.client, UNKNOWN).names}"


def is_screen(told: Mapping[str, str]) -> bool:
    """Whether a node shows a screen: a source of video that is no camera, neither one of a device nor a made-up one."""
    kind = told.get("media.class")
    made = "device.id" not in told and told.get("media.role") != "Camera"
    return made and kind in (OUTPUT, SOURCE)
