"""The main job on GNOME: presence from its idle watches, a note with buttons, and one of them pressed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from breakd import bus
from tests.contract.notifiers import becomes
from tests.desktop.bus_parts import Desk, GnomeInput
from tests.desktop.main_job_parts import Watched, phase
from tests.desktop.test_gnome import SHELL, SHELL_PATH, GnomeStage
from tests.shell.daemon_parts import PATIENCE

pytestmark = pytest.mark.desktop

CLOSE_GREETINGS = "Main.messageTray.getSources().forEach(s => { if (s.title != 'breakd') s.destroy() })"


@pytest.fixture
async def home(desk: Desk) -> AsyncIterator[Watched]:
    """A shell of its own with its notification service, and every note written down."""
    desk.gnome_shell()
    desk.start("gjs", "/usr/share/gnome-shell/org.gnome.Shell.Notifications")
    desk.wait_for_name("org.freedesktop.Notifications")
    with closing(Watched(desk)) as home:
        home.watch()
        yield home


async def type_until(hands: GnomeInput, what: str, found: Callable[[], object]) -> None:
    """Somebody types into the shell until that is true, and closes the shell's own greetings, which come first."""
    async with asyncio.timeout(PATIENCE), bus.connect("session") as connection:
        while not found():
            await hands.key()
            await connection.call(SHELL, SHELL_PATH, SHELL, "Eval", "s", CLOSE_GREETINGS)
            await asyncio.sleep(0.1)


async def picture(home: Watched, name: str) -> None:
    """Keep what is to be seen as a PNG in the folder BREAKD_PICTURES, if that is set."""
    folder = os.environ.get("BREAKD_PICTURES")
    if folder:
        async with bus.connect("session") as connection:
            file = str(Path(folder, f"{name}.png"))
            path, interface = "/org/gnome/Shell/Screenshot", "org.gnome.Shell.Screenshot"
            await connection.call(f"{SHELL}.Screenshot", path, interface, "Screenshot", "bbs", False, False, file)


async def test_prompt_snooze_prompt_break_done(home: Watched) -> None:
    """The prompt comes with its buttons, Snooze is heard, and who stops typing gets a whole break."""
    stage = GnomeStage(home.desk)
    daemon = home.daemon().introduced()
    async with GnomeInput.open() as hands:
        await type_until(hands, "the prompt", lambda: phase(daemon) == "shown")
        await becomes(1, stage.count)  # what the daemon has shown the shell may yet have to draw
        await picture(home, "gnome-prompt")
        await stage.choose("snooze")
    daemon.until_said("snoozed: move, first time")
    (prompt,) = home.notified()
    assert (prompt.title, prompt.actions) == ("Time to move: 5 s", ("Start", "Snooze", "Skip"))
    assert daemon.status["plugins"]["gnome"]["state"] == "ok"
    async with GnomeInput.open() as hands:
        await type_until(hands, "the prompt again", lambda: phase(daemon) == "shown")
        await picture(home, "gnome-prompt-again")
    daemon.until_said("break move: done, 5 s rested")  # nobody types any more
    home.desk.wait_for("the last note", lambda: home.notified()[-1].title == "Break done")
    await picture(home, "gnome-done")
    again, first_step, *_ = home.notified()[1:]
    assert again.text.splitlines()[0] == "First snooze"
    assert first_step.title == "Three steps: step 1 of 3"
    assert await stage.count() == 1
    assert daemon.end() == 0
