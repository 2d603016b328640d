"""What comes in over D-Bus unasked: signals, the rules that pick them, and the stream they are read from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

DBUS = "org.freedesktop.DBus"


class Rule(NamedTuple):
    """Which signals of a sender are wanted; an empty field matches all."""

    interface: str = ""
    member: str = ""
    path: str = ""


class Signal(NamedTuple):
    """A signal as it came. `NameOwnerChanged` (name, old owner, new owner): the sender died or came."""

    interface: str
    member: str
    path: str
    body: tuple[Any, ...]


class Signals:
    """The signals of one sender, in order, none dropped; raises ConnectionError once the bus is gone.

    With `into` they come out of another stream, which so has those of several senders.

    `owner`: the unique name of the sender by what the bus said last; empty while there is nobody of that name.
    """

    def __init__(self, sender: str, rules: tuple[Rule, ...], into: Signals | None = None) -> None:
        self.sender = sender
        self.owner = ""
        self._told = False  # a change of owner can overtake the answer to who it was
        self._rules = rules
        self._queue: asyncio.Queue[Signal | str] = into._queue if into else asyncio.Queue()

    def __aiter__(self) -> Signals:
        return self

    async def __anext__(self) -> Signal:
        signal = await self._queue.get()
        if isinstance(signal, str):
            self.end(signal)  # whoever asks again is told again
            raise ConnectionError(signal)
        return signal

    def take(self, source: str, signal: Signal) -> None:
        """The unique name `source` sent a signal; keep it if it is wanted."""
        if source == DBUS and signal.member == "NameOwnerChanged" and signal.body[0] == self.sender:
            self.owner, self._told = signal.body[2], True
        elif source != self.owner or not any(matches(rule, signal) for rule in self._rules):
            return
        self._queue.put_nowait(signal)

    def owned_by(self, owner: str) -> None:
        """Who owned the name when the listening began."""
        self.owner = self.owner if self._told else owner

    def end(self, why: str) -> None:
        """Nothing will come any more."""
        self._queue.put_nowait(why)

    def matches(self) -> Iterator[str]:
        """The match rules the bus needs. They name the sender: GNOME's shell repeats the signals of its server."""
        for rule in self._rules:
            fields = {"type": "signal", "sender": self.sender, **rule._asdict()}
            yield ",".join(f"{field}='{value}'" for field, value in fields.items() if value)


def matches(rule: Rule, signal: Signal) -> bool:
    """Whether a rule picks this signal."""
    return all(not want or want == got for want, got in zip(rule, signal, strict=False))
