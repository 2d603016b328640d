"""Plugins as commands see them: those of a running daemon, or loaded here, just as the daemon would."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from breakd.cli.client import Failure, NoDaemon, request
from breakd.plugin.files import File
from breakd.plugin.host import Host
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Say, nearest
from breakd.plugin.loading import found
from breakd.plugin.memory import Memory
from breakd.settings.errors import SettingsError
from breakd.settings.load import load, locator
from breakd.settings.model import Settings
from breakd.settings.paths import config_file, plugin_folder, plugin_memory
from breakd.settings.routines import load_routines


def settings() -> Settings:
    """The person's settings; the defaults where those have mistakes, which `breakd config check` tells."""
    file = config_file()
    try:
        return load(file if file.exists() else None)
    except SettingsError:
        return load()


def hosted(
    only: Collection[str] | None = None,
    say: Say = lambda _: None,
    order: Sequence[str] = (),
    deliver: Callable[..., None] = lambda *_: None,
    limits: Limits = Limits(),  # noqa: B008  frozen
) -> Host:
    """A host like the daemon's, with these plugins loaded; what it learns of them is not remembered."""
    host = Host(
        deliver=deliver,
        load_routines=load_routines,
        tables=settings().plugins,
        locate=locator(config_file()),
        order=order,
        say=say,
        folder=plugin_folder(),
        memory=Memory(plugin_memory(), frozen=True),
        limits=limits,
    )
    with contextlib.redirect_stdout(sys.stderr):  # what a hook prints is not the answer
        host.load(only)
    return host


def known() -> list[str]:
    """The names of all plugins there are; none is imported."""
    return sorted({plugin.name for plugin, _ in found(None, plugin_folder())})


def need(name: str) -> None:
    """Raise Failure unless there is a plugin of this name."""
    names = known()
    if name not in names:
        raise Failure(f"there is no plugin {name!r}{nearest(name, names)}; `breakd plugins list` shows all")


def add_file(host: Host, path: Path) -> str:
    """Load a plugin that is a file, wherever it is; its name. Raises Failure if the host does not take it."""
    if not path.exists():
        raise Failure(f"{path}: no such file")
    file = File(path.stem, path.absolute(), named=True)
    host.add_file(file)
    plugin = host.plugins[file.name]
    if plugin.fate != "ok" or plugin.origin != file.value:
        raise Failure(f"{path}: {plugin.fate}: {plugin.why}")
    return file.name


def facts() -> tuple[dict[str, dict[str, Any]], bool]:
    """What is known of each plugin by name, and whether a running daemon said so."""
    try:
        return request(do="status")["status"]["plugins"], True
    except NoDaemon:
        return {name: plugin.facts() for name, plugin in sorted(hosted().plugins.items())}, False
