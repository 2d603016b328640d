"""A routine being done: the host keeps the time, the guides present it."""

from __future__ import annotations

import asyncio
from itertools import accumulate

from msgspec import Struct

from breakd.core.routines import Routine, Step
from breakd.plugin.interfaces import Cue
from breakd.plugin.streams import Feed


class Part(Feed[Cue]):
    """The `Session` of one guide."""

    def __init__(self, routine: Routine, kind: str) -> None:
        super().__init__(len(routine.steps))
        self.routine = routine
        self.kind = kind


class StepCue(Struct, frozen=True):
    """The `Cue` of one step; what it tells is worked out when it is asked."""

    step: Step
    number: int
    session: GuidedSession

    @property
    def left(self) -> float:
        """See `Cue.left`."""
        return self.session.left(self.number)

    @property
    def halted(self) -> bool:
        """See `Cue.halted`."""
        return not (self.session.going or self.session.over)


class GuidedSession:
    """The time of a routine. It stands still until `go()`; the first cue is there at once.

    `ended`: done when the last step is over or `stop()` was called. Belongs to the loop it is made on.
    """

    def __init__(self, routine: Routine, kind: str) -> None:
        self.routine = routine
        self.kind = kind
        self.parts: list[Part] = []
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._ends = tuple(accumulate(step.seconds for step in routine.steps))
        self._number = 1
        # Seconds done, and the time of the loop since when more come; one value, since guides in threads read it.
        self._pace: tuple[float, float | None] = (0.0, None)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def going(self) -> bool:
        """Whether the time runs."""
        return self._pace[1] is not None

    @property
    def over(self) -> bool:
        """Whether the last step is over or the session was stopped."""
        return self.ended.done()

    def go(self) -> None:
        """Let the time run."""
        if not self.going and not self.over:
            self._pace = (self._pace[0], self._loop.time())
            self._arm()

    def halt(self) -> None:
        """Let the time stand still."""
        self._pace = (self._done(), None)
        self._disarm()

    def stop(self) -> None:
        """End it, early or not: the guides' streams end."""
        self.halt()
        if not self.over:
            self.ended.set_result(None)
        for part in self.parts:
            part.end()

    def part(self) -> Part:
        """A stream for one more guide; it begins with the step that is on."""
        part = Part(self.routine, self.kind)
        self.parts.append(part)
        if self.over:
            part.end()
        else:
            part.put(self._cue())
        return part

    def left(self, number: int) -> float:
        """Seconds left in step `number`, from 1."""
        step = self.routine.steps[number - 1]
        return 0.0 if self.over else min(max(0.0, self._ends[number - 1] - self._done()), step.seconds)

    def _done(self) -> float:
        seconds, since = self._pace
        return seconds if since is None else seconds + self._loop.time() - since

    def _cue(self) -> StepCue:
        return StepCue(self.routine.steps[self._number - 1], self._number, self)

    def _arm(self) -> None:
        self._timer = self._loop.call_later(self._ends[self._number - 1] - self._done(), self._step_over)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _step_over(self) -> None:
        if self._number == len(self._ends):
            self.stop()
            return
        self._number += 1
        for part in self.parts:
            part.put(self._cue())
        self._arm()
