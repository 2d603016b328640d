"""The state as others may see it: `breakd status --json`, a public contract that only grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import breakd
from breakd.core.hours import quiet
from breakd.core.limits import GAUGES, reading
from breakd.core.state import Call, State, rested, rule
from breakd.core.tally import worn
from breakd.daemon.calendar import zone
from breakd.daemon.clock import wall_time


def status(state: State) -> dict[str, Any]:
    """What is so at `state.now`, in plain values.

    Times are ISO 8601 with offset, `_s` is seconds, limits tell their unit.
    """
    presence = state.presence
    return {
        "version": breakd.__version__,
        "at": _iso(state, state.now),
        "presence": {"input": "active", "reading": "idle", "away": "away"}[presence.doing],
        "since": _iso(state, presence.since),
        "locked": presence.locked is not None,
        "posture": presence.stance,
        "busy": sorted({claim.reason for claim in presence.claims}),
        "sitting_s": _seconds(state.tally.bout_ms),
        "breaks": {breaks.name: _break(state, kind) for kind, breaks in enumerate(state.rules.breaks)},
        "prompt": _prompt(state),
        "limits": {gauge: _limit(*reading(state, gauge)) for gauge in GAUGES},
        "sleep": {"last_night_s": None, "debt_s": None, "awake_s": None},
        "readiness": None,
        "paused_until": None if state.paused_until is None else _iso(state, state.paused_until),
        "quiet_until": _iso(state, state.quiet.until) if quiet(state) else None,
        "scheduled": None if state.call is None else _call(state, state.call),
    }


def due_at(state: State, kind: int) -> int | None:
    """When this bar is full if things go on as they are, ms of boot time; None if it does not fill."""
    breaks, level = state.rules.breaks[kind], state.tally.levels[kind]
    speed = state.rules.speeds[worn(state.rules, state.tally, state.ledger.manner)][kind]
    if level < breaks.full and speed <= 0:
        return None
    full = state.now if level >= breaks.full else state.now - (level - breaks.full) // speed
    due = max(full, state.kinds[kind].quiet_until)
    return state.quiet.until if state.quiet.since <= due < state.quiet.until else due


def _call(state: State, call: Call) -> dict[str, Any]:
    return {"name": call.name, "due_at": _iso(state, call.due), "until": _iso(state, call.until)}


def _break(state: State, kind: int) -> dict[str, Any]:
    breaks, due = state.rules.breaks[kind], due_at(state, kind)
    return {
        "bar": round(state.tally.levels[kind] / breaks.full, 4),
        "due_at": None if due is None else _iso(state, due),
        "snoozes": state.kinds[kind].snoozes,
    }


def _prompt(state: State) -> dict[str, Any] | None:
    slot = state.slot
    if slot.phase == "calm":
        return None
    resting = slot.phase in ("resting", "halted")
    return {
        "break": rule(state).name,
        "phase": slot.phase,
        "since": _iso(state, slot.since),
        "attempt": slot.attempt,
        "routine": slot.routine or None,
        "for_s": _seconds(slot.length) if resting else None,
        "rested_s": _seconds(rested(state)) if resting else None,
    }


def _limit(value: int, limit: int, level: str) -> dict[str, Any]:
    return {"value": round(value / 60_000, 1), "of": round(limit / 60_000, 1), "unit": "min", "level": level}


def _seconds(ms: int) -> float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


def _iso(state: State, core_ms: int) -> str:
    return local(state, core_ms).isoformat(timespec="seconds")


def local(state: State, core_ms: int) -> datetime:
    """A core time by the person's own clock."""
    return wall_time(core_ms + state.offset, zone(state.zone))
