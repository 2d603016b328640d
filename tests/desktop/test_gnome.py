"""GNOME, real and headless: its idle watches, and the desktop notifier in front of its shell."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from breakd import Active, Idle, Note, Source, Unavailable, bus
from breakd_gnome import gnome
from tests.contract.notifiers import BUTTONS, HARD_TEXTS, DesktopContract, Stage, becomes, carried_out
from tests.contract.sources import Rig, SourceContract
from tests.desktop.bus_parts import Desk, GnomeInput, Told
from tests.desktop.test_notifiers import DesktopStage

pytestmark = pytest.mark.desktop

SHELL, SHELL_PATH = "org.gnome.Shell", "/org/gnome/Shell"


async def test_without_gnome_it_is_unavailable(desk: Desk) -> None:
    """On another desktop the source says what is missing."""
    desk.bus("session")
    with pytest.raises(Unavailable, match=r"no GNOME on this session bus .*org\.gnome\.Mutter\.IdleMonitor"):
        await gnome(Told())


class GnomeRig(Rig):
    """The source in front of a shell with made-up hands."""

    def __init__(self, hands: GnomeInput) -> None:
        self.source: Source = gnome
        self._hands = hands

    async def touch(self) -> None:
        await self._hands.key()


class TestPresence(SourceContract):
    """Keys through the shell's interface for remote desktops."""

    @pytest.fixture
    async def rig(self, desk: Desk) -> AsyncIterator[Rig]:
        """In front of a shell of its own."""
        desk.gnome_shell()
        async with GnomeInput.open() as hands:
            yield GnomeRig(hands)


async def test_silent_while_nothing_changes(desk: Desk) -> None:
    """Input that goes on is not told; when the shell dies the source fails, for the host to start it anew."""
    shell = desk.gnome_shell()
    told = Told()
    task = asyncio.ensure_future(gnome(told))
    async with GnomeInput.open() as hands:
        await hands.key()
        told.ask(3.0)
        await told.says(Active())
        for _ in range(20):
            await hands.move(100, 100)
            await asyncio.sleep(0.05)
        await told.says()
        await told.says(Idle())
    desk.stop(shell, signal.SIGKILL)
    with pytest.raises(ConnectionError, match="GNOME Shell went away"):
        await asyncio.wait_for(task, 5)


class GnomeStage(DesktopStage):
    """The shell's own list of notes is asked for, and its buttons are pressed there."""

    MINE = "Main.messageTray.getSources().filter(s => s.title == 'breakd').flatMap(s => s.notifications)"

    async def count(self) -> int:
        return int(await self._evaluated(f"{self.MINE}.length"))

    async def choose(self, choice: str) -> None:
        # What the button of the banner calls: the banner itself lasts 4 s, too short to be hit on every slow machine.
        button = f"{self.MINE}[0].actions.find(action => action.label.toLowerCase() == '{choice}')"
        await self._evaluated(f"{button}.callback()")

    async def dismiss(self) -> None:
        await self._evaluated(f"{self.MINE}[0].destroy(imports.ui.messageTray.NotificationDestroyedReason.DISMISSED)")

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
