"""GNOME, real and headless: its idle watches, and the desktop notifier in front of its shell."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator

import pytest

from breakd import Active, Idle, Note, Unavailable, bus
from breakd_gnome import gnome
from tests.contract.notifiers import BUTTONS, HARD_TEXTS, DesktopContract, Stage, becomes, carried_out
from tests.desktop.bus_parts import Desk, GnomeInput, Told, running
from tests.desktop.test_notifiers import DesktopStage

pytestmark = pytest.mark.desktop

SHELL, SHELL_PATH = "org.gnome.Shell", "/org/gnome/Shell"


async def test_without_gnome_it_is_unavailable(desk: Desk) -> None:
    """On another desktop the source says what is missing."""
    desk.bus("session")
    with pytest.raises(Unavailable, match=r"no GNOME on this session bus .*org\.gnome\.Mutter\.IdleMonitor"):
        await gnome(Told())


async def test_the_life_of_the_idle_watch(desk: Desk) -> None:
    """The present state at once for each threshold; one word a transition, backdated; none while nothing changes.

    One test for all, since the shell takes seconds to start; at its end the shell dies, and the source says so.
    """
    shell = desk.gnome_shell()
    told = Told()
    task = asyncio.ensure_future(gnome(told))
    async with GnomeInput.open() as hands:
        pressed = time.monotonic()
        await hands.key()
        told.ask(1.0)
        await told.says(Active())
        await told.says(Idle())
        assert 1.0 <= told.ago[-1] <= time.monotonic() - pressed

        told.ask(60.0)
        await told.says(Active())  # not idle for that long
        told.ask(0.5)
        await told.says(Idle())
        assert 1.0 <= told.ago[-1] <= time.monotonic() - pressed  # since the last input, not since the question
        told.ask(0.5)
        await told.says(Idle())

        await hands.key()
        await told.says(Active())
        told.ask(3.0)
        await told.says(Active())
        for _ in range(20):
            pressed = time.monotonic()
            await hands.move(100, 100)
            await asyncio.sleep(0.05)
        await told.says()
        await told.says(Idle())
        assert 3.0 <= told.ago[-1] <= time.monotonic() - pressed
    desk.stop(shell, signal.SIGKILL)
    with pytest.raises(ConnectionError, match="GNOME Shell went away"):
        await asyncio.wait_for(task, 5)


async def test_stops_within_a_second(desk: Desk) -> None:
    """Cancelled, the source ends at once and leaves the bus."""
    desk.gnome_shell()
    told = Told()
    async with running(gnome(told)):
        told.ask(600.0)
        await told.says(Active())


class GnomeStage(DesktopStage):
    """The shell's own list of notes is asked for; banners are clicked with the pointer."""

    MINE = "Main.messageTray.getSources().filter(s => s.title == 'breakd').flatMap(s => s.notifications)"

    async def count(self) -> int:
        return int(await self._evaluated(f"{self.MINE}.length"))

    async def choose(self, choice: str) -> None:
        async with GnomeInput.open() as hands:
            await self._see_banner(hands)
            await hands.move(640, 80)
            await asyncio.sleep(0.8)  # under the pointer the banner unfolds its buttons
            await hands.move(640, 133)
            await asyncio.sleep(0.8)
            await hands.click()

    async def dismiss(self) -> None:
        await self._evaluated(f"{self.MINE}[0].destroy(imports.ui.messageTray.NotificationDestroyedReason.DISMISSED)")

    async def _see_banner(self, hands: GnomeInput) -> None:
        """Clear away the shell's own greetings, and be there, until ours is the banner."""
        for _ in range(50):
            await self._evaluated(
                "Main.messageTray.getSources().forEach(s => { if (s.title != 'breakd') s.destroy() })"
            )
            if await self._evaluated("Main.messageTray._banner?.notification.source.title") == '"breakd"':
                return
            await hands.key()
            await asyncio.sleep(0.1)
        raise AssertionError("our banner did not come within 5 s")

    async def _evaluated(self, script: str) -> str:
        async with bus.connect("session") as connection:
            good, result = await connection.call(SHELL, SHELL_PATH, SHELL, "Eval", "s", script)
        assert good, result
        return str(result)


class TestGnome(DesktopContract):
    """GNOME Shell, which draws the banners, behind its notification service."""

    @pytest.fixture
    async def stage(self, desk: Desk) -> AsyncIterator[Stage]:
        """In front of it, with a person there: banners wait for one."""
        desk.gnome_shell()
        desk.start("gjs", "/usr/share/gnome-shell/org.gnome.Shell.Notifications")
        desk.wait_for_name("org.freedesktop.Notifications")
        stage = GnomeStage(desk)
        async with stage.listening(), GnomeInput.open() as hands:
            await hands.key()
            yield stage

    async def test_any_text(self, stage: Stage) -> None:  # type: ignore[override]
        """No text keeps a note from being shown; one shell for all of them, since it takes seconds to start."""
        for number, text in enumerate(HARD_TEXTS.values(), start=1):
            await carried_out(stage.notifier.show, Note(key=f"key {number}", title=text, text=text, buttons=BUTTONS))
            await becomes(1, stage.count)
            await carried_out(stage.notifier.withdraw, f"key {number}")
            await becomes(0, stage.count)
