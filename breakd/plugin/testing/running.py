"""Single things run by the real host, in made-up time: what comes of them is given back, what they raise is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from breakd.core.events import Advice, Event
from breakd.core.routines import Routine
from breakd.plugin.host import Host
from breakd.plugin.interfaces import (
    Adviser,
    Context,
    Guide,
    Importer,
    Note,
    Notifier,
    Observer,
    Record,
    Register,
    Source,
)
from breakd.plugin.loaded import Failed, Kind, Thing
from breakd.plugin.sessions import GuidedSession
from breakd.plugin.testing.loading import Plugin, load
from breakd.plugin.testing.time import in_made_up_time

T = TypeVar("T")
A_DAY = 86_400.0  # s of made-up time


@dataclass(frozen=True)
class Told:
    """One report of an importer: what, and the moment it is about."""

    event: Event
    at: datetime


def collect(source: Source, n: int, *, ask: float | Sequence[float] = 20.0, seconds: float = A_DAY) -> list[Event]:
    """The first `n` events of a source, or fewer if it ends before; then with what the host takes back, as `Idle`.

    `ask`: the seconds of idleness that it is asked for, one after the other. Raises what the source raises, and
    AssertionError if `seconds` of made-up time bring neither so many events nor the end.
    """
    told: list[Event] = []

    async def job(host: Host, thing: Thing) -> None:
        run = asyncio.ensure_future(host.running.sources.run(thing))
        for each in [ask] if isinstance(ask, (int, float)) else ask:
            host.ask(each)
            await asyncio.sleep(0.01)
        end = asyncio.get_running_loop().time() + seconds
        while len(told) < n and not run.done() and asyncio.get_running_loop().time() < end:
            await asyncio.wait({run}, timeout=_look(seconds))
        if run.done() and len(told) < n:
            run.result()
        elif len(told) < n:
            raise AssertionError(f"{n} events expected; in {seconds:g} s of made-up time it told only {told}")
        run.cancel()

    _run("source", source, job, lambda event: told.append(event) if len(told) < n else None)
    return told


def settle(source: Source, asks: Sequence[float], seconds: float) -> None:
    """Let a source run for so long, then end it. Raises what it raises, Failed if it does not end within a second."""

    async def job(host: Host, thing: Thing) -> None:
        run = asyncio.ensure_future(host.running.sources.run(thing))
        for each in asks:
            host.ask(each)
            await asyncio.wait({run}, timeout=seconds / len(asks))
        if run.done():
            run.result()
        host.running.sources.mute()  # ends its streams, which is all that a thread can be told
        run.cancel()
        await asyncio.wait({run})

    _run("source", source, job)


def _look(seconds: float) -> float:
    """s between looks: made-up time costs nothing, real time is not to be wasted."""
    return min(1.0, seconds)


def show(notifier: Notifier, *notes: Note, withdraw: Sequence[str] = ()) -> None:
    """Show these notes, then withdraw these keys. Raises what the notifier raises, or TimeoutError after 5 s."""

    async def job(host: Host, thing: Thing) -> None:
        limit = host.running.calls.limits.call
        for note in notes:
            await _call(host, thing, notifier.show, note, limit)
        for key in withdraw:
            await _call(host, thing, notifier.withdraw, key, limit)

    _run("notifier", notifier, job)


def present(guide: Guide, routine: Routine, *, stop_after: float | None = None) -> None:
    """Let a guide present a routine to its end, or to a stop after so many seconds. Raises what it raises."""

    async def job(host: Host, thing: Thing) -> None:
        session = GuidedSession(routine, "move")
        session.go()
        if stop_after is not None:
            asyncio.get_running_loop().call_later(stop_after, session.stop)
        call = await host.running.calls.begin(thing)
        call.start(guide, session.part())
        await call.finish(host.running.calls.limits.call, after=session.ended)

    _run("guide", guide, job)


def watch(observer: Observer, *records: Record) -> None:
    """Give an observer these records, and the end of the stream. Raises what it raises."""

    async def job(host: Host, thing: Thing) -> None:
        run = asyncio.ensure_future(host.running.observers.run(thing))
        for record in records:
            host.observe(record)
        host.running.observers.end()
        await asyncio.wait({run}, timeout=host.running.calls.limits.leave)
        if not run.done():
            run.cancel()
            raise Failed("it did not end with its stream")
        run.result()

    _run("observer", observer, job)


def advise(adviser: Adviser, context: Context) -> tuple[Advice | Routine, ...]:
    """What an adviser says, as the core would get it: routines have the plugin, here `test`, in their ids."""
    from breakd.plugin.advisers import sorted_out

    async def job(host: Host, thing: Thing) -> tuple[Advice | Routine, ...]:
        given = sorted_out(
            "test", await _call(host, thing, adviser, context, limit=host.running.calls.limits.advice), ()
        )
        return (*given.advice, *given.routines)

    return _run("adviser", adviser, job)


def gather(importer: Importer, path: Path | str, left: dict[str, int] | None = None) -> list[Told]:
    """What an importer reads from a file, the earliest first; `left` is filled with what it leaves out, by reason.

    Raises what it raises.
    """

    async def job(host: Host, thing: Thing) -> list[Told]:
        read = await host.gather(thing, Path(path), lambda _: None)
        if left is not None:
            left.update(read.left)
        return [Told(event, at) for event, at in read.told]

    return _run("importer", importer, job)


def command(plugin: Plugin, *words: str) -> str:
    """What the plugin's command prints. Raises AssertionError with it if the command fails."""
    from click.testing import CliRunner

    result = CliRunner().invoke(plugin.subcommand(), words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code:
        raise AssertionError(f"exit code {result.exit_code}: {result.output}")
    return str(result.output)


def alone(kind: Kind, target: object) -> Plugin:
    """A plugin `test` that registers nothing but this."""

    def breakd_register(register: Register) -> None:
        getattr(register, kind)(target)

    return load(breakd_register, name="test")


async def _call(
    host: Host, thing: Thing, function: Callable[..., object], argument: object, limit: float | None
) -> object:
    """One call as the host makes it. Raises what it raises, TimeoutError after `limit` s."""
    call = await host.running.calls.begin(thing)
    call.start(function, argument)
    return await call.finish(limit)


def _run(
    kind: Kind,
    target: object,
    job: Callable[[Host, Thing], Awaitable[T]],
    deliver: Callable[[Event], None] = lambda _: None,
) -> T:
    """Let a host that has only this do a job. Raises Failed if it does not end when it is told to."""

    async def whole() -> T:
        plugin = alone(kind, target)
        host = plugin.host(lambda event, *_: deliver(event))
        try:
            result = await job(host, host.plugins["test"].things[0])
        finally:
            await host.stop()
        if behind := [line for line in plugin.said if "left behind" in line]:
            raise Failed(behind[0])
        return result

    return in_made_up_time(whole())
