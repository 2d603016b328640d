"""The state as others may see it: `breakd status --json`, a public contract that only grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import breakd
from breakd.core.body.readiness import is_severe
from breakd.core.body.sleep import debt, is_main, night_of, nights
from breakd.core.body.state import FULL
from breakd.core.hours import quiet
from breakd.core.limits import FAST, GAUGES, UNITS, grounds, reading, slow
from breakd.core.state import Call, State, rested, rule
from breakd.core.tally import worn
from breakd.daemon.timing.calendar import zone
from breakd.daemon.timing.clock import wall_time


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
        "limits": {gauge: limit(state, gauge) for gauge in GAUGES},
        "sleep": _sleep(state),
        "body": _body(state),
        "readiness": state.body.readiness / FULL,
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


def _body(state: State) -> dict[str, Any]:
    """What else is known. `at_most_s`: last night, untold but bounded; `lowers`: what lowers readiness."""
    body, rule = state.body, state.configured.sleep
    told = any(is_main(rule, each) and night_of(body, rule, each) == body.day for each in body.sleeps)
    known = nights(body, rule).get(body.day)
    return {
        "at_most_s": None if told or known is None else _seconds(known),
        "lowers": [{"code": code, "value": value, "of": of} for code, value, of in body.worst],
        "easy_day": body.easy_because if body.easy == body.day else None,
        "severe_pain": is_severe(body),
        "unknown": unknown(state),
    }


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


def limit(state: State, gauge: str) -> dict[str, Any]:
    """A gauge in its own unit."""
    value, of, level = reading(state, gauge)
    unit, scale = UNITS[gauge]
    return {"value": round(value / scale, 1), "of": round(of / scale, 1), "unit": unit, "level": level}


def unknown(state: State) -> list[str]:
    """The limits of which nothing is known: nobody told, and nothing could be seen."""
    return [name for name, gauge in zip(GAUGES[len(FAST) :], slow(state), strict=True) if not gauge.known]


def limits(state: State) -> dict[str, Any]:
    """What `breakd limits --json` prints: each limit with its reasons, and what they come from."""
    from breakd.daemon.store.facts import because_facts

    found = status(state)
    told = {name: {**each, "because": because_facts(grounds(state, name))} for name, each in found["limits"].items()}
    return {key: found[key] for key in ("at", "readiness", "sleep", "body")} | {"limits": told}


def _sleep(state: State) -> dict[str, Any]:
    """Last night as it was told, the debt, the hours awake; None: not known."""
    body, rule = state.body, state.configured.sleep
    told = [each for each in body.sleeps if is_main(rule, each) and night_of(body, rule, each) == body.day]
    known = nights(body, rule)
    last = sum(each.until - each.since for each in told)
    return {
        "last_night_s": _seconds(last) if told else None,
        "debt_s": _seconds(debt(body, rule)) if known else None,
        "awake_s": None if body.woke is None else _seconds(state.now - body.woke),
    }


def _seconds(ms: int) -> float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


def _iso(state: State, core_ms: int) -> str:
    return local(state, core_ms).isoformat(timespec="seconds")


def local(state: State, core_ms: int) -> datetime:
    """A core time by the person's own clock."""
    return wall_time(core_ms + state.offset, zone(state.zone))
