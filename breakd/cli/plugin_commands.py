"""Commands that plugins bring: `breakd NAME`, made when it is called."""

from __future__ import annotations

import click

from breakd.cli.client import Failure
from breakd.cli.plugin_hosts import hosted, known
from breakd.plugin.host import Host
from breakd.plugin.loaded import Thing
from breakd.plugin.loading import OWN, found
from breakd.settings.paths import plugin_folder


def made(name: str) -> click.Command | None:
    """The command of this name; None if no plugin has one. Raises Failure if it cannot be made."""
    plugin = name.partition(".")[0]
    if plugin not in known():
        return None
    host = hosted([plugin])
    thing = host.thing("subcommand", name)
    return None if thing is None else _command(thing)


def others() -> list[tuple[str, str]]:
    """Name and help of each command of a plugin, for `breakd --help`. What cannot be made says why."""
    names = [plugin.name for plugin, _ in found(None, plugin_folder()) if plugin.origin != OWN]
    return [(thing.name, _help(thing)) for thing in _things(hosted(names))] if names else []


def _things(host: Host) -> list[Thing]:
    return [thing for plugin in host.plugins.values() for thing in plugin.things if thing.kind == "subcommand"]


def _command(thing: Thing) -> click.Command:
    try:
        command = thing.target()
    except (Exception, SystemExit) as error:
        raise Failure(f"{thing}: {thing.explain(error)}") from None
    if not isinstance(command, click.Command):
        raise Failure(f"{thing}: it gave {command!r}, expected a click.Command")
    return command


def _help(thing: Thing) -> str:
    try:
        return _command(thing).get_short_help_str()
    except Failure as error:
        return error.format_message()
