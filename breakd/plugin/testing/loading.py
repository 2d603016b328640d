"""Loading a plugin as the daemon does, and asking it for what it registered."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from breakd.core.events import Event
from breakd.core.routines import Routine
from breakd.plugin.files import PREFIX, File
from breakd.plugin.host import Host
from breakd.plugin.interfaces import Adviser, CommandFactory, Guide, Importer, Notifier, Observer, Source
from breakd.plugin.loaded import Kind, Loaded, Thing
from breakd.settings.routines import load_routines


class Refused(AssertionError):  # noqa: N818  reads as what happened
    """The host did not take the plugin; the text says why."""


class Plugin:
    """A plugin that the host took. `said`: what the host told the person about it."""

    def __init__(self, name: str, module: object, tables: Mapping[str, object]) -> None:
        self.name, self.module, self.tables = name, module, tables
        self.said: list[str] = []
        self.loaded: Loaded = self.host().plugins[name]

    def host(self, deliver: Callable[[Event, float, datetime | None, str], None] = lambda *_: None) -> Host:
        """A new host with this plugin alone, as the daemon has one; runs on one loop."""
        made = Host(
            deliver=deliver, load_routines=load_routines, tables=self.tables, say=self.said.append, order=(self.name,)
        )
        made.add(self.name, self.module)
        return made

    @property
    def routines(self) -> tuple[Routine, ...]:
        """The routines of its files."""
        return self.loaded.routines

    @property
    def source(self) -> Source:
        """Its first source."""
        found: Source = self._first("source")
        return found

    @property
    def notifier(self) -> Notifier:
        """Its first notifier."""
        found: Notifier = self._first("notifier")
        return found

    @property
    def guide(self) -> Guide:
        """Its first guide."""
        found: Guide = self._first("guide")
        return found

    @property
    def observer(self) -> Observer:
        """Its first observer."""
        found: Observer = self._first("observer")
        return found

    @property
    def adviser(self) -> Adviser:
        """Its first adviser."""
        found: Adviser = self._first("adviser")
        return found

    @property
    def importer(self) -> Importer:
        """Its first importer."""
        found: Importer = self._first("importer")
        return found

    @property
    def subcommand(self) -> CommandFactory:
        """What makes its first command."""
        found: CommandFactory = self._first("subcommand")
        return found

    def things(self, kind: Kind) -> list[Thing]:
        """All that it registered of a kind."""
        return [thing for thing in self.loaded.things if thing.kind == kind]

    def _first(self, kind: Kind) -> Any:
        found = self.things(kind)
        if not found:
            raise AssertionError(f"{self.name} registers no {kind}")
        return found[0].target


def load(module: object, toml: str | Mapping[str, Any] = "", *, name: str = "") -> Plugin:
    """Load a plugin: a module, a hook, or the path of a file. `toml`: settings, as in `breakd.toml`, or read already.

    Raises Refused if the daemon would not load it. A plugin that lacks settings is refused too: give it some.
    """
    if isinstance(module, (str, Path)):
        path = Path(module)
        name = name or path.stem
        module = File(name, path.absolute(), named=True).load()
    elif inspect.isroutine(module):
        hook = module
        name = name or "plugin"
        module = type(name, (), {"breakd_register": staticmethod(hook), "__file__": inspect.getfile(hook)})
    name = name or str(getattr(module, "__name__", "plugin")).removeprefix(PREFIX).removeprefix("breakd_")
    settings = tomllib.loads(toml) if isinstance(toml, str) else toml
    plugin = Plugin(name, module, settings.get("plugins", {}))
    if plugin.loaded.fate != "ok":
        raise Refused(f"{name}: {plugin.loaded.fate}: {plugin.loaded.why}")
    return plugin
