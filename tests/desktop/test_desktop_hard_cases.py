"""The desktop notifier against a server that misbehaves on demand, over a real bus."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from breakd import Answer, Event, Note, Routine, Step, Unavailable
from breakd_desktop.desktop import Desktop
from tests.contract.notifiers import BUTTONS
from tests.desktop.bus_parts import Desk, Told, running
from tests.desktop.fake_server import FakeServer

pytestmark = pytest.mark.desktop

PROMPT = Note(key="prompt", title="Time to move", text="52 min sitting", buttons=BUTTONS)


class Hearing(Desktop):
    """A desktop whose answers are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Told()

    @property
    def heard(self) -> list[Event]:
        """What it emitted."""
        return self.told.events

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Connected, as in the daemon."""
        async with running(self.answers(self.told)):
            yield


def titles(server: FakeServer) -> list[object]:
    """What is on the server's screen."""
    return [arguments[3] for arguments in server.notes.values()]


async def until(true: Callable[[], object]) -> None:
    """Wait until it is true, at most 5 s."""
    for _ in range(250):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited 5 s in vain")


async def earlier_life() -> None:
    """Show the prompt, and die without withdrawing it."""
    desktop = Hearing()
    async with desktop.listening():
        await desktop.show(PROMPT)


def memory() -> Path:
    """The file that outlives a killed daemon."""
    return Path(os.environ["XDG_RUNTIME_DIR"], "breakd", "notes.json")


def damage_memory(text: str) -> None:
    """Put something else there."""
    memory().parent.mkdir()
    memory().write_text(text, encoding="latin-1")


def remembered() -> list[str]:
    """The keys of the notes in it."""
    return list(json.loads(memory().read_text()))


def modes() -> tuple[int, int]:
    """Who may read its folder, and it."""
    return memory().parent.stat().st_mode & 0o777, memory().stat().st_mode & 0o777


async def test_without_a_bus_it_is_unavailable(desk: Desk) -> None:
    """Without a session bus both say so in words, at once."""
    desktop = Hearing()
    with pytest.raises(
        Unavailable, match=r"no session bus \(DBUS_SESSION_BUS_ADDRESS is not set and \S+ does not exist"
    ):
        await desktop.answers(Told())
    with pytest.raises(Unavailable, match="no session bus"):
        await desktop.show(PROMPT)
    await desktop.withdraw("prompt")


async def test_without_a_server_it_is_unavailable(desk: Desk) -> None:
    """A bus without a notification server: the host must hear it, to try the next notifier; later it works."""
    desk.bus("session")
    desktop = Hearing()
    async with desktop.listening():
        with pytest.raises(Unavailable, match="no notification server"):
            await desktop.show(PROMPT)
        async with FakeServer().serving() as server:
            await desktop.show(PROMPT)
            assert titles(server) == ["Time to move"]


async def test_a_hung_server_is_given_up_within_five_seconds(desk: Desk) -> None:
    """A server that never answers costs less than the host's 5 s; what it shows later is taken away again."""
    desk.bus("session")
    desktop = Hearing()
    async with FakeServer().serving() as server, desktop.listening():
        await desktop.show(Note(key="limit", title="before"))
        server.answers = False
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="notification server did not answer"):
            await desktop.show(PROMPT)
        assert time.monotonic() - began < 5
        await server.thaw()
        await until(lambda: server.calls[-1] == "CloseNotification")
        await until(lambda: titles(server) == ["before"])


async def test_a_dead_bus_ends_the_source(desk: Desk) -> None:
    """When the bus dies nothing hangs: the source fails with ConnectionError, and so does the next note."""
    process = desk.bus("session")
    desktop = Hearing()
    task = asyncio.ensure_future(desktop.answers(Told()))
    async with FakeServer().serving() as server:
        await desktop.show(PROMPT)
        server.answers = False
        showing = asyncio.ensure_future(desktop.show(PROMPT))
        await until(lambda: server.calls.count("Notify") == 2)
        desk.stop(process, signal.SIGKILL)
        with pytest.raises(ConnectionError):
            await showing
        with pytest.raises(ConnectionError):
            await task
        with pytest.raises(ConnectionError):
            await desktop.show(PROMPT)


async def test_without_actions_the_commands_are_in_the_text(desk: Desk) -> None:
    """A server without buttons is given none; its text says the commands."""
    desk.bus("session")
    desktop = Hearing()
    async with FakeServer(capabilities=["body"]).serving() as server, desktop.listening():
        await desktop.show(PROMPT)
        (arguments,) = server.notes.values()
        assert arguments[5] == []
        assert arguments[4].splitlines() == [
            "52 min sitting",
            "Start: breakd start  Snooze: breakd snooze  Skip: breakd skip",
        ]


async def test_a_new_server_shows_the_prompt_again(desk: Desk) -> None:
    """When the server is replaced, prompts that are open are shown by the new one and answered there; others go."""
    desk.bus("session")
    desktop = Hearing()
    async with desktop.listening():
        async with FakeServer().serving():
            await desktop.show(PROMPT)
            await desktop.show(Note(key="limit", title="61 of 60 min"))
            await desktop.show(Note(key="withdrawn", title="withdrawn", buttons=BUTTONS))
            await desktop.withdraw("withdrawn")
        async with FakeServer().serving() as server:
            await until(lambda: titles(server) == ["Time to move"])
            await server.invoke(next(iter(server.notes)), "skip")
            await until(lambda: desktop.heard)
        assert desktop.heard == [Answer("prompt", "skip")]


async def test_answers_are_ours_and_once(desk: Desk) -> None:
    """Only a button of a note that is up counts, and only once; an ActivationToken before it changes nothing."""
    desk.bus("session")
    desktop = Hearing()
    async with FakeServer().serving() as server, desktop.listening():
        await desktop.show(PROMPT)
        (number,) = server.notes
        await server.invoke(number + 1, "start")
        await server.invoke(number, "default")
        await server.invoke(number, "snooze")
        await server.invoke(number, "snooze")
        await server.dismiss(number)
        await until(lambda: "CloseNotification" in server.calls)
        assert desktop.heard == [Answer("prompt", "snooze")]


async def test_another_program_cannot_answer(desk: Desk) -> None:
    """Signals of anybody but the server are not heard: GNOME Shell repeats those of its server."""
    desk.bus("session")
    desktop = Hearing()
    async with FakeServer().serving() as server, desktop.listening():
        await desktop.show(PROMPT)
        (number,) = server.notes
        send = ("dbus-send", "--session", "/org/freedesktop/Notifications")
        desk.run(*send, "org.freedesktop.Notifications.ActionInvoked", f"uint32:{number}", "string:skip")
        await server.invoke(number, "start")
        await until(lambda: desktop.heard)
        assert desktop.heard == [Answer("prompt", "start")]


async def test_a_later_life_replaces_and_hears_the_old_note(desk: Desk) -> None:
    """After a kill the old note is replaced, not doubled, and its buttons still count; the file is the user's alone."""
    desk.bus("session")
    async with FakeServer().serving() as server:
        await earlier_life()
        assert modes() == (0o700, 0o600)
        second = Hearing()
        async with second.listening():
            await second.show(Note(key="prompt", title="again", buttons=BUTTONS))
            assert titles(server) == ["again"]
        third = Hearing()
        async with third.listening():
            await until(lambda: third._link)
            await server.invoke(next(iter(server.notes)), "start")
            await until(lambda: third.heard)
            assert third.heard == [Answer("prompt", "start")]
            await until(lambda: titles(server) == [])


async def test_a_later_life_withdraws_the_old_note(desk: Desk) -> None:
    """A prompt of an earlier life that no longer applies can be withdrawn, even right after the start."""
    desk.bus("session")
    async with FakeServer().serving() as server:
        await earlier_life()
        later = Hearing()
        async with later.listening():
            await later.withdraw("prompt")
            await until(lambda: titles(server) == [])


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"prompt": 1}', '{"prompt": ["x", "y", null]}', "\x00\xff"])
async def test_a_damaged_memory_is_forgotten(desk: Desk, damage: str) -> None:
    """Whatever stands in the file of the notes, notes are shown."""
    desk.bus("session")
    damage_memory(damage)
    desktop = Hearing()
    async with FakeServer().serving() as server, desktop.listening():
        await desktop.show(PROMPT)
        assert titles(server) == ["Time to move"]
    assert remembered() == ["prompt"]


async def test_numbers_of_another_server_are_not_used(desk: Desk) -> None:
    """A number means nothing to another server: a later life must not replace somebody else's note there."""
    desk.bus("session")
    async with FakeServer().serving():
        await earlier_life()
    async with FakeServer().serving() as server:
        server.notes[1] = ("mail", 0, "", "somebody else's")
        server._last = 1
        later = Hearing()
        async with later.listening():
            await later.show(PROMPT)
        assert titles(server) == ["somebody else's", "Time to move"]


class FakeSession:
    """A routine whose next step begins when the test says so."""

    kind = "move"
    lost = 0

    def __init__(self) -> None:
        self.routine = Routine(id="a.b", title="Shoulders", steps=(Step("Stand up", 10), Step("Roll", 20, "Slowly.")))
        self.steps: asyncio.Queue[FakeCue | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[FakeCue]:
        while cue := await self.steps.get():
            yield cue

    def __iter__(self) -> Iterator[FakeCue]:
        raise NotImplementedError("the desktop guides on the loop")

    def begin(self, number: int) -> None:
        """This step begins."""
        self.steps.put_nowait(FakeCue(self.routine.steps[number - 1], number))

    def end(self) -> None:
        """The last step is over."""
        self.steps.put_nowait(None)


@dataclass
class FakeCue:
    """A step that is on."""

    step: Step
    number: int
    left: float = 10
    halted: bool = False


async def test_a_guide_speaks_in_the_prompts_place(desk: Desk) -> None:
    """Each step replaces what was there, and the last is gone at the end."""
    desk.bus("session")
    desktop, session = Hearing(), FakeSession()
    async with FakeServer().serving() as server, desktop.listening():
        await desktop.show(PROMPT)
        guiding = asyncio.ensure_future(desktop.guide(session))
        for number in (1, 2):
            session.begin(number)
            await until(lambda: titles(server) == [f"Shoulders: step {number} of 2"])  # noqa: B023  awaited here
        session.end()
        await asyncio.wait_for(guiding, 5)
        await until(lambda: titles(server) == [])


async def test_the_end_of_a_guide_leaves_what_follows(desk: Desk) -> None:
    """A note that has taken the last step's place is not the guide's to take away."""
    desk.bus("session")
    desktop, session = Hearing(), FakeSession()
    async with FakeServer().serving() as server, desktop.listening():
        guiding = asyncio.ensure_future(desktop.guide(session))
        session.begin(1)
        await until(lambda: titles(server))
        session.end()
        await desktop.show(Note(key="prompt", title="Done"))
        await asyncio.wait_for(guiding, 5)
        await desktop.show(Note(key="other", title="later"))
        assert titles(server) == ["Done", "later"]


async def test_a_guide_that_is_stopped_leaves_nothing(desk: Desk) -> None:
    """Cancelled while the server hangs, its last step does not stay behind."""
    desk.bus("session")
    desktop, session = Hearing(), FakeSession()
    async with FakeServer().serving() as server, desktop.listening():
        async with running(desktop.guide(session)):
            session.begin(1)
            await until(lambda: titles(server))
            server.answers = False
            session.begin(2)
            await until(lambda: server.calls.count("Notify") == 2)
        await server.thaw()
        await until(lambda: titles(server) == [])


async def test_stops_at_once_while_a_server_hangs(desk: Desk) -> None:
    """The source ends within a second of being cancelled, whatever the server does (see `running`)."""
    desk.bus("session")
    desktop = Hearing()
    async with FakeServer().serving() as server:
        server.answers = False
        async with desktop.listening():
            showing = asyncio.ensure_future(desktop.show(PROMPT))
            await until(lambda: server.calls)
        with pytest.raises(ConnectionError):
            await showing
