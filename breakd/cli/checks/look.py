"""What the checks share: settings, the running daemon, the service, and what plugins say; each asked for once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from breakd.cli.checks.probing import Heard, Shown, listen, quiet_host, show
from breakd.service.answering import Answering, answering
from breakd.service.health import Service
from breakd.service.installing import chosen
from breakd.settings.catalogue import Catalogue, catalogue
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.load import load, loaded
from breakd.settings.model import Settings
from breakd.settings.paths import config_file, routines_folder

Plugins: TypeAlias = Mapping[str, Mapping[str, Any]]  # by name, as `breakd status --json` tells them

PATIENCE = 8.0  # seconds in which somebody who was asked to moves the mouse
GLANCE = 0.5  # seconds in which sources tell what is so, if nobody was asked


class Look:
    """One look at everything. `ask`: somebody is there to do what is asked of them; `say`: tells them that."""

    def __init__(self, ask: bool, say: Callable[[str], None]) -> None:
        self.ask = ask
        self.say = say

    @cached_property
    def daemon(self) -> Answering | None:
        """The daemon that runs."""
        return answering()

    @cached_property
    def service(self) -> Service:
        """The service. Raises ServiceError."""
        kind, why = chosen()
        return Service.look(kind, why)

    @property
    def settings(self) -> Settings:
        """The settings in force: the defaults, if those of the person have mistakes."""
        return self._loaded[0]

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        """Why the person's settings are not in force."""
        return self._loaded[1]

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What works in them, but should be told."""
        return self._loaded[2]

    @cached_property
    def catalogue(self) -> Catalogue:
        """All routines, those of plugins and the person's own."""
        host = quiet_host(self.settings)
        host.load()
        return catalogue(self.settings, routines_folder(), host.routines)

    @cached_property
    def heard(self) -> Heard:
        """What a short-lived host hears of input: by the plugins that the daemon listens to, without one by all."""
        told = self.told
        only = None if told is None else {plugin for plugin in told if working(told[plugin], "source")}
        if self.ask:
            self.say(f"Move the mouse or press a key in the next {PATIENCE:g} s.")
        return listen(self.settings, PATIENCE if self.ask else GLANCE, only)

    @cached_property
    def shown(self) -> Shown:
        """What came of a test notification."""
        return show(self.settings, self.ask, self.say)

    @property
    def told(self) -> Plugins | None:
        """How each plugin is doing, as the daemon tells; None without one."""
        found = self.daemon.status.get("plugins") if self.daemon else None
        return found if isinstance(found, Mapping) else None

    @property
    def plugins(self) -> Plugins:
        """The same; without a daemon as the short-lived host found."""
        told = self.told
        return self.heard.plugins if told is None else told

    @cached_property
    def _loaded(self) -> tuple[Settings, tuple[Problem, ...], tuple[Problem, ...]]:
        file = config_file()
        try:
            found = loaded(file if file.exists() or file.is_symlink() else None)
        except SettingsError as error:
            return load(), error.problems, ()
        except OSError as error:
            return load(), (Problem(str(file), None, "", error.strerror or str(error)),), ()
        return found.settings, (), found.notes


def watching(plugins: Plugins) -> list[str]:
    """The sources that tell of input, as far as that is known; of a daemon too old to say so, all."""
    things = [thing for plugin in plugins.values() for thing in plugin.get("things", ())]
    sources = [thing for thing in things if thing["kind"] == "source" and thing["state"] == "ok"]
    return [thing["name"] for thing in sources if thing.get("presence", True)]


def working(plugin: Mapping[str, Any], kind: str) -> list[str]:
    """The names of the things of this kind in a plugin that work."""
    things = plugin.get("things", ())
    return [thing["name"] for thing in things if thing["kind"] == kind and thing["state"] == "ok"]
