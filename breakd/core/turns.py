"""What turned between two states without being a decision: a break became due, the person left, a pause began."""

from __future__ import annotations

from typing import Literal, NamedTuple

from breakd.core.state import Slot, State

Turning = Literal["break_due", "away", "back", "paused", "resumed"]


class Turn(NamedTuple):
    """What turned, at `at` (ms). `kind`: the break that is due; `until`: when the pause ends, ms; None: neither."""

    what: Turning
    at: int
    kind: str = ""
    until: int | None = None


def turns(before: State, after: State) -> tuple[Turn, ...]:
    """What turned from one step to the next, in the order of the table in the documentation."""
    found: list[Turn] = []
    slot = after.slot
    if _open(slot) and not (_open(before.slot) and before.slot.kind == slot.kind):
        found.append(Turn("break_due", after.now, after.rules.breaks[slot.kind].name))
    if before.presence.away != after.presence.away:
        found.append(Turn("away" if after.presence.away else "back", after.now))
    if before.paused_until != after.paused_until:
        resumed = after.paused_until is None
        found.append(Turn("resumed" if resumed else "paused", after.now, until=after.paused_until))
    return tuple(found)


def _open(slot: Slot) -> bool:
    return slot.phase in ("waiting", "shown")
