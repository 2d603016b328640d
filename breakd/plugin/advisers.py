"""Advisers: all are asked at once before a routine is chosen, and those that do not answer in time are left out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from breakd.core.events import Advice
from breakd.core.routines import Routine
from breakd.plugin.calls import Calls
from breakd.plugin.interfaces import Context
from breakd.plugin.loaded import Failed, Say, Thing
from breakd.plugin.supervision import Patience

MOST = 50  # pieces of advice and routines from one adviser


class Given(NamedTuple):
    """What advisers gave."""

    advice: tuple[Advice, ...] = ()
    routines: tuple[Routine, ...] = ()


class Advisers:
    """Asks every adviser. `taken`: ids of routines that are there already."""

    def __init__(self, calls: Calls, things: Sequence[Thing], say: Say) -> None:
        self.things = things
        self._calls = calls
        self._say = say
        self._patience = Patience(calls.limits)

    async def ask(self, context: Context, taken: Collection[str]) -> Given:
        """What they say, in an order that does not depend on who is quicker. Never raises."""
        asked = [thing for thing in self.things if not self._patience.resting(thing)]
        every = await asyncio.gather(*(self._ask(thing, context, taken) for thing in asked))
        advice = sorted((one for given in every for one in given.advice), key=lambda one: (one.tag, one.because))
        routines = {routine.id: routine for given in every for routine in given.routines}
        return Given(tuple(advice), tuple(routines[name] for name in sorted(routines)))

    async def _ask(self, thing: Thing, context: Context, taken: Collection[str]) -> Given:
        try:
            call = await self._calls.begin(thing, 0)
            call.start(thing.target, context)
            given = sorted_out(thing.plugin, await call.finish(self._calls.limits.advice), taken)
        except Exception as error:
            self._patience.failed(thing, error, self._say)
            return Given()
        self._patience.worked(thing)
        return given


def sorted_out(plugin: str, answer: object, taken: Collection[str]) -> Given:
    """The answer of an adviser of this plugin. Raises Failed if it is not one."""
    if not isinstance(answer, (list, tuple)):
        raise Failed(f"it returned {type(answer).__name__}, expected a list of Advice and Routine")
    if len(answer) > MOST:
        raise Failed(f"it returned {len(answer)} items, expected {MOST} at most")
    for item in answer:
        if not isinstance(item, (Advice, Routine)):
            raise Failed(f"it returned {item!r} in its list, expected Advice or Routine")
    advice = tuple(item for item in answer if isinstance(item, Advice))
    routines = tuple(_owned(plugin, item) for item in answer if isinstance(item, Routine))
    twice = sorted({routine.id for routine in routines} & set(taken))
    if twice:
        raise Failed(f"it returned routines whose ids are taken: {', '.join(twice)}")
    return Given(advice, routines)


def _owned(plugin: str, routine: Routine) -> Routine:
    """Ids begin with the plugin, as those of routines from files do."""
    own = routine.id.startswith(f"{plugin}.")
    return routine if own else replace(routine, id=f"{plugin}.{routine.id}")
