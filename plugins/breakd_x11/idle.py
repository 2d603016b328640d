"""Presence by an alarm of the X server on its idle clock."""

from __future__ import annotations

import asyncio
import math

from breakd import Active, Emit, Idle, Unavailable
from breakd_x11 import requests
from breakd_x11.protocol import REPLY, Packet, Server, connect
from breakd_x11.session import find_display


async def x11(emit: Emit) -> None:
    """Tell when input ends and begins, by what the X server sees.

    Raises Unavailable without an X server that knows (`DISPLAY`), ConnectionError when it goes away.
    """
    async with connect(find_display()) as server:
        watch = await Watch.on(server, emit)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(watch.listen())
            async for seconds in emit.idle_after():
                watch.ask(seconds)
            listening.cancel()


class Watch:
    """What is known about the server's idle clock, and its one alarm.

    The alarm is set for the opposite of what was said last, so each time it goes off there is news.
    """

    def __init__(self, server: Server, sync: requests.Extension, counter: int, emit: Emit) -> None:
        self._server = server
        self._sync = sync
        self._counter = counter
        self._emit = emit
        self._alarm = server.new_id()
        self._threshold = 1  # ms
        self._asked: int | None = None  # the question that the server has not answered yet
        self._armed: int | None = None  # the request that set the alarm

    @classmethod
    async def on(cls, server: Server, emit: Emit) -> Watch:
        """The watch on a server. Raises Unavailable if its idle clock is missing, or wrong."""
        names = await requests.output_names(server)
        if await requests.extension(server, b"XWAYLAND") or any(name.startswith("XWAYLAND") for name in names):
            raise Unavailable(f"the X server at DISPLAY={server.name} is Xwayland: it sees only some of the input")
        sync = await requests.extension(server, b"SYNC")
        if not sync:
            raise Unavailable(f"the X server at DISPLAY={server.name} lacks the extension SYNC, or keeps it from us")
        counter = (await requests.system_counters(server, sync)).get("IDLETIME")
        if counter is None:
            raise Unavailable(f"the X server at DISPLAY={server.name} has no idle clock (no counter IDLETIME)")
        return cls(server, sync, counter, emit)

    def ask(self, seconds: float) -> None:
        """From now on so much idleness matters: have the present state told, and changes of it."""
        self._threshold = max(1, math.ceil(seconds * 1000))
        self._asked = self._server.send(requests.query_counter(self._sync, self._counter))

    async def listen(self) -> None:
        """Tell what the server says, until it is gone."""
        while True:
            self._take(await self._server.next())

    def _take(self, packet: Packet) -> None:
        if packet.kind == REPLY and packet.sequence == self._asked:
            self._asked = None
            self._tell(requests.unpack_value(packet.data))
        elif packet.kind == self._sync.event + 1 and self._is_news(packet):
            self._tell(requests.unpack_alarm(packet.data)[1])

    def _is_news(self, alarm: Packet) -> bool:
        """Not one from before the last question, or from before the alarm was set as it is now."""
        return self._asked is None and self._armed is not None and (alarm.sequence - self._armed) & 0xFFFF < 0x8000

    def _tell(self, idle: int) -> None:
        """Say how it is after `idle` ms without input, and set the alarm for the opposite."""
        if idle >= self._threshold:
            self._emit(Idle(), ago=idle / 1000)
            self._arm(requests.NEGATIVE_COMPARISON, self._threshold - 1)
        else:
            self._emit(Active())
            self._arm(requests.POSITIVE_COMPARISON, self._threshold)

    def _arm(self, test: int, value: int) -> None:
        new = self._armed is None
        request = requests.set_alarm(self._sync, self._alarm, self._counter, test, value, new=new)
        self._armed = self._server.send(request)
