"""How things stand, in a line for a status bar. Times are absolute: a line holds until something happens.

A countdown would be wrong a minute later, or wake the machine every minute to stay right. Only what a reader of that
line would see makes another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from breakd.core.hours import quiet
from breakd.core.limits import GAUGES, reading
from breakd.core.state import State, rested, rule
from breakd.daemon.speech import words
from breakd.daemon.speech.status import due_at, local

Facts = dict[str, Any]
MOVING = ("at", "sitting_s")  # numbers of a status that change by themselves, as do these in its parts:
MOVING_PARTS = {"breaks": "bar", "limits": "value"}


class Look(NamedTuple):
    """The text of a line, what kind of line it is, and what there is to say besides."""

    text: str
    kind: str  # calm, due, prompt, break, paused, quiet, away
    level: str  # of the gravest limit: ok, near, over
    more: tuple[str, ...] = ()


def look(state: State) -> Look:
    """How things stand. Small breaks that come silently are not spoken of, unless there are no others."""
    text, kind = _text(state)
    levels = {gauge: reading(state, gauge)[2] for gauge in GAUGES}
    gravest = max(levels.values(), key=("ok", "near", "over").index)
    told = [f"{name}: {LEVELS[level]}" for name, level in levels.items() if level != "ok"]
    return Look(text, kind, gravest, (SENTENCES[kind], *told))


LEVELS = {"near": "near its limit", "over": "over its limit"}
SENTENCES = {
    "calm": "The time of the next break, if you keep on as now.",
    "due": "A break is due: it waits for a pause in what you do.",
    "prompt": "A break is asked for. Stop typing, and it has begun.",
    "break": "A break is on. Nothing needs to be clicked.",
    "paused": "No prompts until then.",
    "quiet": "Quiet hours, or outside working hours: no prompts until then.",
    "away": "Away from the desk.",
}


def _text(state: State) -> tuple[str, str]:
    slot = state.slot
    if slot.phase in ("resting", "halted"):
        until = state.now + slot.length - rested(state)
        return ("break until " + _clock(state, until) if slot.phase == "resting" else "break halted"), "break"
    if slot.phase != "calm" and slot.kind in _spoken_of(state):
        what, _ = words.WHATS[rule(state).leaving]
        return f"time {what}", "due" if slot.phase == "waiting" else "prompt"
    if state.paused_until is not None:
        return f"paused until {_clock(state, state.paused_until)}", "paused"
    if quiet(state):
        return f"quiet until {_clock(state, state.quiet.until)}", "quiet"
    if state.presence.away:
        return "away", "away"
    due = min((due for kind in _spoken_of(state) if (due := due_at(state, kind)) is not None), default=None)
    return (f"break at {_clock(state, due)}" if due is not None else "no break ahead"), "calm"


def _spoken_of(state: State) -> list[int]:
    kinds = range(len(state.rules.breaks))
    return [kind for kind in kinds if not state.rules.breaks[kind].transient] or list(kinds)


def _clock(state: State, core_ms: int) -> str:
    return words.clock(local(state, core_ms), local(state, state.now))


# -- formats --------------------------------------------------------------------------------------------------------


def _plain(seen: Look) -> str:
    return seen.text


def _waybar(seen: Look) -> Facts:
    return {
        "text": seen.text,
        "alt": seen.kind,
        "class": [seen.kind, *([seen.level] if seen.level != "ok" else [])],
        "tooltip": "\n".join(seen.more),
    }


def _polybar(seen: Look) -> str:
    """Left click starts a break, right click snoozes. Colours are the bar's own to choose."""
    return f"%{{A1:breakd start:}}%{{A3:breakd snooze:}}{seen.text}%{{A}}%{{A}}"


# What a bar shows when no daemon runs is the client's to say, see `breakd/cli/quick.py`.
FORMATS: Mapping[str, Callable[[Look], str | Facts]] = {"plain": _plain, "waybar": _waybar, "polybar": _polybar}


def still(status: Facts) -> Facts:
    """The status without the numbers that move by themselves: two that are the same need not be told apart."""
    found = {key: value for key, value in status.items() if key not in MOVING}
    for part, key in MOVING_PARTS.items():
        found[part] = {name: {**values, key: None} for name, values in status[part].items()}
    if status["prompt"] is not None:
        found["prompt"] = {**status["prompt"], "rested_s": None}
    return found
