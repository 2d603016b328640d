"""Who holds the event loop: an alarm that goes off while somebody still does, and sees the very line.

The alarm is a timer of the operating system (ITIMER_REAL) whose handler Python runs between two steps of whatever
holds the loop. It needs no thread, and costs nothing while nobody is late. Where there is no such timer (Windows), or
off the main thread, whoever holds the loop is named afterwards, and cannot be thrown out.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Say, Thing

Convict: TypeAlias = Callable[[Thing, str], None]  # a thing, and what it did: not to be run again by itself

# Signals that are the daemon's own, where the system has them.
OURS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM") if hasattr(signal, name))
# What `signal` wraps: its wrappers make enums of all they are given, which is nine tenths of the time of a step.
_now: Callable[[int], Any] = signal._signal.getsignal  # type: ignore[attr-defined]  # which typeshed leaves out
_set: Callable[[int, Any], Any] = signal._signal.signal  # type: ignore[attr-defined]  # which typeshed leaves out
DEPTH = 6  # lines of a traceback that are told


class Held(BaseException):
    """Thrown into what holds the loop, past its `except Exception`."""


class Watch:
    """Times each step of a plugin on the loop."""

    def __init__(self, limits: Limits, say: Say, convict: Convict = lambda *_: None) -> None:
        self._limits = limits
        self.say = say
        self._convict = convict
        self._named: dict[str, float] = {}
        self._now: Thing | None = None  # on the loop at this moment
        self._began = 0.0  # monotonic, later by what was excused
        self._hold = limits.hold
        self._where = ""
        self._convicted = False

    @contextmanager
    def step(self, thing: Thing, hold: float | None = None, convict: bool = True) -> Iterator[None]:
        """One step of `thing`, at most `hold` s. Raises `Held` inside it after that; with `convict` it stays off."""
        alarmed = self.alarmed
        handlers = [_now(number) for number in OURS] if alarmed else []
        self._now, self._began, self._where, self._convicted = thing, time.monotonic(), "", not convict
        self._hold = self._limits.hold if hold is None else hold
        if alarmed:
            _set(signal.SIGALRM, self._rang)
            signal.setitimer(signal.ITIMER_REAL, self._limits.hog, self._limits.hog)
        try:
            yield
        finally:
            self._now = None
            if alarmed:
                signal.setitimer(signal.ITIMER_REAL, 0)
                self._restore(thing, handlers)
            self.held(thing, time.monotonic() - self._began)

    @contextmanager
    def excused(self) -> Iterator[None]:
        """What the daemon does on behalf of a plugin, such as writing to the disk: not on its account."""
        now, self._now = self._now, None
        began = time.monotonic()
        try:
            yield
        finally:
            self._began += time.monotonic() - began
            self._now = now

    @property
    def alarmed(self) -> bool:
        """Whether there is an alarm, nobody else uses it, and this is where its handler runs."""
        return (
            hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
            and not signal.getitimer(signal.ITIMER_REAL)[0]
        )

    def _rang(self, _number: int, frame: FrameType | None) -> None:
        """Remember where it is; from `hold` s on, throw it out, again and again."""
        thing = self._now
        if thing is None:
            return
        self._where = where(frame)
        if time.monotonic() - self._began < self._hold:
            return
        if not self._convicted:
            self._convicted = True
            self._convict(thing, f"it held the event loop for {self._hold:g} s at {self._where}")
        raise Held(f"thrown out after {self._hold:g} s at {self._where}")

    def held(self, thing: Thing, seconds: float) -> None:
        """`thing` held the loop for `seconds`: say so if that is too long, once an hour for a plugin."""
        if seconds <= self._limits.hog or thing.kind == "hook" or self._convicted:
            return
        now = time.monotonic()
        if now - self._named.get(thing.plugin, -self._limits.hog_again) >= self._limits.hog_again:
            self._named[thing.plugin] = now
            place = f" at {self._where}" if self._where else ""
            text = f"it held the event loop for {seconds:.2f} s{place}; as a plain def it would get a thread"
            self.say(f"{thing}: {text}")

    def _restore(self, thing: Thing, handlers: list[Any]) -> None:
        """Put the handlers of our signals back, and name whoever changed one."""
        changed = []
        for number, handler in zip(OURS, handlers, strict=True):
            mine = self._rang if number == signal.SIGALRM else handler
            now = _now(number)
            if now != mine:
                changed.append(number.name)
            # An alarm too many must find a handler that does nothing, not the default, which ends the process.
            back = mine if number == signal.SIGALRM and handler in (signal.SIG_DFL, signal.SIG_IGN) else handler
            if back is not None and now != back:
                _set(number, back)
        if changed:
            self.say(f"{thing}: it changed what is done at {', '.join(changed)}; that was put back")


def where(frame: FrameType | None) -> str:
    """The innermost lines of a stack, the last called first: `a.py:3 in f, b.py:9 in g`."""
    found: list[str] = []
    while frame is not None and len(found) < DEPTH:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(("breakd.plugin.", "asyncio.", "pluggy.", "importlib.")):
            break
        found.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} in {frame.f_code.co_name}")
        frame = frame.f_back
    return ", ".join(found) or "an unknown line"
