"""A check-in on a real desktop: asked by a note, answered by its button."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop.bus_parts import Desk
from tests.desktop.main_job_parts import Watched, phase, picture, type_until
from tests.desktop.test_main_job import choose, displayed
from tests.desktop.test_notifiers import start_dunst

pytestmark = pytest.mark.desktop

WANTED = ("--set=checkin.at='04:00'", "--set=limits.sitting=12h")


@pytest.fixture
def home(desk: Desk) -> Iterator[Watched]:
    """A screen, a bus and dunst; the one routine is a strenuous one."""
    start_dunst(desk)
    with closing(Watched(desk)) as home:
        pack = desk.folder / "site" / "short.toml"
        pack.write_text(pack.read_text().replace('title = "Three steps"', 'title = "Three steps"\nmet = 5'))
        home.watch()
        yield home


def test_how_hard_was_that(home: Watched) -> None:
    """After a strenuous routine a question comes with three buttons; the one that is chosen is in the journal."""
    daemon = home.daemon(*WANTED)
    type_until(home.desk, "the prompt", lambda: phase(daemon) == "shown")
    daemon.until_said("break move: done")
    type_until(home.desk, "the question", lambda: "How hard" in home.notified()[-1].title)
    asked = home.notified()[-1]
    assert (asked.title, asked.actions) == ("How hard was that?", ("Easy", "Somewhat", "Very"))
    picture(home.desk, "checkin")
    choose(home, "Very")
    type_until(home.desk, "the answer", lambda: home.journalled(event="felt"))
    (told,) = home.journalled(event="felt")
    assert (told["effort"], told["source"]) == (7, "desktop.answers")
    assert home.journalled(did="checkin_over", answered=True)
    home.desk.wait_for("the question to go", lambda: displayed(home) <= 1)  # beside the one that says that it is done
    assert daemon.end() == 0
