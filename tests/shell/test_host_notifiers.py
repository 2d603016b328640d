"""Notifiers: the first that can shows the note, a broken one is left alone, a withdrawn note stays away."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from breakd import Note, Register, Unavailable
from breakd.plugin.limits import Limits
from tests.shell.host_parts import PATIENCE, QUICK, House, Kept, module, notifier, offers, running, settled, states

NOTE = Note(key="prompt", title="Time to move")


class Screen:
    """A notifier that works, and what can be seen on it. `troubles`: raised first, one a call."""

    def __init__(self, *troubles: Exception) -> None:
        self.seen: dict[str, str] = {}
        self.withdrawn: list[str] = []
        self.troubles = list(troubles)
        self.calls = 0

    async def show(self, note: Note) -> None:
        """Show it, or have the next trouble."""
        self.calls += 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.seen[note.key] = note.title

    async def withdraw(self, key: str) -> None:
        """Take it away."""
        self.withdrawn.append(key)
        self.seen.pop(key, None)


def broken(why: str = "no server") -> SimpleNamespace:
    """A notifier that never works."""

    async def show(note: Note) -> None:
        raise OSError(why)

    return notifier(show)


def offering(screen: object) -> Callable[[Register], None]:
    """A hook that registers it."""
    return offers(notifier=screen)


async def test_first_in_order_shows() -> None:
    """The order of the settings decides, then the name; the others are not called."""
    screens = {name: Screen() for name in ("aaa", "console", "desktop", "zzz")}
    async with running(QUICK, **{name: offering(screen) for name, screen in screens.items()}) as house:
        assert await house.host.show(NOTE) == "desktop"
        assert [name for name, screen in screens.items() if screen.seen] == ["desktop"]
        assert list(house.said) == []


async def test_plain_notifier_gets_a_thread() -> None:
    """A notifier of plain `def`s runs off the loop, in a daemon thread that ends with the call."""
    threads: list[threading.Thread] = []
    before = threading.active_count()

    def show(note: Note) -> None:
        threads.append(threading.current_thread())

    async with running(demo=offering(notifier(show))) as house:
        assert await house.host.show(NOTE) == "demo"
        threads[0].join(PATIENCE)
        assert threads[0].daemon
        assert threads[0] is not threading.main_thread()
        assert threading.active_count() <= before


async def test_next_one_takes_over_and_it_is_said_once() -> None:
    """A failing notifier hands on to the next; the person is told once a change, not once a note."""
    desktop, plyer = Screen(OSError("no server"), OSError("no server")), Screen()
    async with running(desktop=offering(desktop), plyer=offering(plyer)) as house:
        shown = [await house.host.show(NOTE) for _ in range(4)]
        assert shown == ["plyer", "plyer", "desktop", "desktop"]
        assert len(house.said) == 2
        assert house.said[0].startswith("notes are shown by plyer now (desktop: OSError: no server (test_host_")
        assert house.said[1] == "notes are shown by desktop again"


async def test_no_notifier_at_all_is_said_once() -> None:
    """When nobody can show a note, `show` gives "" and one line is said."""
    async with running(desktop=offering(broken())) as house:
        assert [await house.host.show(NOTE) for _ in range(3)] == ["", "", ""]
        (line,) = house.said
        assert line.startswith("notes cannot be shown (desktop: OSError: no server")
    async with running() as house:
        assert await house.host.show(NOTE) == ""


async def test_unavailable_hands_on_and_is_asked_every_time() -> None:
    """`Unavailable` hands on to the next without counting as a failure."""
    desktop, plyer = Screen(*[Unavailable("no bus")] * 5), Screen()
    async with running(desktop=offering(desktop), plyer=offering(plyer)) as house:
        assert [await house.host.show(NOTE) for _ in range(6)] == ["plyer"] * 5 + ["desktop"]
        assert house.said[0] == "notes are shown by plyer now (desktop: no bus)"


async def test_three_failures_switch_off() -> None:
    """After three failures in a row a notifier is left alone, its state says why, and it gets another try later."""
    desktop, plyer = Screen(*[OSError("no server")] * 3), Screen()
    async with running(Limits(retry=600), desktop=offering(desktop), plyer=offering(plyer)) as house:
        assert [await house.host.show(NOTE) for _ in range(5)] == ["plyer"] * 5
        assert (desktop.calls, states(house.host)) == (3, {"desktop": "failed", "plyer": "ok"})
        assert house.host.plugins["desktop"].reason.endswith("(3 times in a row: tried again in 10 min)")
        house.host.retry()
        assert await house.host.show(NOTE) == "desktop"
        assert states(house.host) == {"desktop": "ok", "plyer": "ok"}


async def test_off_is_tried_again_after_its_time() -> None:
    """What is off gets one new try after the time set for it, without being asked."""
    desktop, plyer = Screen(*[OSError("no server")] * 4), Screen()
    async with running(Limits(retry=600), desktop=offering(desktop), plyer=offering(plyer)) as house:
        (thing,) = house.host.plugins["desktop"].things
        for _ in range(3):
            await house.host.show(NOTE)
        thing.rests_until -= 600
        assert [await house.host.show(NOTE), await house.host.show(NOTE), desktop.calls] == ["plyer", "plyer", 4]
        thing.rests_until -= 600
        assert await house.host.show(NOTE) == "desktop"


async def test_success_forgives_failures() -> None:
    """Only failures in a row count."""
    desktop = Screen()
    async with running(desktop=offering(desktop), plyer=offering(Screen())) as house:
        shown = []
        for _ in range(3):
            desktop.troubles = [OSError("no server")] * 2
            shown += [await house.host.show(NOTE) for _ in range(3)]
        assert shown == ["plyer", "plyer", "desktop"] * 3


async def test_hanging_await_is_ended() -> None:
    """A `show` that does not come back is cancelled after its time, and the next notifier shows the note."""
    cancelled = Kept[str]()

    async def show(note: Note) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.add(note.key)

    async with running(Limits(call=0.05), desktop=offering(notifier(show)), plyer=offering(Screen())) as house:
        assert await house.host.show(NOTE) == "plyer"
        assert list(cancelled) == ["prompt"]
        assert list(house.said) == ["notes are shown by plyer now (desktop: TimeoutError: no end after 0.05 s)"]


async def test_hanging_thread_costs_one_thread() -> None:
    """A `def` that hangs is left behind and named; there is never a second thread beside it; it is used again once it
    has come back."""
    released = threading.Event()
    entered: list[threading.Thread] = []

    def show(note: Note) -> None:
        entered.append(threading.current_thread())
        released.wait(PATIENCE)

    limits = Limits(call=0.05, leave=0.01, failures=9)
    async with running(limits, desktop=offering(notifier(show)), plyer=offering(Screen())) as house:
        assert [await house.host.show(NOTE) for _ in range(3)] == ["plyer"] * 3
        assert len(entered) == 1
        assert "notifier desktop: it did not end when told to, and was left behind" in house.said
        assert house.host.plugins["desktop"].reason == "notifier desktop: busy: the call before has not ended"
        released.set()
        entered[0].join(PATIENCE)
        await asyncio.sleep(0)
        await house.host.show(NOTE)
        assert len(entered) == 2


async def test_swallowed_cancellation_is_left_behind() -> None:
    """A task that swallows its cancellation is left behind after a moment, and named."""
    released = asyncio.Event()

    async def show(note: Note) -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    limits = Limits(call=0.05, leave=0.02)
    async with running(limits, desktop=offering(notifier(show)), plyer=offering(Screen())) as house:
        assert await house.host.show(NOTE) == "plyer"
        assert house.said[0] == "notifier desktop: it did not end when told to, and was left behind"
        released.set()


@pytest.mark.parametrize("quit", [lambda: sys.exit(3), lambda: asyncio.current_task().cancel()])  # type: ignore[union-attr]
async def test_quitting_costs_only_the_notifier(quit: Callable[[], object]) -> None:
    """SystemExit and a cancellation of its own end a notifier's call and nothing else."""

    async def show(note: Note) -> None:
        quit()
        await asyncio.sleep(0)

    async with running(desktop=offering(notifier(show)), plyer=offering(Screen())) as house:
        assert await house.host.show(NOTE) == "plyer"


async def test_withdraw_goes_to_whoever_may_have_it() -> None:
    """A note is withdrawn from every notifier that was given it, also from one that only seemed to fail."""
    desktop, plyer, console = Screen(OSError("no server")), Screen(), Screen()
    screens = {"desktop": desktop, "plyer": plyer, "console": console}
    async with running(QUICK, **{name: offering(screen) for name, screen in screens.items()}) as house:
        await house.host.show(NOTE)
        await house.host.withdraw("prompt")
        await house.host.withdraw("prompt")
        await house.host.withdraw("unknown")
        assert {name: screen.withdrawn for name, screen in screens.items()} == {
            "desktop": ["prompt"],
            "plyer": ["prompt"],
            "console": [],
        }


async def test_a_sweep_asks_what_fails_only_once() -> None:
    """What an earlier life may have left is taken away everywhere; one that fails does not hold up the start thrice."""
    asked: list[str] = []

    async def show(note: Note) -> None:
        raise AssertionError

    async def withdraw(key: str) -> None:
        asked.append(key)
        raise OSError("no server")

    screen = Screen()
    async with running(aaa=offering(notifier(show, withdraw)), console=offering(screen)) as house:
        await house.host.sweep("warning", "prompt")
        assert (asked, screen.withdrawn) == (["warning"], ["warning", "prompt"])


async def test_failing_withdraw_is_contained() -> None:
    """A `withdraw` that raises is a failure of that notifier and of nothing else."""

    async def show(note: Note) -> None: ...

    async def withdraw(key: str) -> None:
        raise OSError("no server")

    async with running(desktop=offering(notifier(show, withdraw))) as house:
        await house.host.show(NOTE)
        await house.host.withdraw("prompt")
        assert states(house.host) == {"desktop": "failed"}


async def test_withdrawn_note_is_not_shown_by_the_next() -> None:
    """A note withdrawn while one notifier is slow to fail is not shown by the next."""
    slow, plyer = asyncio.Event(), Screen()

    async def show(note: Note) -> None:
        entered.set()
        await slow.wait()
        raise OSError("no server")

    entered = asyncio.Event()
    async with running(desktop=offering(notifier(show)), plyer=offering(plyer)) as house:
        showing = asyncio.create_task(house.host.show(NOTE))
        await entered.wait()
        withdrawing = asyncio.create_task(house.host.withdraw("prompt"))
        await asyncio.sleep(0)
        slow.set()
        await withdrawing
        assert (await showing, plyer.calls) == ("", 0)


async def test_newer_note_of_the_key_wins() -> None:
    """Notes asked for at once come in that order, and the last of a key is what can be seen."""
    desktop = Screen()
    async with running(desktop=offering(desktop)) as house:
        notes = [Note(key="prompt", title=str(number)) for number in range(4)]
        await asyncio.gather(*(house.host.show(note) for note in notes))
        assert desktop.seen == {"prompt": "3"}


async def test_cancelled_show_frees_the_turn() -> None:
    """When the daemon itself gives up on a note, the plugin is ended and the next note is shown."""
    desktop = Screen()
    first = [asyncio.Event()]

    async def show(note: Note) -> None:
        if first:
            await first.pop().wait()
        await desktop.show(note)

    async with running(desktop=offering(notifier(show))) as house:
        showing = asyncio.create_task(house.host.show(NOTE))
        await settled(lambda: not first)
        showing.cancel()
        assert await house.host.show(NOTE) == "desktop"
        assert showing.cancelled()


async def test_note_in_progress_ends_with_the_stop() -> None:
    """The stop ends a `show` that hangs, tries no other notifier and says nothing about it."""
    entered, plyer = asyncio.Event(), Screen()

    async def show(note: Note) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with running(Limits(), desktop=offering(notifier(show)), plyer=offering(plyer)) as house:
        showing = asyncio.create_task(house.host.show(NOTE))
        await entered.wait()
    assert (await showing, plyer.calls, list(house.said)) == ("", 0, [])


async def test_late_note_after_stop_is_nothing() -> None:
    """After the stop a note is not shown, and nothing is raised."""
    house = House()
    house.host.add("desktop", module(offering(Screen())))
    await house.host.start()
    await house.host.stop()
    assert (await house.host.show(NOTE), list(house.said)) == ("", [])
    await house.host.withdraw("prompt")
