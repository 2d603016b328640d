"""`breakd plugins`: which there are and how they do, a new one, and what is wrong with one."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from breakd.cli.client import Failure, NoDaemon, request
from breakd.cli.completing import plugin_names
from breakd.cli.plugin_hosts import facts, hosted, need
from breakd.cli.plugin_new import KINDS
from breakd.daemon.speech.lengths import times
from breakd.plugin.memory import BY_HAND, Memory
from breakd.plugin.tables import keys as keys_of
from breakd.settings.load import locator
from breakd.settings.paths import config_file, plugin_memory

COLORS = {"ok": "green", "failed": "red", "unavailable": "yellow", "unconfigured": "yellow", "off": "bright_black"}
WAIT = 15.0  # s for the daemon to load a plugin anew
LOOK = 0.05  # s between looks whether it has
FOLLOW = 1.0  # s between looks at new calls

as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group("plugins")
def plugins() -> None:
    """Everything beyond the core is a plugin. `breakd plugins new NAME` begins one of your own."""


@plugins.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """Every plugin: what it offers, how it does, and why it does not."""
    found, live = facts()
    if as_json:
        click.echo(json.dumps({"running": live, "plugins": found}))
        return
    rows = [
        (
            name,
            each["state"],
            offers(each),
            origin(each),
            str(each["failures"] or ""),
            f"{each['took_s'] * 1000:.0f} ms",
        )
        for name, each in found.items()
    ]
    table(("plugin", "state", "offers", "from", "failures", "load"), rows)
    for name, each in found.items():
        for line in each["reason"].splitlines():
            click.echo(f"{name}: {line}")
    if not live:
        click.echo("no daemon is running: this is how they load here")


def _row(name: str, each: dict[str, Any]) -> tuple[str, ...]:
    load = f"{each['took_s'] * 1000:.0f} ms"
    return name, each["state"], offers(each), origin(each), str(each["failures"] or ""), load


@plugins.command("info", short_help="One plugin: where it is from, what it offers, its keys.")
@click.argument("name", shell_complete=plugin_names)
@as_json_option
def info(name: str, as_json: bool) -> None:
    """One plugin: where it is from, what it offers, and the keys of its table in the settings."""
    need(name)
    every, live = facts()
    loaded = hosted([name]).plugins[name]
    keys = [] if loaded.settings is None else keys_of(loaded.settings, loaded.table)
    each = every.get(name) or loaded.facts()
    if as_json:
        click.echo(json.dumps({"running": live, "name": name, **each, "settings": keys}))
        return
    click.echo(f"{name}: {click.style(each['state'], fg=COLORS.get(each['state']))}, from {origin(each)}")
    for line in each["reason"].splitlines():
        click.echo(f"  {line}")
    for thing in each["things"]:
        failures = f", failed {thing['failures']} times" if thing["failures"] else ""
        click.echo(f"  {thing['kind']} {thing['name']}: {thing['state']}{failures}")
    if each["routines"]:
        click.echo(f"  routines: {each['routines']}; `breakd routines list` shows them")
    if keys:
        click.echo("")
        rows = [(key["key"], key["type"], key["default"], key["value"]) for key in keys]
        table((f"[plugins.{name}]", "type", "default", "yours"), rows)


@plugins.command("new", short_help="Begin a plugin of your own.")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="What it is to be.")
@click.option("--package", is_flag=True, help="A project ready to publish, with a test, in the present folder.")
def new(name: str, kind: str, package: bool) -> None:
    """Begin a plugin: a single file in your folder of plugins, which breakd loads as it is."""
    from breakd.cli.plugin_new import as_file, as_package

    for line in as_package(name, kind) if package else as_file(name, kind):
        click.echo(line)


@plugins.command("check")
@click.argument("plugin", metavar="PATH")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="A key of its table, such as reps=3.")
@as_json_option
def check(plugin: str, sets: tuple[str, ...], as_json: bool) -> None:
    """Try what the contracts ask, and see what is missing. PATH: a file, a project's folder, or an installed plugin.

    Nothing but the plugin itself runs. A notifier is really called: what it shows is seen.
    """
    from breakd.cli.plugin_check import examined

    with contextlib.redirect_stdout(sys.stderr):  # what the plugin prints is not the answer
        found = examined(plugin, sets)
    failed = [each for each in found if each.verdict == "failed"]
    if as_json:
        click.echo(json.dumps({"ok": not failed, "findings": [each._asdict() for each in found]}))
    else:
        marks = {"ok": "ok", "failed": "FAILED", "skipped": "skipped", "missing": "missing"}
        table(("", "what", "rule", "why"), [(marks[each.verdict], *each[:2], each.why) for each in found])
    sys.exit(1 if failed else 0)


@plugins.command("trace", short_help="Each call of a plugin by the running daemon.")
@click.option("-f", "--follow", is_flag=True, help="Go on with new calls, until Ctrl-C.")
@as_json_option
def trace(follow: bool, as_json: bool) -> None:
    """Each call of a plugin by the running daemon: when, how long it took, what came of it; first the hooks."""
    every = request(do="status")["status"]["plugins"]
    if not as_json:
        for name, each in every.items():
            click.echo(f"{'at the start':12}  {each['took_s']:9.3f} s  hook {name}: {each['state']}")
    seen: set[str] = set()
    while True:
        for call in request(do="calls")["calls"]:
            key = f"{call['at']} {call['thing']} {call['outcome']}"
            if key not in seen:
                seen.add(key)
                click.echo(json.dumps(call) if as_json else _called(call))
        if not follow:
            return
        time.sleep(FOLLOW)


@plugins.command("enable", short_help="Allow a plugin that was switched off.")
@click.argument("name", shell_complete=plugin_names)
def enable(name: str) -> None:
    """Allow a plugin that was switched off, by you or because it held up the daemon."""
    was = _remember(lambda memory: memory.drop(name), name)
    if hosted([name]).plugins[name].state == "off" and not was:
        place = locator(config_file())(("plugins", name, "enabled")) or config_file()
        raise Failure(f"your settings switch {name} off: {place}: plugins.{name}.enabled")
    _tell(name, "on")


@plugins.command("disable")
@click.argument("name", shell_complete=plugin_names)
def disable(name: str) -> None:
    """Switch a plugin off, now and in future."""
    _remember(lambda memory: memory.put(name, BY_HAND), name)
    _tell(name, "off")


def _remember(change: Any, name: str) -> Any:
    need(name)
    path = plugin_memory()
    try:
        return change(Memory(path))
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def _tell(name: str, what: str) -> None:
    """Let a running daemon follow, and say what is so then; without one, that it will be on or off: `what`."""
    try:
        request(do="plugin", name=name)
        end = time.monotonic() + WAIT
        while (answer := request(do="plugin", name=name, ask=True))["pending"] and time.monotonic() < end:
            time.sleep(LOOK)
    except NoDaemon:
        click.echo(f"{name}: {what} from the next start")
        return
    each = answer["plugin"] or {"state": "gone", "reason": ""}
    reason = f": {'; '.join(each['reason'].splitlines())}" if each["reason"] else ""
    click.echo(f"{name}: {each['state']}{reason}")


def _called(call: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(call["at"]).astimezone()
    return f"{at:%H:%M:%S.%f}"[:12] + f"  {call['seconds']:9.3f} s  {call['thing']}: {call['call']}: {call['outcome']}"


def offers(each: dict[str, Any]) -> str:
    """What a plugin registered, in words."""
    kinds = [thing["kind"] for thing in each["things"]]
    counted = [f"{kinds.count(kind)} {kind}s" if kinds.count(kind) > 1 else kind for kind in dict.fromkeys(kinds)]
    return ", ".join([*counted, *[times(each["routines"], "routine")] * bool(each["routines"])])


def origin(each: dict[str, Any]) -> str:
    """Where a plugin is from."""
    home = str(Path.home())
    path = each["origin"].replace(home, "~", 1) if each["origin"].startswith(home) else each["origin"]
    return f"{path} {each['version']}".strip()


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in a terminal, else plain columns."""
    if not sys.stdout.isatty():
        every = [header, *rows]
        widths = [max(len(each[column]) for each in every) for column in range(len(header))]
        for cells in every:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        drawn.add_column(name, overflow="fold")
    for cells in rows:
        styles = {"FAILED": "bold red", "failed": "red", "off": "dim", "unavailable": "yellow", "missing": "yellow"}
        drawn.add_row(*cells, style=next((style for word, style in styles.items() if word in cells[:2]), None))
    Console(highlight=False, markup=False).print(drawn)


COMMANDS = {"plugins": plugins}
