"""Commands of the person, and what is answered to each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_args

from breakd.core.asking import against
from breakd.core.bars import Stance
from breakd.core.decisions import BreakStarted, Decision
from breakd.core.events import Order
from breakd.core.state import State
from breakd.daemon.control.server import Misuse
from breakd.daemon.loop import Loop
from breakd.daemon.speech import words
from breakd.daemon.speech.status import local
from breakd.plugin.loaded import nearest
from breakd.settings.durations import MONTH

NOTHING: dict[Order, str] = {
    "start": "a break is already on",
    "stop": "no break is on",
    "snooze": "nothing to snooze: no break is due",
    "skip": "nothing to skip: no break is due",
    "resume": "not paused",
}


TOMORROW = "tomorrow"


def until(loop: Loop, moment: str) -> int:
    """How long it is until "14:00", or until "tomorrow", which is when the next day starts, ms; by the local clock.

    Raises ValueError, which says what is expected.
    """
    if moment == TOMORROW:
        return max(1, loop.next_day() - loop.now())
    try:
        hour, minute = (int(part) for part in moment.split(":"))
        now = local(loop.state, loop.now())
        found = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    except ValueError:
        raise Misuse(f'"until" is {moment!r}, expected a time of day such as "14:00", or "{TOMORROW}"') from None
    if found.timestamp() <= now.timestamp():
        found += timedelta(days=1)
    return round((found.timestamp() - now.timestamp()) * 1000)


def obey(loop: Loop, order: Order, for_ms: int | None = None, routine: str = "") -> dict[str, Any]:
    """Carry the command out; "said" tells what it led to. Raises ValueError if there was nothing to do."""
    if routine and order != "start":
        raise Misuse(f'"routine" goes with start alone, not with {order}')
    routine = _known(routine, list(loop.state.rules.by_id)) if routine else ""
    if for_ms is not None and not 0 < for_ms <= MONTH:
        raise Misuse('"for" is no such time, expected a duration of more than nothing and at most 31 days')
    before = loop.current()
    if idle(before, order):
        raise ValueError(NOTHING[order])
    decisions = loop.command(order, for_ms, "command", routine)
    from breakd.daemon.speech import happenings  # here: at the start nobody commands anything

    said = [happenings.line(decision) for decision in decisions]
    return {"said": said + _begun(before, decisions) + _pauses(loop.state, order)}


def _begun(before: State, decisions: Sequence[Decision]) -> list[str]:
    """What is done in the break that begins, where its steps stand if no guide shows them, what is against it.

    What the person asks for by name is begun whatever speaks against it (rule 14), but not without a word (rule 22).
    """
    routines = [each.routine for each in decisions if isinstance(each, BreakStarted) and each.routine]
    steps = [f"{each.title}: `breakd routines show {each.id}`" for each in routines]
    found = [against(before, each) for each in routines]
    steps += [f"by itself breakd would not offer it now: {words.against(each)}" for each in found if each]
    bare = [each.kind for each in decisions if isinstance(each, BreakStarted) and not each.routine]
    return steps + [
        "without a routine: none may be offered now" for kind in bare if before.rules.candidates[kind].known
    ]


def stand(loop: Loop, value: object) -> dict[str, Any]:
    """Take over how the person is at the desk. Raises ValueError if that is no posture, or nothing new."""
    found = next((stance for stance in get_args(Stance) if stance == value), None)
    if found is None:
        raise Misuse(f'"value" is {value!r}, expected one of: {", ".join(get_args(Stance))}')
    if found == loop.current().presence.stance:
        raise ValueError(f"already {found}")
    loop.posture(found, "command")
    return {"said": [f"{found} from now on"]}


def _known(name: str, ids: list[str]) -> str:
    """The id meant by this name, which may be the last part of one. Raises ValueError with the nearest."""
    found = [each for each in ids if each == name] or [each for each in ids if each.partition(".")[2] == name]
    if len(found) > 1:
        raise ValueError(f"several routines are called {name}: {', '.join(found)}")
    if not found:
        raise ValueError(f"no such routine: {name}{nearest(name, ids)}")
    return found[0]


def idle(state: State, order: Order) -> bool:
    """Whether the command finds nothing to act on."""
    on = state.slot.phase in ("resting", "halted")
    return {
        "start": on,
        "stop": not on,
        "snooze": state.slot.phase == "calm",
        "skip": state.slot.phase == "calm",
        "pause": False,
        "resume": state.paused_until is None,
    }[order]


def _pauses(state: State, order: Order) -> list[str]:
    if order == "pause" and state.paused_until is not None:
        until = words.clock(local(state, state.paused_until), local(state, state.now))
        return [f"paused until {until}"]
    return ["resumed"] if order == "resume" else []
