"""A mistake in the settings on a real desktop: one note that stays until it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop.bus_parts import Desk
from tests.desktop.main_job_parts import Notified, Watched, picture
from tests.desktop.test_notifiers import start_dunst

pytestmark = pytest.mark.desktop


@pytest.fixture
def home(desk: Desk) -> Iterator[Watched]:
    """A screen, a bus and dunst, with every note written down."""
    start_dunst(desk)
    with closing(Watched(desk)) as home:
        home.watch()
        yield home


def told(home: Watched) -> list[Notified]:
    """The notes about settings."""
    return [note for note in home.notified() if "settings" in note.title]


def test_broken_and_mended(home: Watched) -> None:
    """The note names the mistake, once for two broken saves; mended it is replaced by one that goes by itself."""
    home.configure("# nothing yet\n")
    daemon = home.daemon().introduced()
    home.configure('[breaks.move]\nevry = "45m"\n')
    daemon.until_said("your settings have mistakes", error=True)
    home.desk.wait_for("the note", lambda: len(told(home)) == 1)
    (note,) = told(home)
    assert "breakd.toml, line 2: breaks.move.evry: unknown key" in note.text
    picture(home.desk, "broken-settings")
    home.configure("limits.desks = 3\n")
    daemon.until_said("limits.desks: unknown key", error=True)
    home.configure('[breaks.move]\nevery = "45m"\n')
    daemon.until_said("your settings are right again", error=True)
    home.desk.wait_for("the other note", lambda: len(told(home)) == 2)
    assert [note.title for note in told(home)] == ["A mistake in your settings", "Your settings are right again"]
    picture(home.desk, "mended-settings")
    assert daemon.end() == 0
