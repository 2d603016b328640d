"""What commands know of routines without a daemon: settings, plugins and own files, read as it would read them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from breakd.cli.client import Failure
from breakd.core.routines import Routine
from breakd.plugin.host import Host
from breakd.plugin.memory import Memory
from breakd.settings.catalogue import Catalogue, laid_over, own_files
from breakd.settings.convert import nearest
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.load import load
from breakd.settings.model import Settings
from breakd.settings.pack_cache import Packs
from breakd.settings.paths import config_file, pack_cache, plugin_folder, plugin_memory, routines_folder


class Shelf(NamedTuple):
    """The person's settings and routines; `read`: the files of routines, where their links lead."""

    settings: Settings
    catalogue: Catalogue
    read: frozenset[str] = frozenset()

    @property
    def every(self) -> Sequence[Routine]:
        """All routines, those that are switched off too, by id."""
        return sorted((*self.catalogue.routines, *self.catalogue.off), key=lambda routine: routine.id)

    def find(self, name: str) -> Routine:
        """The routine of this id, or of this last part of an id if there is only one. Raises Failure."""
        found = [each for each in self.every if each.id == name]
        found = found or [each for each in self.every if each.id.partition(".")[2] == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise Failure(f"several routines are called {name}: {', '.join(each.id for each in found)}")
        hint = nearest(name, [each.id for each in self.every])
        raise Failure(f"there is no routine {name!r}{hint}; `breakd routines list` shows all")

    def source(self, routine: Routine) -> str:
        """Where a routine comes from: a person's own file, or a plugin."""
        return self.catalogue.files.get(routine.id) or f"plugin {routine.id.partition('.')[0]}"


def shelf(extra: Sequence[Path] = ()) -> Shelf:
    """Everything as it is now, with these files as well. Settings with mistakes are said, and the defaults used."""
    settings, packs = _settings(), Packs(pack_cache())
    host = Host(
        deliver=_nobody,
        load_routines=packs.load,
        tables=settings.plugins,
        say=_silent,
        folder=plugin_folder(),
        memory=Memory(plugin_memory(), frozen=True),
    )
    host.load()
    problems: list[Problem] = []
    files = {os.path.realpath(file): file for file in (*own_files(routines_folder(), problems), *extra)}
    return Shelf(settings, laid_over(settings, files.values(), host.routines, packs, problems), frozenset(files))


def _settings() -> Settings:
    file = config_file()
    try:
        return load(file if file.exists() else None)
    except SettingsError as error:
        click.echo(f"{error}\nyour settings have mistakes, so the defaults are used", err=True)
        return load()


def _nobody(*_told: object) -> None:
    """Nothing is watched here."""


def _silent(_line: str) -> None:
    """Plugins that fail are the daemon's to tell of, and `breakd plugins`'."""
