"""Decisions carried out: one handler each, in order, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from breakd.core.decisions import (
    BreakAbandoned,
    BreakDone,
    BreakStarted,
    CheckIn,
    CheckInOver,
    Decision,
    Held,
    Lapsed,
    Missed,
    Prompt,
    Skipped,
    Snoozed,
    Warn,
    Withdraw,
)
from breakd.core.state import State, rested
from breakd.daemon.speech import bodily, words
from breakd.plugin.host import Host
from breakd.plugin.interfaces import Note
from breakd.plugin.sessions import GuidedSession

LATE = 60_000  # ms: after a suspend what was decided so long ago is recorded, but no longer said


class Performer:
    """Shows and withdraws notes, and runs the guided session. `now` gives the core time, ms."""

    def __init__(self, host: Host, now: Callable[[], int]) -> None:
        self._host = host
        self._now = now
        self._waiting: asyncio.Queue[Decision | Note | str] = asyncio.Queue()
        self._session: GuidedSession | None = None
        self.swept = False  # every notifier was spoken to: it is known which cannot show anything here

    def put(self, decision: Decision) -> None:
        """Carry this out as soon as what came before it is done."""
        self._waiting.put_nowait(decision)

    def tell(self, note: Note) -> None:
        """Show a note that nobody decided on, in its turn."""
        self._waiting.put_nowait(note)

    def untell(self, key: str) -> None:
        """Take such a note away, in its turn."""
        self._waiting.put_nowait(key)

    def follow(self, state: State) -> None:
        """Let the session's time run while the person rests, stand still while there is input, end with the break."""
        if self._session is None:
            return
        phase = state.slot.phase
        if phase == "resting":
            self._session.go()
        elif phase == "halted" and rested(state) > 0:  # just after Start the click itself is still input
            self._session.halt()
        elif phase not in ("resting", "halted"):
            self._end_session()

    async def run(self, clear: bool) -> None:
        """Carry out what comes, for as long as the daemon lives.

        First what a life that was killed may have left on the screen is taken away: warnings, and with `clear` the
        prompt too.
        """
        await self._host.sweep(words.WARNING, words.SETTINGS, bodily.CHECKIN, *([words.PROMPT] if clear else []))
        self.swept = True
        while True:
            item = await self._waiting.get()
            if isinstance(item, str):
                await self._host.withdraw(item)
            elif isinstance(item, Note):
                await self._host.show(item)
            elif item.at >= self._now() - LATE or isinstance(item, CLOSING):
                await HANDLERS[type(item)](self, item)

    async def clear(self) -> None:
        """Leave no note on the screen."""
        for key in (words.PROMPT, words.WARNING, words.SETTINGS, bodily.CHECKIN):
            await self._host.withdraw(key)

    async def prompt(self, prompt: Prompt) -> None:
        """Show the note that asks."""
        await self._host.show(words.prompt_note(prompt))

    async def withdraw(self, _decision: Decision) -> None:
        """Take the note away and end what was guided."""
        self._end_session()
        await self._host.withdraw(words.PROMPT)

    async def begin(self, started: BreakStarted) -> None:
        """Guide the routine; without one, or a guide, say that the break is on."""
        self._end_session()
        if started.routine is not None:
            self._session = self._host.guide(started.routine, started.kind)
            self._session.go()
        if self._session is None or not self._session.parts:
            await self._host.show(words.begun_note(started))

    async def done(self, done: BreakDone) -> None:
        """Say that the break is over, softly."""
        self._end_session()
        await self._host.show(words.done_note(done))

    async def warn(self, warn: Warn) -> None:
        """Show the note of a limit."""
        await self._host.show(words.warning_note(warn))

    async def ask(self, asked: CheckIn) -> None:
        """Show the question."""
        await self._host.show(bodily.checkin_note(asked))

    async def asked(self, _over: CheckInOver) -> None:
        """Take the question away."""
        await self._host.withdraw(bodily.CHECKIN)

    async def nothing(self, _decision: Decision) -> None:
        """Only the log knows."""

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.stop()
            self._session = None


HANDLERS: dict[type[Decision], Callable[[Performer, Any], Awaitable[None]]] = {
    Prompt: Performer.prompt,
    Withdraw: Performer.withdraw,
    BreakStarted: Performer.begin,
    BreakDone: Performer.done,
    BreakAbandoned: Performer.withdraw,
    Missed: Performer.withdraw,
    Snoozed: Performer.withdraw,
    Skipped: Performer.withdraw,
    Held: Performer.nothing,
    Lapsed: Performer.nothing,
    Warn: Performer.warn,
    CheckIn: Performer.ask,
    CheckInOver: Performer.asked,
}
CLOSING = (CheckInOver, Withdraw, BreakAbandoned, Missed, Snoozed, Skipped)  # a note must never outlive its prompt
