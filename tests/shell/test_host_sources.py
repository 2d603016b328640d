"""Sources and observers: what they may tell, how they are restarted, what becomes of their word when they die."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from breakd import (
    Active,
    Answer,
    Busy,
    Emit,
    Event,
    Free,
    Idle,
    Locked,
    NotWatching,
    Posture,
    Record,
    Register,
    Resumed,
    Stream,
    Unavailable,
    Unlocked,
    Watching,
)
from breakd.core.events import Started
from breakd.plugin.limits import Limits
from tests.shell.host_parts import PATIENCE, QUICK, Kept, Told, offers, running, settled, states

NOW = datetime.now(UTC)
LATER: Any = "later"
NO_KEY: Any = 3


def forever() -> asyncio.Future[None]:
    """What a source waits for that has nothing to say at the moment."""
    return asyncio.get_running_loop().create_future()


async def test_async_source_tells_on_the_loop() -> None:
    """What an async source emits arrives at once, with its circumstances and its name."""
    at = NOW - timedelta(seconds=3)

    def hook(register: Register) -> None:
        @register.source
        async def demo(emit: Emit) -> None:
            emit(Active())
            emit(Idle(), ago=20)
            assert len(house.told) == 2  # synchronously
            emit(Locked(), at=at)

        async def answers(emit: Emit) -> None:
            emit(Answer("prompt", "snooze"))

        register.source(answers, name="answers")

    async with running(demo=hook) as house:
        await house.told.first(4)
        assert list(house.told) == [
            Told(Active(), "demo"),
            Told(Idle(), "demo", ago=20),
            Told(Locked(), "demo", at=at),
            Told(Answer("prompt", "snooze"), "demo.answers"),
        ]
        assert list(house.said) == []


async def test_plain_source_tells_from_a_thread() -> None:
    """A plain `def` runs in a daemon thread; what it emits is delivered on the loop's thread."""
    daemon: list[bool] = []
    delivered: list[int] = []

    def source(emit: Emit) -> None:
        daemon.append(threading.current_thread().daemon)
        emit(Locked())

    async with running(demo=offers(source=source), deliver=lambda *_: delivered.append(threading.get_ident())) as house:
        await house.told.first(1)
        assert (house.events, daemon, delivered) == ([Locked()], [True], [threading.get_ident()])


@pytest.mark.parametrize(
    ("event", "when", "expected"),
    [
        ("active", {}, "TypeError: emit does not take 'active'; it takes: Active, Answer, Busy, "),
        (Active, {}, "TypeError: emit was given the class Active: write Active(...)"),
        (Started(), {}, "TypeError: emit does not take Started(); it takes: "),
        (Active(), {"ago": -1}, "ValueError: ago is -1, expected 0 or more: an event cannot lie in the future"),
        (Active(), {"ago": float("nan")}, "ValueError: ago is nan, expected 0 or more"),
        (Active(), {"ago": "20"}, "TypeError: ago is '20', expected seconds"),
        (Active(), {"ago": 1, "at": NOW}, "ValueError: ago and at were both given: an event has one moment"),
        (Active(), {"at": NOW.replace(tzinfo=None)}, "ValueError: at is 2"),
        (Active(), {"at": NOW + timedelta(days=1)}, "ValueError: at is 2"),
        (Active(), {"at": 3.0}, "TypeError: at is 3.0, expected a datetime"),
        (Answer("prompt", LATER), {}, "ValueError: choice is 'later', expected one of: start, snooze, skip"),
        (Answer(NO_KEY, "skip"), {}, "TypeError: the key of an Answer is the key of a note, a str, not 3"),
    ],
)
async def test_bad_event_is_refused_at_the_authors_line(event: Any, when: dict[str, Any], expected: str) -> None:
    """A bad event raises inside `emit`, so that the author's line stands in the message, and is not delivered."""

    async def source(emit: Emit) -> None:
        emit(event, **when)

    async with running(demo=offers(source=source)) as house:
        (line,) = await house.said.first(1)
        assert line.startswith(f"source demo: failed: {expected}")
        assert "(test_host_sources.py:" in line
        assert house.events == []


async def test_failed_source_is_restarted_until_it_works() -> None:
    """A source that raises is run again after a wait; the same failure is said once."""
    runs: list[float] = []

    async def source(emit: Emit) -> None:
        runs.append(time.monotonic())
        if len(runs) < 5:
            raise OSError("gone")
        emit(Active())
        await forever()

    limits = Limits(first_wait=0.005, longest_wait=0.02)
    async with running(limits, demo=offers(source=source)) as house:
        await house.told.first(1)
        waits = [after - before for before, after in pairwise(runs)]
        least = (0.005, 0.01, 0.02, 0.02)
        assert [wait for wait, asked in zip(waits, least, strict=True) if wait < asked - 0.002] == []
        assert len(house.said) == 1
        assert house.said[0].startswith("source demo: failed: OSError: gone (test_host_sources.py:")
        assert states(house.host) == {"demo": "ok"}


async def test_good_run_forgives() -> None:
    """After a run that was long enough the waits begin afresh, and a failure is news again."""
    runs: list[int] = []

    async def source(emit: Emit) -> None:
        runs.append(len(runs))
        raise OSError("gone")

    async with running(Limits(first_wait=0.001, longest_wait=60, forgiven=0), demo=offers(source=source)) as house:
        await house.said.first(12)  # with doubled waits the twelfth run would come after two seconds
        assert len(runs) >= 12


@pytest.mark.parametrize("quit", [lambda: sys.exit(3), lambda: asyncio.current_task().cancel()])  # type: ignore[union-attr]
async def test_quitting_is_a_failure(quit: Callable[[], object]) -> None:
    """SystemExit and a cancellation of the plugin's own are failures, and end nothing else."""

    async def source(emit: Emit) -> None:
        quit()
        await asyncio.sleep(0)

    async with running(demo=offers(source=source)) as house:
        (line,) = await house.said.first(1)
        assert line in ("source demo: failed: it called sys.exit(3)", "source demo: failed: it cancelled itself")


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt(), StopIteration(), GeneratorExit()])
async def test_nothing_gets_out_of_a_thread(error: BaseException) -> None:
    """Whatever a plain `def` raises is its failure."""

    def source(emit: Emit) -> None:
        raise error

    async with running(demo=offers(source=source)) as house:
        (line,) = await house.said.first(1)
        assert line.startswith("source demo: failed: it ")


async def test_error_out_of_a_task_group_is_itself() -> None:
    """What a child task of a TaskGroup raises counts as if the source had raised it."""

    async def child() -> None:
        raise Unavailable("no X server")

    async def source(emit: Emit) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())

    async with running(demo=offers(source=source)) as house:
        assert await house.said.first(1) == ["source demo: unavailable: no X server"]


async def test_unavailable_is_no_failure() -> None:
    """`Unavailable` is said once, is a state, and is tried again only after a long time or on `retry`."""
    runs: list[int] = []
    tried = Kept[int]()

    async def source(emit: Emit) -> None:
        runs.append(len(runs))
        tried.add(len(runs))
        if len(runs) < 3:
            raise Unavailable("no X server")
        emit(Active())
        await forever()

    async with running(demo=offers(source=source)) as house:
        await house.said.first(1)
        assert list(house.said) == ["source demo: unavailable: no X server"]
        assert (states(house.host), house.host.plugins["demo"].reason) == (
            {"demo": "unavailable"},
            "source demo: no X server",
        )
        house.host.retry()
        await tried.first(2)
        house.host.retry()
        await house.told.first(1)
        assert (len(runs), len(house.said), states(house.host)) == (3, 1, {"demo": "ok"})


async def test_unavailable_is_tried_again_by_itself() -> None:
    """Without `retry`, what is unavailable is tried again after the time set for it."""
    runs: list[int] = []

    async def source(emit: Emit) -> None:
        runs.append(1)
        if len(runs) < 3:
            raise Unavailable("no X server")
        emit(Active())

    async with running(Limits(retry=0.01), demo=offers(source=source)) as house:
        await house.told.first(1)
        assert len(runs) == 3


async def test_unavailable_is_tried_again_ever_more_rarely() -> None:
    """Each rest before the next try is twice as long as the one before."""
    tries: list[float] = []

    async def source(emit: Emit) -> None:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) < 4:
            raise Unavailable("no X server")
        emit(Active())

    async with running(Limits(retry=0.01), demo=offers(source=source)) as house:
        await house.told.first(1)
        assert tries[3] - tries[0] >= 0.01 + 0.02 + 0.04


async def test_unavailable_waits_for_somebody_to_come_back() -> None:
    """While a source tells of presence, what is unavailable is looked for six times as rarely as nobody can be seen."""
    tries: list[float] = []
    seeing = Kept[int]()

    async def presence(emit: Emit) -> None:
        emit.idle_after()
        seeing.add(1)
        await forever()

    async def source(emit: Emit) -> None:
        await seeing.first(1)
        tries.append(asyncio.get_running_loop().time())
        if len(tries) < 2:
            raise Unavailable("no X server")
        emit(Active())

    async with running(Limits(retry=0.01), there=offers(source=presence), demo=offers(source=source)) as house:
        await house.told.first(1)
        assert tries[1] - tries[0] >= 6 * 0.01


async def test_source_that_returns_is_done() -> None:
    """Returning means that there is no more to say: it is not run again, and its plugin is fine."""
    runs: list[int] = []

    async def source(emit: Emit) -> None:
        runs.append(1)
        emit(Posture("standing"))

    async with running(demo=offers(source=source)) as house:
        await house.told.first(1)
        await asyncio.sleep(0.02)
        (thing,) = house.host.plugins["demo"].things
        assert (runs, thing.state, states(house.host)) == ([1], "done", {"demo": "ok"})
        assert house.events == [Posture("standing")]


@pytest.mark.parametrize(
    ("told", "taken_back"),
    [
        ([Busy("call")], [Free("call")]),
        ([Busy("call"), Busy("fullscreen"), Busy("call"), Free("call")], [Free("fullscreen")]),
        ([Watching()], [NotWatching()]),
        ([Watching(), NotWatching()], []),
        ([Active()], [Idle()]),
        ([Active(), Idle()], []),
        ([Locked(), Posture("walking")], [Unlocked()]),
        ([Locked(), Unlocked()], []),
    ],
)
@pytest.mark.parametrize("ending", ["raise", "return"])
async def test_dead_source_takes_back_its_claims(told: list[Event], taken_back: list[Event], ending: str) -> None:
    """What holds only because a source says so ends with the source, however it ends."""
    runs: list[int] = []

    async def source(emit: Emit) -> None:
        runs.append(1)
        if len(runs) == 1:
            for event in told:
                emit(event)
            if ending == "raise":
                raise OSError("gone")

    def other(emit: Emit) -> None:
        emit(Busy("do-not-disturb"))
        next(iter(emit.idle_after()), None)

    async with running(Limits(first_wait=60), demo=offers(source=source), other=offers(source=other)) as house:
        await house.told.until(lambda items: len(items) >= len(told) + len(taken_back) + 1)
        assert [each.event for each in house.told if each.source == "demo"] == told + taken_back
        assert Told(Free("do-not-disturb"), "other") not in house.told


@pytest.mark.parametrize("threaded", [False, True])
async def test_flood_fails_the_source(threaded: bool) -> None:
    """Over 50 events a second fail the source, even if it swallows the error; what it claimed is taken back."""

    def flood(emit: Emit) -> None:
        for _ in range(60):
            try:
                emit(Active())
            except Exception as error:
                errors.append(str(error))

    async def source(emit: Emit) -> None:
        flood(emit)
        await forever()

    def thread(emit: Emit) -> None:
        flood(emit)
        released.wait(PATIENCE)

    errors: list[str] = []
    released = threading.Event()
    thing = thread if threaded else source
    async with running(Limits(first_wait=60, leave=0.02, window=60), demo=offers(source=thing)) as house:
        await house.said.until(lambda lines: any("failed" in line for line in lines))
        released.set()
        assert "source demo: failed: more than 50 events in 60 s" in house.said
        assert errors == ["more than 50 events in 60 s"] * 10
        assert house.events == [Active()] * 50 + [Idle()]


async def test_presence_sources_are_asked() -> None:
    """`idle_after` gives the present number at once and each new one, also when it is the same again."""
    got = Kept[float]()

    async def source(emit: Emit) -> None:
        async for seconds in emit.idle_after():
            got.add(seconds)

    async with running(demo=offers(source=source)) as house:
        house.host.ask(20)
        await got.first(1)
        house.host.ask(5)
        await got.first(2)
        house.host.ask(5)
        await got.first(3)
        assert list(got) == [20, 5, 5]


@pytest.mark.parametrize("threaded", [False, True])
async def test_slow_source_sees_only_the_newest(threaded: bool) -> None:
    """A source that was busy meanwhile is given the last number asked, not those between."""
    got = Kept[float]()
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    go = threading.Event()

    async def source(emit: Emit) -> None:
        stream = emit.idle_after()
        ready.set()
        await settled(go.is_set)
        async for seconds in stream:
            got.add(seconds)

    def thread(emit: Emit) -> None:
        stream = emit.idle_after()
        loop.call_soon_threadsafe(ready.set)
        go.wait(PATIENCE)
        for seconds in stream:
            loop.call_soon_threadsafe(got.add, seconds)

    async with running(demo=offers(source=thread if threaded else source)) as house:
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
        for seconds in (20, 5, 20, 7):
            house.host.ask(seconds)
        go.set()
        await got.first(1)
        assert list(got) == [7]


async def test_restarted_source_is_asked_again() -> None:
    """A source that was restarted gets the number in force."""
    got = Kept[float]()

    async def source(emit: Emit) -> None:
        async for seconds in emit.idle_after():
            got.add(seconds)
            if len(got) < 3:
                raise OSError("gone")

    async with running(demo=offers(source=source)) as house:
        house.host.ask(20)
        assert await got.first(3) == [20, 20, 20]


async def test_daemons_own_failure_is_not_the_sources() -> None:
    """When the daemon cannot take an event, the source goes on: it did nothing wrong."""
    loop = asyncio.get_running_loop()
    troubles = Kept[dict[str, Any]]()
    loop.set_exception_handler(lambda _, context: troubles.add(context))

    async def source(emit: Emit) -> None:
        emit(Active())
        emit(Idle())
        await forever()

    failures = [OSError("disk full")]

    def deliver(*_: Any) -> None:
        if failures:
            raise failures.pop()

    async with running(demo=offers(source=source), deliver=deliver) as house:
        await house.told.first(1)
        assert (house.events, states(house.host), len(troubles)) == ([Idle()], {"demo": "ok"}, 1)


async def test_plain_source_may_return_an_awaitable() -> None:
    """A plain `def` that gives back a coroutine is awaited on the loop: `Maybe` allows both."""

    async def work(emit: Emit) -> None:
        asyncio.get_running_loop()
        emit(Resumed())
        raise OSError("gone")

    def source(emit: Emit) -> Awaitable[None]:
        return work(emit)

    async with running(Limits(first_wait=60), demo=offers(source=source)) as house:
        (line,) = await house.said.first(1)
        assert (house.events, line.startswith("source demo: failed: OSError: gone")) == ([Resumed()], True)


async def test_observer_gets_every_record() -> None:
    """An observer gets each record in order, also those from before it ran and after it was restarted."""
    got: Kept[str] = Kept()

    async def observer(records: Stream[Record]) -> None:
        async for record in records:
            got.add(record.name)
            if record.name == "idle":
                raise OSError("gone")

    async with running(demo=offers(observer=observer)) as house:
        for name in ("started", "active", "idle", "locked", "unlocked"):
            house.host.observe(Record(NOW, "event", name, {}))
        assert await got.first(5) == ["started", "active", "idle", "locked", "unlocked"]
        assert len(house.said) == 1


async def test_slow_observer_loses_the_oldest() -> None:
    """An observer that does not read costs a bounded stream, never the daemon; what it lost is counted."""
    got: Kept[tuple[str, int]] = Kept()

    async def observer(records: Stream[Record]) -> None:
        async for record in records:
            got.add((record.name, records.lost))

    async with running(Limits(backlog=3), demo=offers(observer=observer)) as house:
        for number in range(10):
            house.host.observe(Record(NOW, "event", str(number), {}))
        assert await got.first(3) == [("7", 7), ("8", 7), ("9", 7)]


async def test_stuck_observer_costs_nobody_else() -> None:
    """An observer that hangs in a thread holds up neither another observer nor the stop."""
    got: Kept[str] = Kept()
    released = threading.Event()

    def stuck(records: Stream[Record]) -> None:
        released.wait(PATIENCE)

    async def observer(records: Stream[Record]) -> None:
        async for record in records:
            got.add(record.name)

    async with running(QUICK, one=offers(observer=stuck), two=offers(observer=observer)) as house:
        house.host.observe(Record(NOW, "event", "active", {}))
        assert await got.first(1) == ["active"]
    released.set()
    assert list(house.said) == ["observer one: it did not end when told to, and was left behind"]
