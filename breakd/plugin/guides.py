"""Guides: each presents a session in its own supervised task, and none can hurt the session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from breakd.core.routines import Routine
from breakd.plugin.calls import Calls
from breakd.plugin.loaded import Say, Thing
from breakd.plugin.sessions import GuidedSession, Part
from breakd.plugin.supervision import Patience


class Guides:
    """Starts sessions and presents them through every guide."""

    def __init__(self, calls: Calls, things: Sequence[Thing], say: Say) -> None:
        self._calls = calls
        self._things = things
        self._say = say
        self._patience = Patience(calls.limits)
        self._sessions: set[GuidedSession] = set()
        self.tasks: dict[asyncio.Task[None], Thing] = {}

    def change(self, things: Sequence[Thing]) -> None:
        """Sessions are presented through these now; those of one that is gone end there and go on elsewhere."""
        self._things = things
        for task, thing in self.tasks.items():
            if thing not in things:
                task.cancel()

    def begin(self, routine: Routine, kind: str) -> GuidedSession:
        """A session that stands still until `go()`. What the guides make of it does not matter to it."""
        session = GuidedSession(routine, kind)
        self._sessions.add(session)
        session.ended.add_done_callback(lambda _: self._sessions.discard(session))
        for thing in self._things:
            if not self._patience.resting(thing):
                task = asyncio.create_task(self._present(thing, session, session.part()), name=f"breakd {thing}")
                self.tasks[task] = thing
                task.add_done_callback(self.tasks.pop)
        return session

    def stop(self) -> None:
        """End every session."""
        for session in tuple(self._sessions):
            session.stop()

    async def _present(self, thing: Thing, session: GuidedSession, part: Part) -> None:
        try:
            call = await self._calls.begin(thing, self._calls.limits.leave)
            call.start(thing.target, part)
            await call.finish(self._calls.limits.call, after=session.ended)
        except Exception as error:
            self._patience.failed(thing, error, self._say)
        else:
            self._patience.worked(thing)
