"""New settings while plugins run: who is concerned is asked anew, everybody else goes on undisturbed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType

from breakd import Active, Busy, Emit, Free, Idle, Note, Record, Register, Routine, Session, Stream
from breakd.core.events import Hold, Started
from tests.shell.host_parts import QUICK, House, Kept, module, routine, settled, states
from tests.shell.test_host_notifiers import Screen
from tests.shell.test_host_sources import NOW, forever

NOTE = Note(key="prompt", title="Time to move")


@dataclass
class Reason:
    """What the source of these tests claims."""

    reason: Hold = "call"
    run: str = ""


def caller(runs: Kept[str]) -> ModuleType:
    """A plugin that says it is busy for as long as it runs; `runs`: its beginnings and ends."""

    def hook(register: Register) -> None:
        settings = register.settings(Reason)
        reason, run = settings.reason, settings.run or settings.reason

        @register.source
        async def calls(emit: Emit) -> None:
            runs.add(f"begins {run}")
            emit(Active())
            emit(Busy(reason))
            try:
                await forever()
            finally:
                runs.add(f"ends {run}")

    return module(hook)


@asynccontextmanager
async def running(**plugins: object) -> AsyncIterator[House]:
    """A started host with these plugins, which can be given new settings."""
    house = House(limits=QUICK)
    for name, plugin in plugins.items():
        house.host.add(name, plugin)
    await house.host.start()
    yield house
    await house.host.stop()


async def change(house: House, *order: str, **tables: Mapping[str, object]) -> tuple[str, ...]:
    """New settings, in force when this returns."""
    refused = house.host.reconfigure(tables=tables, order=order or ("desktop", "console"))
    await house.host.reconfigured()
    return refused


async def test_only_whose_table_changed_begins_anew() -> None:
    """The old source ends and takes back its claims before the new one begins; another one never notices."""
    runs, others = Kept[str](), Kept[str]()
    async with running(one=caller(runs), other=caller(others)) as house:
        await others.first(1)
        await runs.first(1)
        del house.told[:]
        assert await change(house, one={"reason": "fullscreen"}) == ()
        await runs.first(3)
        assert runs == ["begins call", "ends call", "begins fullscreen"]
        assert others == ["begins call"]
        assert house.events == [Idle(), Free("call"), Active(), Busy("fullscreen")]
        assert {told.source for told in house.told} == {"one"}


async def test_same_settings_disturb_nobody() -> None:
    """The tables as they were, in another order or said explicitly empty: nothing begins or ends."""
    runs = Kept[str]()
    async with running(one=caller(runs), other=caller(runs)) as house:
        await runs.first(2)
        assert await change(house, other={}, one={}) == ()
        assert runs == ["begins call"] * 2


async def test_turned_off_and_on() -> None:
    """A plugin that is turned off takes back what it claims and is off; turned on again it begins."""
    runs = Kept[str]()
    async with running(one=caller(runs)) as house:
        await runs.first(1)
        await change(house, one={"enabled": False})
        assert (runs[-1], states(house.host), house.host.plugins["one"].things) == ("ends call", {"one": "off"}, [])
        assert house.events[2:] == [Idle(), Free("call")]
        await change(house)
        await runs.first(3)
        assert (runs[-1], states(house.host)) == ("begins call", {"one": "ok"})


async def test_a_wrong_table_changes_nothing_at_all() -> None:
    """One edit, one verdict: if a plugin cannot with its new table, the tables of the others wait too."""
    runs = Kept[str]()
    async with running(one=caller(runs), two=caller(runs)) as house:
        await runs.first(2)
        refused = await change(house, one={"reason": 3}, two={"reason": "fullscreen"})
        assert [line.split(": ")[:2] for line in refused] == [["breakd.toml:7", "plugins.one.reason"]]
        assert runs == ["begins call"] * 2
        assert states(house.host) == {"one": "ok", "two": "ok"}
        assert await change(house, two={"reason": "fullscreen"}) == ()
        assert "begins fullscreen" in await runs.first(4)


async def test_a_plugin_that_failed_can_be_mended() -> None:
    """What was wrong at the start holds up no change, and works as soon as its table is right."""
    runs = Kept[str]()
    house = House(limits=QUICK, tables={"one": {"reason": 3}})
    house.host.add("one", caller(runs))
    await house.host.start()
    assert states(house.host) == {"one": "failed"}
    assert await change(house, one={"reason": 4}) == ()
    assert states(house.host) == {"one": "failed"}
    assert await change(house, one={"reason": "fullscreen"}) == ()
    assert await runs.first(1) == ["begins fullscreen"]
    await house.host.stop()


async def test_changes_in_a_row() -> None:
    """A hundred changes at once: the last one counts, and never do two of a source run at the same time."""
    runs = Kept[str]()
    async with running(one=caller(runs)) as house:
        await runs.first(1)
        for number in range(100):
            house.host.reconfigure(tables={"one": {"run": f"r{number}"}}, order=())
        await house.host.reconfigured()
        await runs.until(lambda items: items[-1] == "begins r99")
        assert [run.split()[0] for run in runs] == ["begins", "ends"] * (len(runs) // 2) + ["begins"]


async def test_a_change_before_the_start() -> None:
    """It is in force when the host starts."""
    runs = Kept[str]()
    house = House(limits=QUICK)
    house.host.add("one", caller(runs))
    await change(house, one={"reason": "fullscreen"})
    await house.host.start()
    assert await runs.first(1) == ["begins fullscreen"]
    await house.host.stop()


async def test_notes_move_with_the_order() -> None:
    """Only the next note follows a new order: one that stands stays where it is, and can be withdrawn there."""
    desktop, console = Screen(), Screen()
    async with running(desktop=module(offering(desktop)), console=module(offering(console))) as house:
        await house.host.show(NOTE)
        await change(house, "console", "desktop")
        assert (desktop.seen, console.seen) == ({"prompt": NOTE.title}, {})
        assert await house.host.show(Note(key="warning", title="Sitting")) == "console"
        await house.host.withdraw("prompt")
        assert (desktop.seen, console.seen) == ({}, {"warning": "Sitting"})
        assert list(house.said) == []


async def test_a_note_leaves_with_its_notifier() -> None:
    """It is taken back and shown by the next one; what goes by itself is only taken back."""
    desktop, console = Screen(), Screen()
    async with running(desktop=module(offering(desktop)), console=module(offering(console))) as house:
        await house.host.show(NOTE)
        await house.host.show(Note(key="done", title="Break done", seconds=30))
        await change(house, desktop={"enabled": False})
        assert (desktop.seen, desktop.withdrawn, console.seen) == ({}, ["prompt", "done"], {"prompt": NOTE.title})
        await house.host.withdraw("prompt")
        assert console.seen == {}


async def test_a_note_withdrawn_meanwhile_is_not_shown_elsewhere() -> None:
    """Nobody sees a note again that was withdrawn while its notifier left."""
    desktop, console = Screen(), Screen()
    async with running(desktop=module(offering(desktop)), console=module(offering(console))) as house:
        await house.host.show(NOTE)
        house.host.reconfigure(tables={"desktop": {"enabled": False}}, order=())
        await house.host.withdraw("prompt")
        await house.host.reconfigured()
        assert (desktop.seen, console.seen, console.calls) == ({}, {}, 0)


async def test_observers_come_and_go() -> None:
    """One that is turned off sees its stream end; a new one is told from the moment it was turned on."""
    heard = Kept[str]()

    def hook(register: Register) -> None:
        @register.observer
        async def log(records: Stream[Record]) -> None:
            async for record in records:
                heard.add(record.name)
            heard.add("end")

    async with running(log=module(hook)) as house:
        house.host.observe(Record(NOW, "event", "first", {}))
        await heard.first(1)
        await change(house, log={"enabled": False})
        house.host.observe(Record(NOW, "event", "unheard", {}))
        house.host.reconfigure(tables={}, order=())
        house.host.observe(Record(NOW, "event", Started.name, {}))
        assert await heard.first(3) == ["first", "end", Started.name]


async def test_a_session_outlives_its_guide() -> None:
    """The session goes on when the guide that presents it is turned off."""
    guided = Kept[str]()

    def hook(register: Register) -> None:
        @register.guide
        async def guide(session: Session) -> None:
            guided.add("begins")
            try:
                async for _cue in session:
                    pass
            finally:
                guided.add("ends")

    async with running(guide=module(hook)) as house:
        session = house.host.guide(routine(60), "move")
        session.go()
        await guided.first(1)
        await change(house, guide={"enabled": False})
        assert await guided.first(2) == ["begins", "ends"]
        assert not session.ended.done()
        session.stop()


async def test_routines_follow() -> None:
    """The routines of a pack that is turned off are gone at once, and back at once."""
    house = House(limits=QUICK, load_routines=lambda path, prefix: (routine(60),))
    house.host.add("neck", module(lambda register: register.routine_file("neck.toml")))

    def ids() -> list[str]:
        routines: tuple[Routine, ...] = house.host.routines
        return [each.id for each in routines]

    assert ids() == ["neck.turn"]
    await change(house, neck={"enabled": False})
    assert ids() == []
    await change(house)
    assert ids() == ["neck.turn"]


async def test_a_table_for_nobody_is_said_once() -> None:
    """With the name that was probably meant."""
    house = House(limits=QUICK)
    house.host.add("console", module(offering(Screen())))
    await change(house, consle={"bell": True})
    await change(house, consle={"bell": False})
    assert list(house.said) == ["plugins.consle: no such plugin (did you mean console?)"]


async def test_a_source_that_will_not_end() -> None:
    """It is left behind and named, and the new one begins all the same."""
    runs, enough = Kept[str](), asyncio.Event()

    def hook(register: Register) -> None:
        reason = register.settings(Reason).reason

        @register.source
        async def stubborn(emit: Emit) -> None:
            runs.add(reason)
            while reason == "call" and not enough.is_set():
                try:
                    await enough.wait()
                except asyncio.CancelledError:
                    runs.add("no")

    async with running(one=module(hook)) as house:
        await runs.first(1)
        await change(house, one={"reason": "fullscreen"})
        assert await runs.first(3) == ["call", "no", "fullscreen"]
        await settled(lambda: "left behind" in "".join(house.said))
        enough.set()


def offering(screen: object) -> object:
    """A hook that registers it as a notifier."""
    return lambda register: register.notifier(screen)
