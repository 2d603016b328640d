"""`answers` of a connection: questions that are asked anew whenever a signal says that the answer may be another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from breakd import bus
from tests.shell.fake_bus import FakeBus

NAME, PATH = "org.example.Lamp", "/lamp"


async def ask(connection: bus.Connection) -> Any:
    """Whether the lamp is on."""
    return (await connection.call(NAME, PATH, NAME, "IsOn"))[0]


def question(about: str = "") -> bus.Question:
    """About the lamp."""
    return bus.Question(((NAME, (bus.Rule(NAME, "Changed", PATH),)),), ask, otherwise="dark", about=about)


@pytest.fixture
async def lamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBus]:
    """A bus with a lamp on it, that is off."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    made = FakeBus(tmp_path / "bus", (NAME,), {"IsOn": ("b", (False,))})
    await made.start()
    yield made
    await made.die()


async def within(answers: AsyncIterator[list[Any]]) -> list[Any]:
    """The next answers; fails where they do not come."""
    async with asyncio.timeout(10):
        return await anext(answers)


async def test_asked_at_first_and_at_each_signal(lamp: FakeBus) -> None:
    """The answers come at once, and again with each signal that one of the questions wants."""
    async with bus.connect("session") as connection:
        answers = connection.answers(question(), question())
        assert await within(answers) == [False, False]
        lamp.answers["IsOn"] = ("b", (True,))
        lamp.emit(PATH, NAME, "Flickered", "s", "nobody wants this one")
        lamp.emit(PATH, NAME, "Changed", "s", "on")
        assert await within(answers) == [True, True]


async def test_an_error_is_otherwise(lamp: FakeBus) -> None:
    """Who cannot answer, or is not there, has the answer that the question foresees for it."""
    del lamp.answers["IsOn"]
    async with bus.connect("session") as connection:
        answers = connection.answers(question())
        assert await within(answers) == ["dark"]
        lamp.answers["IsOn"] = ("b", (True,))
        lamp.emit(PATH, NAME, "Changed", "")
        assert await within(answers) == [True]


@pytest.mark.parametrize(
    ("told", "expected"),
    [("/house/lamp/colour", True), ("/house/lamp/", True), ("/house/", True), ("/house/door", False), ("", True)],
)
def test_only_what_it_is_about(told: str, expected: bool) -> None:
    """The first argument begins with what the question is about, or is a folder that has it."""
    assert question("/house/lamp/").concerns(bus.Signal(NAME, "Changed", PATH, (told,))) is expected


def test_coming_and_going_concern_it() -> None:
    """Who answers and comes or goes may change the answer; anybody else does not."""
    for name, expected in ((NAME, True), ("org.example.Door", False)):
        signal = bus.Signal(bus.DBUS, "NameOwnerChanged", bus.DBUS_PATH, (name, "", ":1.5"))
        assert question().concerns(signal) is expected


async def test_the_end_of_the_bus_ends_it(lamp: FakeBus) -> None:
    """With the bus gone there is no answer any more."""
    async with bus.connect("session") as connection:
        answers = connection.answers(question())
        await within(answers)
        await lamp.die()
        with pytest.raises(ConnectionError):
            await within(answers)
        await lamp.start()
