"""Advisers are asked shortly before a break is due, and their answer is an event: the core itself only reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from breakd.core.events import Gathered
from breakd.core.state import UNADVISED, State
from breakd.daemon.speech.status import due_at, local
from breakd.plugin.host import Host
from breakd.plugin.interfaces import Context

LEAD = 10_000  # ms before a break is due: advisers have 2 s, and a break that is due may be shown at once
FRESH = 600_000  # ms for which an answer about the same kind of break still holds


class Advice:
    """Asks in time. `gather`: takes what is to be journalled, if it is news."""

    def __init__(self, host: Host, gather: Callable[[Gathered], None], lead: int = LEAD) -> None:
        self._lead = lead
        self._host = host
        self._gather = gather
        self._asked: dict[int, int] = {}  # kind of break -> core time
        self._timer: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        self._state: State

    def follow(self, state: State) -> None:
        """Ask now, or when it is time to."""
        if not self._host.has("adviser") and state.gathered == UNADVISED:
            return  # nearly everybody
        self._state = state
        if self._timer is not None:
            self._timer.cancel()
        kind, due = _next(state)
        if kind < 0 or state.slot.phase not in ("calm", "waiting"):
            return
        if due - self._lead > state.now:
            self._timer = asyncio.get_running_loop().call_later((due - self._lead - state.now) / 1000, self._ask, kind)
        elif state.now - self._asked.get(kind, -FRESH) >= FRESH:
            self._ask(kind)

    def stop(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()

    def _ask(self, kind: int) -> None:
        if self._asking is None or self._asking.done():
            self._asked[kind] = self._state.now
            self._asking = asyncio.get_running_loop().create_task(self._gathered(kind), name="breakd advice")

    async def _gathered(self, kind: int) -> None:
        given = await self._host.advise(context(self._state, kind))
        said = Gathered(given.advice, given.routines)
        if said != self._state.gathered:
            self._gather(said)


def context(state: State, kind: int) -> Context:
    """What advisers are told about a break of this kind."""
    breaks = state.rules.breaks[kind]
    return Context(
        now=local(state, state.now),
        kind=breaks.name,
        seconds=breaks.length(state.tally.levels[kind]) / 1000,
        sitting=state.tally.bout_ms / 1000,
        posture=state.presence.stance,
        recent=tuple(name for name, _ in state.memory.offered),
    )


def _next(state: State) -> tuple[int, int]:
    """The kind of break that is due next, and when; kind -1: none."""
    dues = [(due, kind) for kind in range(len(state.kinds)) if (due := due_at(state, kind)) is not None]
    due, kind = min(dues, default=(0, -1))
    return kind, due
