"""What comes next, and who watches, in a line each: for the introduction, the keeper and `breakd status`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from breakd.core.hours import quiet
from breakd.core.state import State, rule
from breakd.daemon.speech.status import due_at, local

PHASES = {"waiting": "is due", "shown": "is asked for", "resting": "is on", "halted": "is on, halted by input"}


def outlook(state: State) -> str:
    """What is on, or when the next break is due."""
    if state.paused_until is not None:
        return f"paused until {local(state, state.paused_until):%H:%M}"
    if state.slot.phase != "calm":
        return f"a {rule(state).name} break {PHASES[state.slot.phase]}"
    if quiet(state):
        return f"quiet until {local(state, state.quiet.until):%H:%M}"
    return f"next: {coming(state)}"


def coming(state: State) -> str:
    """When which break is due."""
    dues = [(due, kind) for kind in range(len(state.kinds)) if (due := due_at(state, kind)) is not None]
    if not dues:
        return "nothing is due while nobody is there"
    due, kind = min(dues)
    return f"a {state.rules.breaks[kind].name} break at {local(state, due):%H:%M}, if you keep on as now"


def seeing(plugins: Mapping[str, Any]) -> list[str]:
    """The sources that see input, from what `breakd status --json` tells of plugins."""
    return [thing["name"] for thing in _sources(plugins) if thing["state"] == "ok" and thing["presence"]]


def not_here(plugins: Mapping[str, Any]) -> str:
    """What this machine lacks something for: sources, notifiers beside others; "" if there is nothing.

    A plugin without a source that works is one.
    """
    names: list[str] = []
    for name, plugin in plugins.items():
        sources = _sources({name: plugin})
        lacking = [thing["name"] for thing in sources if thing["state"] == "unavailable"]
        idle = superfluous(name, plugins) if not sources else len(lacking) == len(sources) > 0
        names += [name] if idle else lacking
    return f"not for this machine: {', '.join(names)} (`breakd plugins list` says why)" if names else ""


def superfluous(name: str, plugins: Mapping[str, Any]) -> bool:
    """Whether all that this plugin lacks is what a notifier needs, and another notifier is there."""
    others = [thing for other, plugin in plugins.items() if other != name for thing in plugin["things"]]
    lacks = {thing["kind"] for thing in plugins[name]["things"] if thing["state"] == "unavailable"}
    return lacks == {"notifier"} and any(each["kind"] == "notifier" and each["state"] == "ok" for each in others)


def _sources(plugins: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [thing for plugin in plugins.values() for thing in plugin["things"] if thing["kind"] == "source"]
