"""The one way in from a plugin: checks each event at the author's line, and takes back what a dead source claimed."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias, get_args

from breakd.core.events import (
    Active,
    Busy,
    Choice,
    Event,
    Exercised,
    Felt,
    Free,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Resumed,
    Suspended,
    Unlocked,
    Watching,
)
from breakd.plugin.calls import Call
from breakd.plugin.interfaces import Answer, Present, Sleep
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Failed, Thing
from breakd.plugin.streams import Feed

# event, seconds ago, moment, name of the source; called on the loop's thread
Deliver: TypeAlias = Callable[[Event, float, datetime | None, str], None]

# What a plugin can know. The other events are the daemon's own.
REPORTS = (Exercised, Felt, Sleep)  # about the person, of some past time
IMPORTED = (*REPORTS, Present)
TELLABLE = (
    Active, Answer, Busy, Free, Idle, Locked, NotWatching, Posture, Resumed, Suspended, Unlocked, Watching, *REPORTS,
)  # fmt: skip


class Claims:
    """What a source said that holds until it says otherwise."""

    def __init__(self) -> None:
        self._standing: dict[str, Event] = {}  # event name and reason -> what ends it

    def note(self, event: Event) -> None:
        """Keep what would end `event`, or forget what it ends."""
        match event:
            case Busy():
                self._standing[f"busy {event.reason}"] = Free(event.reason)
            case Free():
                self._standing.pop(f"busy {event.reason}", None)
            case Watching():
                self._standing["watching"] = NotWatching()
            case NotWatching():
                self._standing.pop("watching", None)
            case Locked():
                self._standing["locked"] = Unlocked()
            case Unlocked():
                self._standing.pop("locked", None)
            case Active():
                self._standing["active"] = Idle()
            case Idle():
                self._standing.pop("active", None)

    def taken_back(self) -> tuple[Event, ...]:
        """What a source that is no more has to be made to say."""
        return tuple(self._standing.values())


class Emitter:
    """The `Emit` of one run of a source."""

    def __init__(self, call: Call, deliver: Deliver, limits: Limits, asked: Callable[[Emitter], Feed[float]]) -> None:
        self._call = call
        self._deliver = deliver
        self._limits = limits
        self._asked = asked
        self._loop = asyncio.get_running_loop()
        self._home = threading.get_ident()
        self._claims = Claims()
        self.closed = False
        self._counting = threading.Lock()
        self._window = -math.inf  # when the present window began
        self._count = 0
        self.feeds: list[Feed[float]] = []

    def __call__(self, event: Event, /, *, ago: float = 0, at: datetime | None = None) -> None:
        """See `Emit`."""
        if self.closed:
            return
        check_event(event)
        check_moment(ago, at)
        self._check_rate()
        if threading.get_ident() == self._home:
            self._pass_on(event, ago, at)
        else:
            self._on_loop(lambda: self._pass_on(event, ago, at))

    @property
    def thing(self) -> Thing:
        """The source."""
        return self._call.thing

    def idle_after(self) -> Feed[float]:
        """See `Emit.idle_after`."""
        return self._asked(self)

    def progress(self, done: float, /) -> None:
        """See `Emit.progress`: a source has none."""
        check_progress(done)

    def left(self, why: str, /, count: int = 1) -> None:
        """See `Emit.left`: a source leaves nothing out."""
        check_left(why, count)

    def close(self, *, take_back: bool) -> None:
        """The run is over: later events are ignored. `take_back`: end what the source claimed."""
        if self.closed:
            return
        for event in self._claims.taken_back() if take_back else ():
            self._pass_on(event, 0, None)
        self.closed = True
        for feed in self.feeds:
            feed.end()

    def _pass_on(self, event: Event, ago: float, at: datetime | None) -> None:
        if self.closed:
            return
        self._claims.note(event)
        if isinstance(event, (Active, Idle)):
            self.thing.presence = True
        try:
            with self._call.calls.watch.excused():
                self._deliver(event, ago, at, self._call.thing.name)
        except Exception as error:  # the daemon's fault: the source must not be restarted for it
            message = f"{self._call.thing}: the daemon could not take {event}"
            self._loop.call_exception_handler({"message": message, "exception": error})

    def _check_rate(self) -> None:
        with self._counting:
            now = time.monotonic()
            if now - self._window >= self._limits.window:
                self._window, self._count = now, 0
            self._count += 1
            flooded = self._count > self._limits.events
        if flooded:
            error = Failed(f"more than {self._limits.events} events in {self._limits.window:g} s")
            self._on_loop(lambda: self._call.abort(error))
            raise error

    def _on_loop(self, action: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:  # the loop is closed
            self.closed = True


def check_event(event: object, allowed: tuple[type[Event], ...] = TELLABLE) -> None:
    """Raise TypeError or ValueError unless a source may tell this."""
    if isinstance(event, type) and issubclass(event, Event):
        raise TypeError(f"emit was given the class {event.__name__}: write {event.__name__}(...)")
    if type(event) not in allowed:
        names = ", ".join(sorted(kind.__name__ for kind in allowed))
        raise TypeError(f"emit does not take {event!r}; it takes: {names}")
    if isinstance(event, Answer):
        if not isinstance(event.key, str):
            raise TypeError(f"the key of an Answer is the key of a note, a str, not {event.key!r}")
        if event.choice not in get_args(Choice):
            raise ValueError(f"choice is {event.choice!r}, expected one of: {', '.join(get_args(Choice))}")


def check_moment(ago: object, at: object) -> None:
    """Raise TypeError or ValueError unless one of them says a moment that is past."""
    if isinstance(ago, bool) or not isinstance(ago, (int, float)):
        raise TypeError(f"ago is {ago!r}, expected seconds")
    if not 0 <= ago < math.inf:
        raise ValueError(f"ago is {ago}, expected 0 or more: an event cannot lie in the future")
    if at is None:
        return
    if not isinstance(at, datetime):
        raise TypeError(f"at is {at!r}, expected a datetime")
    if ago:
        raise ValueError("ago and at were both given: an event has one moment")
    if at.tzinfo is None:
        raise ValueError(f"at is {at}, without time zone: write datetime.now(UTC) or .astimezone()")
    if at > datetime.now(UTC):
        raise ValueError(f"at is {at}: an event cannot lie in the future")


def check_progress(done: object) -> None:
    """Raise TypeError or ValueError unless it is a share."""
    if isinstance(done, bool) or not isinstance(done, (int, float)):
        raise TypeError(f"progress is {done!r}, expected a number from 0 to 1")
    if not 0 <= done <= 1:
        raise ValueError(f"progress is {done}, expected 0 to 1")


def check_left(why: object, count: object) -> None:
    """Raise TypeError or ValueError unless it is a reason, and how often."""
    if not isinstance(why, str) or not why.strip():
        raise TypeError(f"left was given {why!r}, expected the reason, a text")
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"count is {count!r}, expected a whole number")
    if count < 0:
        raise ValueError(f"count is {count}, expected 0 or more")
