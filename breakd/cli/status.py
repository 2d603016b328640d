"""`breakd status`: how you sit, how full the bars are, when the next break is due."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

import breakd
from breakd.cli.client import request
from breakd.cli.quick import FORMATS, Wanted, tell
from breakd.daemon.speech import outlook, words
from breakd.plugin.memory import BY_HAND

FAST = ("sitting", "standing", "desk")
WIDTH = 24  # columns of a bar


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="The whole status, for programs.")
@click.option("--format", "style", type=click.Choice(FORMATS), help="One line, for a status bar.")
@click.option("--follow", is_flag=True, help="Go on: a line whenever it would be another one.")
def status(as_json: bool, style: str | None, follow: bool) -> None:
    """How you sit, and when the next break is due."""
    if as_json or style or follow:
        sys.exit(tell(Wanted("json" if as_json else style or "plain", follow)))
    for line in lines(request(do="status")["status"]):
        click.echo(line)


def lines(found: dict[str, Any]) -> list[str]:
    """The status as people read it."""
    now = found["at"]
    told = [f"{_presence(found)} since {_clock(found['since'], now)}, sitting for {found['sitting_s'] // 60:.0f} min"]
    if found["paused_until"]:
        told.append(f"paused until {_clock(found['paused_until'], now)}")
    if found["quiet_until"]:
        told.append(f"quiet until {_clock(found['quiet_until'], now)}")
    if found["scheduled"]:
        call = found["scheduled"]
        told.append(f"{call['name']} is due since {_clock(call['due_at'], now)}")
    if found["prompt"]:
        told.append(_prompt(found["prompt"], now))
    for name, kind in found["breaks"].items():
        due = f"due at {_clock(kind['due_at'], now)}" if kind["due_at"] else "not filling"
        told.append(f"{name:>9}  {bar(kind['bar'])} {kind['bar']:4.0%}  {due}")
    for name, limit in found["limits"].items():
        if name in FAST or limit["level"] != "ok":  # the others are told by `breakd limits`
            share = limit["value"] / limit["of"]
            numbers = f"{limit['value']:.0f} of {limit['of']:.0f} {limit['unit']}, {limit['level']}"
            told.append(f"{name:>9}  {bar(share)} {share:4.0%}  {numbers}")
    if found["readiness"] < 1:
        told.append(f"readiness {found['readiness']:.2f}: limits are tighter, see `breakd limits`")
    told += _settings(found["settings"], now)
    return told + _plugins(found["plugins"]) + _version(found["version"])


def _version(running: str) -> list[str]:
    """After an upgrade the daemon is an old one until somebody starts it anew."""
    if running == breakd.__version__:
        return []
    return [f"version {running} is running, {breakd.__version__} is installed: `breakd service restart`"]


def _plugins(plugins: dict[str, Any]) -> list[str]:
    """Who sees the person, what is not for this machine, and which plugins are not well.

    Why something is missing is told in full as long as nobody sees the person: then it matters.
    """
    seen_by, lacking = outlook.seeing(plugins), outlook.not_here(plugins)
    told = [f"input is seen by {', '.join(seen_by) or 'nobody'}"]
    if seen_by and lacking:
        told.append(lacking)
    for name, plugin in plugins.items():
        lacks = {thing["kind"] for thing in plugin["things"] if thing["state"] == "unavailable"}
        known = ("source" in lacks and "notifier" not in lacks) or outlook.superfluous(name, plugins)
        told_already = bool(seen_by) and plugin["state"] == "unavailable" and known
        by_hand = plugin["state"] == "off" and (not plugin["reason"] or plugin["reason"].startswith(BY_HAND))
        if plugin["state"] != "ok" and not by_hand and not told_already:
            told.append(f"plugin {name}: {plugin['state']}: {'; '.join(plugin['reason'].splitlines())}")
    return told


def _settings(found: dict[str, Any], now: str) -> list[str]:
    """What is to be known of the settings: that they are not right, not watched, or not all read yet."""
    told = []
    if found["state"] == "broken":
        told.append(f"settings: broken since {_clock(found['since'], now)}, what was in force before stays in force:")
        told += [f"  {problem['text']}" for problem in found["problems"]]
    if found["unwatched"]:
        told.append(f"settings: a change may go unheard ({found['unwatched']}): then `breakd reload`")
    if found.get("unread"):  # a daemon of before an upgrade does not tell
        files = "a file" if found["unread"] == 1 else f"{found['unread']} files"
        told.append(f"settings: {files} of routines to be read yet, and before any of them is offered")
    return told


def bar(share: float) -> str:
    """A bar that is full at 1."""
    filled = round(min(1.0, max(0.0, share)) * WIDTH)
    return "█" * filled + "░" * (WIDTH - filled)


def _presence(found: dict[str, Any]) -> str:
    return "locked" if found["locked"] else str(found["presence"])


def _prompt(prompt: dict[str, Any], now: str) -> str:
    resting = f", {prompt['rested_s']:.0f} of {prompt['for_s']:.0f} s rested" if prompt["for_s"] else ""
    phases = {"waiting": "is due", "shown": "is asked for", "resting": "is on", "halted": "is on, halted by input"}
    return f"a {prompt['break']} break {phases[prompt['phase']]} since {_clock(prompt['since'], now)}{resting}"


def _clock(moment: str, now: str) -> str:
    return words.clock(datetime.fromisoformat(moment), datetime.fromisoformat(now))


COMMANDS = {"status": status}
