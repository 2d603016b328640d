"""Who is there, by the idle notifications of a compositor.

A notification counts from the moment it is asked for, not from the last input, so nothing is known of what was before.
Until the first input after a start, or after a suspend, the source therefore says nothing: any word would be a guess.
An idle inhibitor (a film) keeps the compositor from calling anybody idle, so here a film is input.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import NamedTuple

from breakd import Active, Emit, Idle, Unavailable
from breakd_wayland.compositor import Compositor, Event, connect

SEAT = "wl_seat"
DESTROY = 0  # request of a notification
IDLED, RESUMED = 0, 1  # events of a notification


class Protocol(NamedTuple):
    """A way to be told of idleness. `get`: the request for a notification; `seat_first`: its seat, then its time."""

    interface: str
    get: int
    seat_first: bool


# The standard, and what KDE had before it: Plasma until 5.26, sway until 1.8. They differ in nothing else.
PROTOCOLS = (Protocol("ext_idle_notifier_v1", 1, False), Protocol("org_kde_kwin_idle", 0, True))

PROBE = 1  # ms without input, after which the next input is told at once
SILENCE = 1.0  # seconds within which that is reached, unless somebody types, or watches a film


async def wayland(emit: Emit) -> None:
    """Tell when input ends and begins, by what the compositor sees.

    Raises Unavailable without a compositor that tells, ConnectionError when it goes away.
    """
    async with connect() as compositor:
        watch = Watch(compositor, emit)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(watch.listen())
            async for seconds in emit.idle_after():
                watch.ask(seconds)
            listening.cancel()
        watch.close()


class Watch:
    """What is known about input, and one notification for each seat.

    `_since`: since when there is no input, in seconds of the loop; None while there is some, or nothing is known.
    """

    def __init__(self, compositor: Compositor, emit: Emit) -> None:
        spoken = next((protocol for protocol in PROTOCOLS if compositor.globals.get(protocol.interface)), None)
        if spoken is None:
            lacks = PROTOCOLS[0].interface
            raise Unavailable(f"the compositor at {compositor.name} does not tell of idleness (it lacks {lacks})")
        self._compositor = compositor
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._protocol = spoken
        self._notifier = compositor.bind(spoken.interface, next(iter(compositor.globals[spoken.interface])))
        self._seats: dict[int, int] = {}  # number of the global -> object
        self._idle: dict[int, bool] = {}  # notification -> whether its seat is idle
        self._waits = 0  # ms that the notifications were asked for
        self._threshold = 0.0  # s
        self._known = False
        self._since: float | None = None
        self._asleep = slept()
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, seconds: float) -> None:
        """From now on so much idleness matters: tell the present state, if it is known, and changes of it."""
        first, self._threshold = not self._threshold, seconds
        if first or slept() - self._asleep > 1:  # what was known is from before a suspend
            self._asleep, self._known, self._since = slept(), False, None
            self._probe()
        elif self._known and self._since is None:
            self._is_active()
        elif self._since is not None:
            self._stop_timer()
            self._tell_idle(self._since)

    async def listen(self) -> None:
        """Tell what the compositor says, until it is gone."""
        while True:
            self._take(await self._compositor.next())

    def close(self) -> None:
        """No timer is left behind."""
        self._stop_timer()

    def _take(self, event: Event) -> None:
        if self._threshold and self._compositor.globals.get(SEAT, {}).keys() != self._seats.keys():
            self._watch(PROBE if self._since is not None else self._waits)  # a seat came or went
        if event.sender not in self._idle:
            return
        before = all(self._idle.values())
        self._idle[event.sender] = event.code == IDLED
        after = all(self._idle.values())
        if after and not before:
            self._went_idle()
        elif before and not after:
            self._is_active()

    def _probe(self) -> None:
        self._stop_timer()
        self._watch(PROBE)
        if self._idle:  # without a seat there is nobody to be silent
            self._timer = self._loop.call_later(SILENCE, self._is_active)

    def _went_idle(self) -> None:
        if not self._known:  # the probe stands: the next input will be told
            self._stop_timer()
        elif self._since is None:
            self._since = self._loop.time() - self._waits / 1000
            self._tell_idle(self._since)

    def _tell_idle(self, since: float) -> None:
        """Say how it is without input since then, and say it again when that is long enough."""
        idle_for = self._loop.time() - since
        if idle_for >= self._threshold - 0.001:  # a timer may come that early
            self._emit(Idle(), ago=max(idle_for, self._threshold))
        else:
            self._emit(Active())
            self._timer = self._loop.call_at(since + self._threshold, self._tell_idle, since)

    def _is_active(self) -> None:
        self._stop_timer()
        self._known, self._since = True, None
        self._emit(Active())
        self._watch(math.ceil(self._threshold * 1000))

    def _watch(self, ms: int) -> None:
        """Replace the notifications by new ones, one for each seat that there is now."""
        for old in self._idle:
            self._compositor.send(old, DESTROY)
        offered = self._compositor.globals.get(SEAT, {})
        self._seats = {n: self._seats.get(n) or self._compositor.bind(SEAT, n) for n in offered}
        self._idle, self._waits = {}, ms
        for seat in self._seats.values():
            notification = self._compositor.new_id()
            wanted = min(ms, 0xFFFFFFFF)
            about = (seat, wanted) if self._protocol.seat_first else (wanted, seat)
            self._compositor.send(self._notifier, self._protocol.get, notification, *about)
            self._idle[notification] = False

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def slept() -> float:
    """Seconds that this machine has been suspended since it started."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) - time.monotonic()
