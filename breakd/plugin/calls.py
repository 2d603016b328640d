"""Calling a plugin so that it can hurt nobody: `def` in a thread of its own, `async def` on the loop, both bounded."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import reprlib
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, NamedTuple

from breakd.plugin.holding import Watch
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Failed, Say, Thing
from breakd.plugin.timed import OWNER, Timed

ANSWERING = ("adviser",)  # what these return counts


class Told(NamedTuple):
    """One call, as `breakd plugins trace` tells it. `at`: s since the epoch; `seconds`: None while it goes on."""

    at: float
    thing: str
    call: str
    seconds: float | None
    outcome: str


class Calls:
    """Every call of a plugin that is in flight: at most one a thing. Belongs to the loop it is made on.

    `past`: the last calls that have ended, the oldest first.
    """

    def __init__(self, limits: Limits, say: Say, watch: Watch | None = None) -> None:
        self.limits = limits
        self.watch = watch or Watch(limits, say)
        self.past: deque[Told] = deque(maxlen=limits.memory)
        self._say = say
        self._live: dict[Thing, Call] = {}
        self._stopped = False

    async def begin(self, thing: Thing, patience: float | None = None) -> Call:
        """A call of `thing` to be started, once the one before has ended.

        Raises `Failed` if that takes longer than `patience` s, or after `stop()`.
        """
        while (before := self._live.get(thing)) is not None and not before.ended.done():
            await asyncio.wait({before.ended}, timeout=patience)
            if not before.ended.done():
                raise Failed("busy: the call before has not ended")
        if self._stopped:
            raise Failed("breakd stops")
        call = self._live[thing] = Call(thing, self)
        call.ended.add_done_callback(lambda _: self._forget(call))
        return call

    def told(self) -> list[Told]:
        """The last calls, then those that are on."""
        now = time.monotonic()
        live = [call.told(now - call.began, "goes on") for call in self._live.values() if call.name]
        return [*self.past, *live]

    async def stop(self) -> None:
        """End every call within `leave` / 2 s, and name those that do not."""
        self._stopped = True
        calls = [call for call in self._live.values() if not call.left]
        for call in calls:
            call.abort(Failed("breakd stops"))
            call.cancel()
        if calls:
            await asyncio.wait([call.ended for call in calls], timeout=self.limits.leave / 2)
        for call in calls:
            if not call.ended.done():
                self.leave_behind(call)

    def leave_behind(self, call: Call) -> None:
        """Go on without `call`, and name it once."""
        if not call.left:
            call.left = True
            call.detach()
            self._say(f"{call.thing}: it did not end when told to, and was left behind")

    def _forget(self, call: Call) -> None:
        if self._live.get(call.thing) is call:
            del self._live[call.thing]


class Call:
    """One call. `verdict`: how it went, or why the host lost patience; `ended`: it is really over."""

    def __init__(self, thing: Thing, calls: Calls) -> None:
        self.thing = thing
        self.left = False
        self.calls = calls
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self.name = ""  # of the function, once it was called
        self.at, self.began = 0.0, 0.0  # since the epoch; monotonic
        self.result: Any = None
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.verdict: asyncio.Future[None] = self._loop.create_future()
        # Looked at, so that asyncio does not complain of an exception nobody read.
        self.verdict.add_done_callback(lambda verdict: verdict.cancelled() or verdict.exception())

    def start(self, function: Callable[..., Any], *args: object) -> None:
        """Run `function(*args)`. Never raises what it raises."""
        self.name = getattr(function, "__name__", type(function).__name__)
        self.at, self.began = time.time(), time.monotonic()
        try:
            if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
                context = copy_context()
                context.run(OWNER.set, (self.thing, self.calls.watch))  # what it begins is its own as well
                timed, name = self._timed(function(*args)), f"breakd {self.thing}"
                self._task = self._loop.create_task(timed, name=name, context=context)
                self._task.add_done_callback(self._task_ended)
            else:
                name = f"breakd {self.thing}"
                threading.Thread(target=self._run, args=(function, args), name=name, daemon=True).start()
        except Exception as error:  # no more threads to be had, or a wrapper that raises before the first await
            self._end(error)

    async def finish(self, limit: float | None = None, after: asyncio.Future[None] | None = None) -> Any:
        """Wait for the end, at most `limit` s (counted from the end of `after`, if given); then leave. What it gave.

        Raises what the plugin raised, `Failed` for what no plugin may do, TimeoutError.
        """
        try:
            if after is not None:
                await asyncio.wait({self.verdict, after}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({self.verdict}, timeout=limit)
        except asyncio.CancelledError:
            await self._leave(self.calls.limits.leave / 2)
            raise
        self.abort(TimeoutError(f"no end after {limit} s"))
        if not self.ended.done():
            await self._leave(self.calls.limits.leave)
        self.verdict.result()
        return self.result

    def told(self, seconds: float, outcome: str) -> Told:
        """The call as `breakd plugins trace` tells it."""
        return Told(self.at, str(self.thing), self.name, seconds, outcome)

    def abort(self, error: Exception) -> None:
        """Lose patience: `error` is the verdict, unless there is one already."""
        if not self.verdict.done():
            self.verdict.set_exception(error)

    def cancel(self) -> None:
        """Ask the plugin to end; a thread cannot be asked."""
        if self._task is not None:
            self._task.cancel()

    def detach(self) -> None:
        """Take a task that swallows its cancellation off asyncio's list: `asyncio.run` would wait for it forever."""
        if self._task is not None:
            asyncio.tasks._unregister_task(self._task)

    async def _leave(self, limit: float) -> None:
        self.cancel()
        await asyncio.wait({self.ended}, timeout=limit)
        if not self.ended.done():
            self.calls.leave_behind(self)

    def _timed(self, coroutine: Awaitable[object]) -> Timed:
        inner = coroutine if inspect.iscoroutine(coroutine) else _await(coroutine)
        return Timed(inner, self.thing, self.calls.watch)

    def _run(self, function: Callable[..., Any], args: tuple[object, ...]) -> None:
        failure, result = None, None
        try:
            result = function(*args)
            if inspect.isawaitable(result):  # a plain def that hands on what an async def gave it
                result = asyncio.run_coroutine_threadsafe(self._timed(result), self._loop).result()
        except BaseException as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._end, failure, result)

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self._end(asyncio.CancelledError())
        elif error := task.exception():
            self._end(error)
        else:
            self._end(None, task.result())

    def _end(self, error: BaseException | None, result: object = None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
        self.result = result
        if error is None and result is not None and self.thing.kind not in ANSWERING:
            error = Failed(f"{self.name} returned {reprlib.repr(result)}, expected nothing: a failure is to be raised")
        seconds, outcome = time.monotonic() - self.began, "ok" if error is None else type(error).__name__
        self.calls.past.append(self.told(seconds, outcome))
        if error is not None:
            self.abort(_tame(error))
        elif not self.verdict.done():
            self.verdict.set_result(None)


async def _await(awaitable: Awaitable[object]) -> object:
    return await awaitable


def _tame(error: BaseException) -> Exception:
    """`error` as an exception that stops nobody else."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:  # what a TaskGroup makes of any error
        error = error.exceptions[0]
    if isinstance(error, asyncio.CancelledError):
        return Failed("it cancelled itself")
    if isinstance(error, SystemExit):
        return Failed(f"it called sys.exit({error.code!r})")
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failure = Failed(f"it raised {error!r}")
    failure.__cause__ = error
    return failure
