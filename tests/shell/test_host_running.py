"""The host as a whole: who holds the loop is named, and the stop waits for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

from breakd import Active, Emit, Locked, Record, Register, Session, Stream
from breakd.plugin.calls import Calls
from breakd.plugin.emitting import Emitter
from breakd.plugin.holding import Watch
from breakd.plugin.limits import Limits
from breakd.plugin.loaded import Thing
from breakd.plugin.streams import Feed
from breakd.plugin.timed import Timed
from tests.shell.host_parts import PATIENCE, QUICK, House, Kept, module, offers, routine, running, settled


async def test_who_holds_the_loop_is_named_once() -> None:
    """A plugin that blocks the loop is named, once an hour, with what to do."""
    done = Kept[int]()

    async def source(emit: Emit) -> None:
        for number in range(3):
            time.sleep(0.03)  # noqa: ASYNC251  the very sin
            await asyncio.sleep(0)
            done.add(number)

    async with running(Limits(hog=0.02), demo=offers(source=source)) as house:
        await done.first(3)
        assert len(house.said) == 1
        assert house.said[0].startswith("source demo: it held the event loop for ")


async def test_slow_daemon_is_not_blamed_on_the_source() -> None:
    """Time that the daemon takes to journal an event is not counted as the source's."""
    counted: list[float] = []
    slept: list[float] = []

    class Noted(Watch):
        def held(self, thing: Thing, seconds: float) -> None:
            counted.append(seconds)

    def slow(*_: object) -> None:
        began = time.monotonic()
        time.sleep(0.03)
        slept.append(time.monotonic() - began)

    async def source() -> None:
        emitter(Active())

    thing = Thing("demo", "source", "demo", source)
    calls = Calls(QUICK, print)
    calls.watch = Noted(QUICK, print)
    emitter = Emitter(await calls.begin(thing), slow, QUICK, lambda _: Feed(1))
    began = time.monotonic()
    with contextlib.suppress(StopIteration):
        Timed(source(), thing, calls.watch).send(None)
    assert 0 <= counted[0] <= time.monotonic() - began - slept[0]


async def test_stop_ends_what_listens() -> None:
    """At the stop streams end, observers finish what is waiting, async sources are cancelled; nothing is left."""
    fate: list[str] = []
    begun = asyncio.Event()

    def hook(register: Register) -> None:
        @register.source
        async def source(emit: Emit) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                fate.append("source cancelled")

        @register.observer
        async def observer(records: Stream[Record]) -> None:
            async for record in records:
                fate.append(record.name)
            fate.append("observer done")

        @register.guide
        def guide(session: Session) -> None:
            for cue in session:
                fate.append(f"cue {cue.number}")
            fate.append("guide done")

    threads = threading.active_count()
    async with running(Limits(), demo=hook) as house:
        house.host.guide(routine(30), "move")
        await asyncio.wait_for(begun.wait(), PATIENCE)
        house.host.observe(Record(datetime.now(UTC), "did", "prompt", {}))
    assert sorted(fate) == ["cue 1", "guide done", "observer done", "prompt", "source cancelled"]
    assert list(house.said) == []
    await settled(lambda: threading.active_count() <= threads)


async def test_what_does_not_end_is_left_behind_and_named() -> None:
    """The stop takes no longer than its limit, whatever hangs; each that hangs is named once."""
    released, late = threading.Event(), asyncio.Event()

    def stuck_source(emit: Emit) -> None:
        emit(Locked())
        released.wait(PATIENCE)

    async def deaf_observer(records: Stream[Record]) -> None:
        entered.set()
        while not late.is_set():
            try:
                await late.wait()
            except asyncio.CancelledError:
                continue

    entered = asyncio.Event()
    house = House(limits=Limits(leave=0.2))
    house.host.add("one", module(offers(source=stuck_source)))
    house.host.add("two", module(offers(observer=deaf_observer)))
    await house.host.start()
    await house.told.first(1)
    await entered.wait()
    async with asyncio.timeout(PATIENCE):
        await house.host.stop()
    assert sorted(house.said) == [
        "observer two: it did not end when told to, and was left behind",
        "source one: it did not end when told to, and was left behind",
    ]
    released.set()
    late.set()


async def test_word_after_the_stop_is_ignored() -> None:
    """What a source says after the stop is ignored without an error, and nothing is taken back."""
    released = threading.Event()
    errors: list[Exception] = []
    ended = Kept[int]()
    loop = asyncio.get_running_loop()

    def source(emit: Emit) -> None:
        emit(Active())
        released.wait(PATIENCE)
        try:
            emit(Locked())
            list(emit.idle_after())
        except Exception as error:
            errors.append(error)
        loop.call_soon_threadsafe(ended.add, 1)

    async with running(Limits(leave=0.01), demo=offers(source=source)) as house:
        await house.told.first(1)
    released.set()
    await ended.first(1)
    assert (house.events, errors) == ([Active()], [])


async def test_stop_before_start_and_twice() -> None:
    """Stopping is harmless at any time."""
    house = House()
    await house.host.stop()
    await house.host.start()
    await house.host.stop()
    await house.host.stop()


async def test_broken_source_waiting_for_its_restart_stops() -> None:
    """A source in its wait does not hold up the stop."""

    async def source(emit: Emit) -> None:
        raise OSError("gone")

    async with running(Limits(first_wait=300), demo=offers(source=source)) as house:
        await house.said.first(1)
    assert len(house.said) == 1


PROGRAM = """
import asyncio, threading, types
from breakd.plugin.host import Host

async def deaf(emit):
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

def register(register):
    register.source(deaf)
    register.source(lambda emit: threading.Event().wait(), name="stuck")

async def main():
    host = Host(deliver=print, load_routines=lambda path, prefix: (), say=print)
    host.add("demo", types.SimpleNamespace(breakd_register=register))
    await host.start()
    await asyncio.sleep(0.05)
    await host.stop()

asyncio.run(main())
print("over")
"""


def test_program_ends_although_plugins_do_not() -> None:
    """A task and a thread that will not end cannot keep the process alive after the stop."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines()[-1] == "over"
    assert sorted(done.stdout.splitlines()[:2]) == [
        "source demo.stuck: it did not end when told to, and was left behind",
        "source demo: it did not end when told to, and was left behind",
    ]


async def test_limits_are_the_hosts() -> None:
    """The limits that the tests shorten are, by default, those that the documentation promises."""
    promised = Limits(
        call=5, leave=1, first_wait=1, longest_wait=300, forgiven=600, retry=600, failures=3, events=50, hog=0.25
    )
    assert Limits() == promised
