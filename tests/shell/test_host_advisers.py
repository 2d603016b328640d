"""Advisers and importers in the host: asked together and in time, taken as a whole or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from breakd import Active, Advice, Context, Emit, Exercised, Felt, Register, Routine, Sleep
from breakd.plugin.limits import Limits
from tests.shell.host_parts import PATIENCE, QUICK, House, offers, routine, running

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTEXT = Context(now=NOON, kind="move", seconds=180)


def adviser(answer: object) -> Callable[[Context], Any]:
    """One that always says the same."""
    return lambda context: answer


async def test_all_are_asked_and_the_order_does_not_matter() -> None:
    """What several say comes together, sorted; a routine gets the name of its plugin before its id."""

    async def slow(context: Context) -> Sequence[Routine | Advice]:
        await asyncio.sleep(0.01)
        return [Advice("a", 2), routine(60, id="walk")]

    quick = adviser([Advice("b", 0.5, context_free := "because")])
    async with running(Limits(), two=offers(adviser=slow), one=offers(adviser=quick)) as house:
        given = await house.host.advise(CONTEXT)
        assert given.advice == (Advice("a", 2), Advice("b", 0.5, context_free))
        assert [each.id for each in given.routines] == ["two.walk"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "it returned NoneType, expected a list of Advice and Routine"),
        (map(str, ()), "it returned map, expected a list"),
        (["neck"], "it returned 'neck' in its list, expected Advice or Routine"),
        ([Advice("neck", 1)] * 51, "it returned 51 items, expected 50 at most"),
    ],
    ids=["nothing", "generator", "text", "many"],
)
async def test_wrong_answers_are_failures(answer: object, why: str) -> None:
    """An adviser that says what nobody can use is named and counted, and the others are heard."""
    async with running(QUICK, bad=offers(adviser=adviser(answer)), good=offers(adviser=adviser([]))) as house:
        assert (await house.host.advise(CONTEXT)).advice == ()
        assert len(house.said) == 1
        assert why in house.said[0]
        assert house.host.plugins["bad"].facts()["failures"] == 1
        assert house.host.plugins["good"].state == "ok"


async def test_who_is_late_is_left_out_and_in_the_end_not_asked() -> None:
    """One that hangs costs its limit, three times; then it is left alone for a while."""
    released = threading.Event()
    asked = []

    def hangs(context: Context) -> Sequence[Routine | Advice]:
        asked.append(context)
        released.wait(PATIENCE)
        return []

    async with running(Limits(advice=0.02, leave=0.01), bad=offers(adviser=hangs)) as house:
        for _ in range(4):
            assert await house.host.advise(CONTEXT) == ((), ())
        assert "3 times in a row: tried again in 10 min" in house.host.plugins["bad"].reason
        assert len(asked) == 1  # never twice at once
        released.set()


async def collected(importer: Callable[[Path, Emit], None], progress: list[float]) -> list[tuple[object, datetime]]:
    """What it tells, run by the host."""
    async with running(QUICK, garmin=offers(importer=importer)) as house:
        thing = house.host.thing("importer", "garmin")
        assert thing is not None
        return [(told.event, told.at) for told in (await house.host.gather(thing, Path("x"), progress.append)).told]


async def test_an_import_is_sorted_and_tells_how_far_it_is() -> None:
    """Reports come in the order of time, a sleep at its end; progress is passed on."""
    night = Sleep(NOON - timedelta(hours=12), NOON - timedelta(hours=4))

    def importer(path: Path, emit: Emit) -> None:
        emit(Exercised(30, 5), at=NOON)
        emit.progress(0.5)
        emit(night)
        emit.progress(1)
        assert list(emit.idle_after()) == []

    progress: list[float] = []
    assert await collected(importer, progress) == [(night, night.end), (Exercised(30, 5), NOON)]
    assert progress == [0.5, 1]


@pytest.mark.parametrize(
    ("tell", "why"),
    [
        (lambda emit: emit(Active()), r"emit does not take Active\(\); it takes: Exercised, Felt, Present, Sleep"),
        (lambda emit: emit(Felt(pain=3)), "when was it"),
        (lambda emit: emit(Felt(pain=3), at=datetime.now(UTC) + timedelta(hours=1)), "cannot lie in the future"),
        (lambda emit: emit.progress(7), "progress is 7, expected 0 to 1"),
        (lambda emit: emit.progress("half"), "progress is 'half', expected a number"),
    ],
    ids=["presence", "when", "future", "progress", "progress type"],
)
async def test_what_an_importer_may_not_tell(tell: Callable[[Emit], None], why: str) -> None:
    """An import is about the past and about the person; a mistake ends it at the author's line, with nothing told."""
    with pytest.raises((TypeError, ValueError), match=why):
        await collected(lambda path, emit: tell(emit), [])


def test_sleeps_make_sense() -> None:
    """A sleep has moments with time zone, in order."""
    with pytest.raises(ValueError, match=r"start is .*expected a datetime with time zone"):
        Sleep(NOON.replace(tzinfo=None), NOON)
    with pytest.raises(ValueError, match="before it begins"):
        Sleep(NOON, NOON)


async def test_what_returns_something_fails() -> None:
    """A notifier that returns False means that it could not: nobody would notice, so it is a failure that says so."""

    def hook(register: Register) -> None:
        register.source(lambda emit: 3)  # type: ignore[arg-type]

    async with running(QUICK, demo=hook) as house:
        await house.said.first(1)
        assert house.said[0] == "source demo: failed: <lambda> returned 3, expected nothing: a failure is to be raised"


@pytest.mark.parametrize(
    ("hooks", "why"),
    [
        (["breakd_register2"], "made for generation 2 of the plugin interface, this breakd has 1: update breakd"),
        (["breakd_register0"], "made for generation 0 of the plugin interface, this breakd has 1: update the plugin"),
        (["breakd_registers"], "breakd_registers is no hook; the hook is breakd_register(register)"),
    ],
)
def test_another_generation_is_refused(hooks: list[str], why: str) -> None:
    """The name of the hook is the generation of the interface: another one is refused, with what to do."""
    house = House()
    house.host.add("demo", type("demo", (), {name: staticmethod(lambda register: None) for name in hooks}))
    assert house.host.plugins["demo"].state == "failed"
    assert why in house.said[0]


def test_a_plugin_may_speak_several_generations() -> None:
    """With our hook beside that of another generation it is loaded by ours."""

    house, hook = House(), staticmethod(offers(observer=lambda records: None))
    house.host.add(
        "demo", type("demo", (), {"breakd_register": hook, "breakd_register2": staticmethod(lambda x: None)})
    )
    assert house.host.plugins["demo"].state == "ok"
