"""Shows notes, hears the answers, guides: one object, since they share the notes on the screen."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from breakd import Answer, Choice, Emit, Note, Session, Unavailable, bus
from breakd_desktop.link import NAME, Link
from breakd_desktop.memory import Shown, recall, remember
from breakd_desktop.wording import step_note

PROMPT = "prompt"  # the key of the daemon's prompts: the steps come in their place
LIMIT = 4.0  # seconds for a note: less than the host's patience, so that the reason is ours
CONNECTING = 1.0  # seconds for the first connection, when a note comes right at the start


class Desktop:
    """The notification server, as the daemon sees it.

    The connection lasts as long as `answers` runs: GNOME takes a program's notes away when its connection ends.
    """

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}
        self._link: Link | None = None
        self._up = asyncio.Event()
        self._why: Exception | None = None
        self._lock = asyncio.Lock()

    async def show(self, note: Note) -> None:
        """Show it, in place of the one with the same key.

        Raises Unavailable without bus or server, TimeoutError if the server hangs, BusError if it refuses.
        """
        try:
            async with asyncio.timeout(LIMIT), self._lock:
                await self._put(await self._reach(), note)
        except TimeoutError:
            raise TimeoutError(f"the notification server did not answer within {LIMIT:g} s") from None

    async def withdraw(self, key: str, only: Note | None = None) -> None:
        """Take it away; nothing if it is gone, or if it is not `only` that note."""
        async with self._lock:
            shown = self._shown.get(key)
            if only and not (shown and shown.note is only):
                return
            with suppress(OSError, Unavailable):  # a connection that is gone: so is the note
                self._take_away(await self._reach(), key)

    async def answers(self, emit: Emit) -> None:
        """Tell which buttons were chosen. A note that is dismissed or expires is no answer.

        Raises Unavailable without session bus, ConnectionError when the bus goes away.
        """
        self._why = None
        try:
            async with bus.connect("session") as connection, connection.signals(NAME, bus.Rule(NAME)) as signals:
                (bus_id,) = await connection.ask("GetId")
                await self._connected(Link(connection, signals, bus_id))
                async for signal in signals:
                    await self._heard(signal, emit)
        except Exception as error:
            self._why = error
            self._up.set()  # whoever waits for the connection need not wait any longer
            raise
        finally:
            self._link = None
            self._up.clear()

    async def guide(self, session: Session) -> None:
        """Show each step in the prompt's place as it begins; take the last one away at the end."""
        note: Note | None = None
        try:
            async for cue in session:
                step = step_note(PROMPT, session.routine, cue)
                await self.show(step)
                note = step
        finally:
            if note:  # somebody may be saying something else there just now
                await self.withdraw(PROMPT, only=note)

    async def _reach(self) -> Link:
        if not self._link and not self._why:
            with suppress(TimeoutError):
                async with asyncio.timeout(CONNECTING):
                    await self._up.wait()
        if self._link:
            return self._link
        raise self._why or Unavailable("not connected to the session bus: the source desktop.answers is not running")

    async def _put(self, link: Link, note: Note) -> None:
        old = self._shown.get(note.key)
        number = await link.notify(note, old.number if old and old.server == link.identity else 0)
        choices = tuple(button.choice for button in note.buttons)
        self._shown[note.key] = Shown(number, link.identity, choices, note)
        remember(self._shown)

    def _take_away(self, link: Link, key: str) -> None:
        shown = self._forget(key)
        if shown and shown.server == link.identity:
            link.close(shown.number)

    def _forget(self, key: str) -> Shown | None:
        shown = self._shown.pop(key, None)
        remember(self._shown)
        return shown

    async def _connected(self, link: Link) -> None:
        self._shown = {**recall(link.identity), **self._shown}
        self._link = link
        self._up.set()
        await self._show_again(link)

    async def _show_again(self, link: Link) -> None:
        """Another server is there: prompts are shown on it again, other notes are forgotten with the old one."""
        async with self._lock:
            for key, shown in list(self._shown.items()):
                if shown.server == link.identity:
                    continue
                self._forget(key)
                if shown.note and shown.note.buttons:
                    with suppress(OSError, bus.BusError, Unavailable):  # it will tell at the next note
                        await self._put(link, shown.note)

    async def _heard(self, signal: bus.Signal, emit: Emit) -> None:
        if signal.member == "NameOwnerChanged" and signal.body[2] and self._link:
            await self._show_again(self._link)
        elif signal.member == "NotificationClosed":
            if found := self._key_of(signal.body[0]):
                self._forget(found)
        elif signal.member == "ActionInvoked":
            number, choice = signal.body
            found = self._key_of(number)
            if found and choice in self._shown[found].choices:
                self._answered(found, choice, emit)

    def _answered(self, key: str, choice: Choice, emit: Emit) -> None:
        shown = self._forget(key)
        if shown and self._link:
            self._link.close(shown.number)  # some servers leave an answered note up
        emit(Answer(key, choice))

    def _key_of(self, number: int) -> str | None:
        server = self._link.identity if self._link else ""
        return next((key for key, one in self._shown.items() if (one.number, one.server) == (number, server)), None)
