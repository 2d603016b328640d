"""Sources and observers: what runs as long as the daemon does, one supervised task each."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from breakd.plugin.calls import Calls
from breakd.plugin.emitting import Deliver, Emitter
from breakd.plugin.interfaces import Record
from breakd.plugin.loaded import Thing
from breakd.plugin.streams import Feed


class Sources:
    """Runs sources and tells them what idleness is asked for."""

    def __init__(self, calls: Calls, deliver: Deliver) -> None:
        self._calls = calls
        self._deliver = deliver
        self._asking = threading.Lock()
        self._seconds: float | None = None
        self._live: set[Emitter] = set()

    def ask(self, seconds: float) -> None:
        """Ask every source for `Idle` after so many seconds. A slow source sees only the newest."""
        with self._asking:
            self._seconds = seconds
            feeds = [feed for emitter in self._live for feed in emitter.feeds]
        for feed in feeds:
            feed.put(seconds)

    @property
    def tell_presence(self) -> bool:
        """Whether any source that runs tells whether somebody is there: one that asked what idleness is wanted."""
        return any(emitter.feeds for emitter in self._live)

    async def run(self, thing: Thing) -> None:
        """One run of a source, from start to end. Raises what it raised, once its claims are taken back."""
        call = await self._calls.begin(thing)
        thing.state, thing.reason = "ok", ""
        emitter = Emitter(call, self._deliver, self._calls.limits, self._subscribe)
        self._live.add(emitter)
        try:
            call.start(thing.target, emitter)
            await call.finish()
        finally:
            emitter.close(take_back=True)
            self._live.discard(emitter)

    def mute(self) -> None:
        """Ignore whatever sources say from now on, and end their streams."""
        for emitter in self._live:
            emitter.close(take_back=False)

    def _subscribe(self, emitter: Emitter) -> Feed[float]:
        feed: Feed[float] = Feed(1)
        emitter.thing.presence = True
        with self._asking:
            emitter.feeds.append(feed)
            if self._seconds is not None:
                feed.put(self._seconds)
        if emitter.closed:
            feed.end()
        return feed


class Observers:
    """Gives every observer every record, in a stream that outlives its restarts."""

    def __init__(self, calls: Calls, things: Iterable[Thing]) -> None:
        self._calls = calls
        self._feeds: dict[Thing, Feed[Record]] = {}
        self.change(things)

    def change(self, things: Iterable[Thing]) -> None:
        """Records are for these from now on: those of what is new wait for its start, those of what is gone end."""
        before, self._feeds = self._feeds, {}
        for thing in things:
            self._feeds[thing] = before.pop(thing) if thing in before else Feed(self._calls.limits.backlog)
        for feed in before.values():
            feed.end()

    def put(self, record: Record) -> None:
        """Never waits."""
        for thing, feed in self._feeds.items():
            if thing.state != "done":
                feed.put(record)

    async def run(self, thing: Thing) -> None:
        """One run of an observer. Raises what it raised."""
        if thing not in self._feeds:  # it is about to be ended
            return
        call = await self._calls.begin(thing)
        thing.state, thing.reason = "ok", ""
        call.start(thing.target, self._feeds[thing])
        await call.finish()

    def end(self) -> None:
        """No more records."""
        for feed in self._feeds.values():
            feed.end()
