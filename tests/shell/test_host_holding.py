"""Who holds the loop is named with its line, thrown out in the end, and stays off until it is allowed again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path

import pytest

from breakd import Active, Emit, Register
from breakd.plugin.holding import OURS
from breakd.plugin.limits import Limits
from breakd.plugin.memory import Memory
from tests.shell.host_parts import House, Kept, module, offers, running, settled

HASTY = Limits(hog=0.02, hold=0.1, first_wait=0.001, importing=0.3)

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of the system: Windows")


def remembering(path: Path, limits: Limits = HASTY) -> House:
    """A house whose host remembers who is off."""
    return House(limits=limits, memory=Memory(path))


async def test_who_loops_forever_is_thrown_out(tmp_path: Path) -> None:
    """Not even `while True` keeps the daemon: the plugin is off, now and in the next life, and its line is told."""

    async def source(emit: Emit) -> None:
        emit(Active())
        while True:
            with contextlib.suppress(Exception):
                time.sleep(0.001)  # noqa: ASYNC251  the very sin

    house = remembering(tmp_path / "plugins.json")
    house.host.add("demo", module(offers(source=source)))
    await house.host.start()
    await house.said.until(lambda lines: any("off:" in line for line in lines))
    line = next(line for line in house.said if "off:" in line)
    assert "source demo: off: it held the event loop for 0.1 s at test_host_holding.py:" in line
    assert "in source" in line
    assert line.endswith("`breakd plugins enable demo` allows it again")
    await settled(lambda: house.host.plugins["demo"].state == "off")
    await house.host.stop()

    again = remembering(tmp_path / "plugins.json")
    again.host.add("demo", module(offers(source=source)))
    assert again.host.plugins["demo"].state == "off"
    assert "it held the event loop" in again.host.plugins["demo"].reason
    assert Memory(tmp_path / "plugins.json").drop("demo")
    assert not Memory(tmp_path / "plugins.json").drop("demo")


async def test_tasks_that_a_plugin_begins_are_its_own() -> None:
    """A child task that holds the loop is blamed on the plugin, as is a TaskGroup's."""

    async def child() -> None:
        time.sleep(0.05)  # noqa: ASYNC251  the very sin

    async def source(emit: Emit) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())

    async with running(HASTY, demo=offers(source=source)) as house:
        await house.said.first(1)
        assert "source demo: it held the event loop for 0.0" in house.said[0]
        assert "in child" in house.said[0]


def test_a_hook_that_does_not_end_is_given_up_on() -> None:
    """A hook that hangs costs its own plugin only, and the start no more than the limit."""

    def hook(register: Register) -> None:
        while True:
            time.sleep(0.001)

    house = House(limits=HASTY)
    house.host.add("demo", module(hook))
    assert house.host.plugins["demo"].state == "failed"
    assert house.said[0].startswith("hook demo: off: it held the event loop for 0.3 s at test_host_holding.py:")
    assert "in hook; `breakd" in house.said[0]
    assert "its breakd_register did not end: thrown out after 0.3 s" in house.said[1]


async def test_time_in_the_daemon_is_nobodys_fault() -> None:
    """While the daemon writes down what a source told, the source is not thrown out."""
    done = Kept[int]()

    async def source(emit: Emit) -> None:
        emit(Active())
        done.add(1)
        await asyncio.Event().wait()

    async with running(HASTY, deliver=lambda *_: time.sleep(0.2), demo=offers(source=source)) as house:
        await done.first(1)
        assert list(house.said) == []


async def test_handlers_of_signals_are_put_back() -> None:
    """A plugin that takes SIGTERM or SIGALRM for itself loses it again, and is named."""
    theirs = [number for number in OURS if number != signal.SIGALRM]  # that one stays with us, and does nothing
    before = [signal.getsignal(number) for number in theirs]
    done = Kept[int]()

    async def source(emit: Emit) -> None:
        for number in OURS:
            signal.signal(number, signal.SIG_IGN)
        await asyncio.sleep(0)
        done.add(1)

    async with running(HASTY, demo=offers(source=source)) as house:
        await done.first(1)
        assert [signal.getsignal(number) for number in theirs] == before
        signal.raise_signal(signal.SIGALRM)
        assert list(house.said) == [
            "source demo: it changed what is done at SIGINT, SIGTERM, SIGHUP, SIGALRM; that was put back"
        ]


async def test_an_alarm_of_somebody_else_is_left_alone() -> None:
    """Where ITIMER_REAL is used already, as by a test runner, the host does not touch it."""
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        async with running(HASTY, demo=offers(source=lambda emit: None)):
            pass
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_a_damaged_memory_switches_nothing_off(tmp_path: Path) -> None:
    """The file may be anything: then everything is on, and the next word is kept all the same."""
    file = tmp_path / "state" / "plugins.json"
    memory = Memory(file)
    assert memory.read() == {}
    memory.put("neck", "why")
    for damaged in ("", "[]", '{"off": 3}', "{", '{"off": {"neck": "why"}}'):
        file.write_text(damaged)
        assert memory.read() in ({}, {"neck": "why"})
    memory.put("desk", "because")
    assert memory.read() == {"neck": "why", "desk": "because"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["plugins.json"]
