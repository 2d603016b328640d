"""Notifiers: a note goes to the first one that can show it, and is taken back from wherever it may be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from breakd.plugin.calls import Calls
from breakd.plugin.interfaces import Note
from breakd.plugin.loaded import Say, Thing
from breakd.plugin.supervision import Patience


class Notifiers:
    """Shows and withdraws, one thing at a time and in the order asked. `things`: the preferred one first."""

    def __init__(self, calls: Calls, things: Sequence[Thing], say: Say) -> None:
        self._calls = calls
        self._things = things
        self._say = say
        self._patience = Patience(calls.limits)
        self._turn = asyncio.Lock()
        self._wanted: dict[str, object] = {}  # a token of the newest wish to show, by key
        self._shown: dict[str, dict[Thing, Note]] = {}  # where each key may be seen, and as what
        self._homeless: dict[str, Note] = {}  # taken back with their notifier, still to be shown elsewhere
        self._shower = things[0].name if things else ""
        self._stopped = False

    async def show(self, note: Note) -> str:
        """Show it; the name of the notifier that did, or "" if none could or it was withdrawn meanwhile."""
        if self._stopped:
            return ""
        self._wanted[note.key] = wish = object()
        async with self._turn:
            try:
                return await self._show(note, wish)
            finally:
                if self._wanted.get(note.key) is wish:
                    del self._wanted[note.key]

    async def withdraw(self, key: str) -> None:
        """Take it away from every notifier that may have it."""
        self._wanted.pop(key, None)
        async with self._turn:
            self._homeless.pop(key, None)
            for thing in self._shown.pop(key, {}):
                await self._try(thing, "withdraw", key)

    async def sweep(self, keys: Sequence[str]) -> None:
        """Take these away wherever an earlier life may have shown them. One that fails is not asked for the others:
        what hangs once would hang for each, and the first note of this life waits behind it."""
        async with self._turn:
            for thing in self._things:
                for key in keys:
                    if await self._try(thing, "withdraw", key) is not None:
                        break

    def change(self, things: Sequence[Thing]) -> None:
        """Notes are shown by these now, the preferred one first. What others show is taken back by `leave`."""
        if things[:1] != self._things[:1]:
            self._shower = things[0].name if things else ""
        self._things = things

    async def leave(self) -> None:
        """Take back what is seen through notifiers that are gone; to be called while they still work."""
        async with self._turn:
            for key, shown in self._shown.items():
                gone = {thing: shown.pop(thing) for thing in tuple(shown) if thing not in self._things}
                for thing in gone:
                    await self._try(thing, "withdraw", key)
                lasting = [note for note in gone.values() if note.seconds is None]  # others go by themselves
                if lasting and not shown:
                    self._homeless[key] = lasting[-1]

    async def show_again(self) -> None:
        """Show what was taken back and stands until withdrawn elsewhere; to be called when that works."""
        while self._homeless:
            key, note = self._homeless.popitem()
            if key not in self._wanted and not self._shown.get(key):
                await self.show(note)

    def stop(self) -> None:
        """Show no more notes, not even those that are being tried."""
        self._stopped = True
        self._wanted.clear()
        self._homeless.clear()

    def retry(self) -> None:
        """Give those that are off another try with the next note."""
        for thing in self._things:
            thing.rests_until = 0.0

    async def _show(self, note: Note, wish: object) -> str:
        problems: list[str] = []
        for thing in self._things:
            # A newer word on the same key makes this note stale: showing it elsewhere would double or haunt.
            if self._wanted.get(note.key) is not wish:
                return ""
            problem = await self._try(thing, "show", note)
            if problem is None:
                self._tell(thing.name, problems)
                return thing.name
            problems.append(f"{thing.name}: {problem}")
        if self._wanted.get(note.key) is wish:
            self._tell("", problems)
        return ""

    async def _try(self, thing: Thing, method: str, argument: Note | str) -> str | None:
        """None if it worked, else why not."""
        if self._patience.resting(thing):
            return thing.reason
        try:
            call = await self._calls.begin(thing, 0)
            if isinstance(argument, Note):
                # Remembered before it is known to work: one that answers too late may show the note all the same.
                self._shown.setdefault(argument.key, {})[thing] = argument
            call.start(getattr(thing.target, method), argument)
            await call.finish(self._calls.limits.call)
        except Exception as error:
            return self._patience.failed(thing, error, lambda _: None)
        self._patience.worked(thing)
        return None

    def _tell(self, shower: str, problems: Sequence[str]) -> None:
        """One line when notes are shown by another than before."""
        if shower == self._shower:
            return
        self._shower = shower
        why = f" ({'; '.join(problems)})" if problems else ""
        if shower:
            self._say(f"notes are shown by {shower} {'now' if why else 'again'}{why}")
        else:
            self._say(f"notes cannot be shown{why or ': there is no notifier'}")
