"""What comes next, in one line: for the introduction of the daemon and for whoever keeps it."""

from __future__ import annotations

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
