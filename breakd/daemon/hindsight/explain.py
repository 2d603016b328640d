"""Why things stand as they do: what comes next and because of what, the last prompt, and its routine (rule 20)."""

from __future__ import annotations

from typing import Any, NamedTuple

from breakd.core import conditions as when
from breakd.core.asking import reasons
from breakd.core.decisions import Because
from breakd.core.events import Entry, Started
from breakd.core.hours import quiet
from breakd.core.limits import grounds, tightening
from breakd.core.state import State, rested, rule
from breakd.daemon.fold import as_of
from breakd.daemon.speech.status import due_at, local, status
from breakd.daemon.store.facts import Did, because_facts
from breakd.daemon.store.journal import Journal, JournalError

Facts = dict[str, Any]
WARNINGS = 50  # are looked through for the last of each limit


class Next(NamedTuple):
    """What comes next: a break of `kind` (an index, -1: none) at `at` (core ms; None: not known), and why."""

    kind: int
    at: int | None
    because: tuple[Because, ...]


def coming(state: State) -> Next:
    """What comes next in this state."""
    slot, now = state.slot, state.now
    if slot.phase in ("resting", "halted"):
        left = slot.length - rested(state)
        halted = [Because("halted")] if slot.phase == "halted" else []
        end = now + left if slot.phase == "resting" else None
        return Next(slot.kind, end, (Because("rested_ms", rested(state), slot.length), *halted))
    if slot.phase != "calm":
        waits = _waits(state) if slot.phase == "waiting" else [Because("attempt", slot.attempt, rule(state).attempts)]
        return Next(slot.kind, None, (*reasons(state), *waits))
    if state.paused_until is not None:
        return Next(-1, None, (Because("paused_ms", state.paused_until - now),))
    if state.presence.away:
        return Next(-1, None, (Because("away_ms", now - state.presence.since, state.rules.presence.away),))
    dues = [(due, kind) for kind in range(len(state.kinds)) if (due := due_at(state, kind)) is not None]
    if not dues:
        return Next(-1, None, (Because("nothing_fills"),))
    due, kind = min(dues)
    return Next(kind, due, tuple(_calm(state, kind)))


def _calm(state: State, kind: int) -> list[Because]:
    breaks, level = state.rules.breaks[kind], state.tally.levels[kind]
    found = [Because(f"bar_{breaks.counts}", level / breaks.full, 1)]
    if breaks.leaving:
        found.append(Because("sitting_ms", state.tally.bout_ms, state.rules.limits.sitting))
        found += tightening(state, "sitting")
    if level < breaks.full:
        found.append(Because("full_ms", -(-(breaks.full - level) // (3 * breaks.duration)), breaks.every))
    if state.kinds[kind].quiet_until > state.now:
        found.append(Because("quiet_ms", state.kinds[kind].quiet_until - state.now))
    if quiet(state):
        found.append(Because("quiet_hours_ms", state.quiet.until - state.now))
    return found


def _waits(state: State) -> list[Because]:
    """What a break that is due waits for."""
    holds, prompt = when.hold(state), state.rules.prompt
    if holds:
        return [Because("hold", what=holds)]
    if not when.prompts_allowed(state):
        return [Because("per_hour", len(state.notes), prompt.per_hour)]
    return [Because("lull_ms", prompt.lull, prompt.patience)]


def why(state: State, journal: Journal, up_to: int | None = None) -> Facts:
    """What `breakd why --json` prints: `next`, `last` (the last prompt), `routine` (either may be None) and `limits`.

    `up_to`: the last row of the journal that is to be known of; None: all of it.
    """
    found = coming(state)
    last = journal.latest_of("prompt", up_to)
    facts = last.facts if isinstance(last, Did) else {}
    prompt = None if last is None else {"at": journal.wall(last.seq).text(last.at), **facts}
    routine = state.rules.by_id.get(state.slot.routine or str(facts.get("routine")))
    return {
        "at": _iso(state, state.now),
        "next": {
            "phase": state.slot.phase,
            "break": state.rules.breaks[found.kind].name if found.kind >= 0 else None,
            "at": None if found.at is None else _iso(state, found.at),
            "because": because_facts(found.because),
        },
        "last": prompt,
        "routine": None if routine is None else {"id": routine.id, "title": routine.title, "because": routine.because},
        "limits": _limits(state, journal, up_to),
    }


def _limits(state: State, journal: Journal, up_to: int | None) -> Facts:
    """Each limit as in `breakd status`, with the share at which it is near, and what was last told of it."""
    told: dict[str, Facts] = {}
    row = up_to
    for _ in range(WARNINGS):
        last = journal.latest_of("warn", row)
        if not isinstance(last, Did):
            break
        facts = {"at": journal.wall(last.seq).text(last.at), **last.facts}
        told.setdefault(str(last.facts["limit"]), facts)
        row = last.seq - 1
    limits = state.rules.limits
    nears = {"awake": round(min(limits.awake_near, limits.awake) / limits.awake, 2)}
    return {
        name: {
            **each,
            "near": nears.get(name, limits.near),
            "because": because_facts(grounds(state, name)),
            "told": told.get(name),
        }
        for name, each in status(state)["limits"].items()
    }


def why_at(journal: Journal, core_ms: int) -> Facts:
    """The same of a past moment, by what was known then. Raises JournalError if the journal begins later.

    `unwatched`: from when to when breakd did not run, if the moment lies in there; else None.
    """
    state, row = as_of(journal, core_ms), journal.since(core_ms + 1)
    if state is None:
        raise JournalError("the journal begins later")
    start = journal.next_of(Started.name, row)
    dead = isinstance(start, Entry) and start.at <= core_ms < start.seen
    wall = journal.wall(row)
    unwatched = [wall.text(edge) for edge in (start.at, start.seen)] if isinstance(start, Entry) and dead else None
    return {**why(state, journal, row), "unwatched": unwatched}


def _iso(state: State, core_ms: int) -> str:
    return local(state, core_ms).isoformat(timespec="seconds")
