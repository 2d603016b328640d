"""The main job on an X11 desktop: real keys in, real notes out, and everything around it killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desktop.bus_parts import Desk
from tests.desktop.main_job_parts import Watched, phase, picture, type_until
from tests.desktop.test_notifiers import start_dunst
from tests.shell.daemon_parts import Daemon

pytestmark = pytest.mark.desktop


STEPS = [
    ("Three steps: step 1 of 3", "Stand up"),
    ("Three steps: step 2 of 3", "Walk"),
    ("Three steps: step 3 of 3", "Sit down"),
]


@pytest.fixture
def home(desk: Desk) -> Iterator[Watched]:
    """A screen, a bus and dunst, with every note written down."""
    start_dunst(desk)
    with closing(Watched(desk)) as home:
        home.watch()
        yield home


def until_prompted(home: Watched, daemon: Daemon) -> None:
    """Somebody types until the prompt is there."""
    type_until(home.desk, "the prompt", lambda: phase(daemon) == "shown")
    home.desk.wait_for("the note", lambda: displayed(home) == 1)


def displayed(home: Watched) -> int:
    """How many notes dunst shows."""
    return int(home.desk.run("dunstctl", "count", "displayed") or -1)


def choose(home: Watched, label: str) -> None:
    """Pick a button in dunst's menu, in which a script does the clicking."""
    (home.desk.folder / "pick").write_text(label)
    home.desk.run("xdotool", "key", "shift")  # whoever clicks is there
    home.desk.run("dunstctl", "context")


def test_prompt_snooze_prompt_break_done(home: Watched) -> None:
    """The prompt appears with its buttons; snoozed it comes back and says so; who stops typing is guided, then done."""
    empty = picture(home.desk, "empty")
    daemon = home.daemon().introduced()
    assert daemon.status["plugins"]["x11"]["state"] == "ok"
    until_prompted(home, daemon)
    assert picture(home.desk, "prompt") != empty
    (prompt,) = home.notified()
    assert (prompt.title, prompt.actions) == ("Time to move: 5 s", ("Start", "Snooze", "Skip"))

    choose(home, "Snooze")
    daemon.until_said("snoozed: move, first time")
    home.desk.wait_for("the note to go", lambda: displayed(home) == 0)
    assert picture(home.desk, "snoozed") == empty

    until_prompted(home, daemon)
    picture(home.desk, "prompt-again")
    again = home.notified()[-1]
    assert (again.title, again.text.splitlines()[0]) == ("Time to move: 5 s", "First snooze")

    daemon.until("resting")  # nobody types any more
    home.desk.wait_for("the guide", lambda: len(home.notified()) == 3)
    picture(home.desk, "guide")
    daemon.until_said("break move: done, 5 s rested")
    home.desk.wait_for("the last note", lambda: home.notified()[-1].title == "Break done")
    picture(home.desk, "done")
    assert displayed(home) == 1
    shown, *steps, done = home.notified()[1:]
    assert [(step.title, step.text.splitlines()[0]) for step in steps] == STEPS[: len(steps)]
    assert len(steps) >= 2, "a break that is recognised late begins with its first step all the same"
    assert shown.replaces == 0
    assert {note.replaces for note in (*steps, done)} == {steps[0].replaces} != {0}, "all in the prompt's place"
    assert daemon.end() == 0


def test_start_is_a_button_too(home: Watched) -> None:
    """Start is chosen: the break is on at once, and the step is shown in the prompt's place."""
    daemon = home.daemon()
    until_prompted(home, daemon)
    choose(home, "Start")
    daemon.until_said("break move: started, 0 s of 5 s rested")
    home.desk.wait_for("the first step", lambda: len(home.notified()) == 2)
    assert displayed(home) == 1
    daemon.until_said("break move: done, 5 s rested")


def test_a_killed_daemon_comes_back_to_its_prompt(home: Watched) -> None:
    """The same prompt in the same phase, and one note on the screen, not two."""
    daemon = home.daemon()
    until_prompted(home, daemon)
    before = daemon.status["prompt"]
    daemon.end(signal.SIGKILL)
    assert displayed(home) == 1, "nobody is left to take it away"
    again = home.daemon()
    home.desk.wait_for("the note anew", lambda: len(home.notified()) == 2)
    type_until(home.desk, "the prompt", lambda: phase(again) == "shown")
    after = again.status["prompt"]
    assert {key: after[key] for key in ("break", "phase", "since", "attempt", "routine")} == {
        key: before[key] for key in ("break", "phase", "since", "attempt", "routine")
    }
    assert displayed(home) == 1
    first, second = home.notified()
    assert (first.title, first.actions) == (second.title, second.actions)
    choose(home, "Skip")
    again.until_said("skipped: move")
    home.desk.wait_for("the note to go", lambda: displayed(home) == 0)


def test_a_server_that_dies_gets_the_prompt_again(home: Watched) -> None:
    """dunst is killed with the prompt on the screen; the next one is shown it, and hears the answer."""
    daemon = home.daemon()
    until_prompted(home, daemon)
    dunst = next(process for process in home.desk.processes if process.args[0] == "dunst")  # type: ignore[index]
    home.desk.stop(dunst, signal.SIGKILL)
    type_until(home.desk, "a while", lambda: phase(daemon) == "shown")
    home.desk.start("dunst", "-config", home.desk.folder / "dunstrc")
    home.desk.wait_for_name("org.freedesktop.Notifications")
    type_until(home.desk, "the prompt on the new server", lambda: displayed(home) == 1)
    choose(home, "Snooze")
    daemon.until_said("snoozed: move")


def test_a_bus_that_dies_is_one_line(home: Watched) -> None:
    """It is said once, in one line; watching goes on, and the next prompt takes another way."""
    daemon = home.daemon()
    until_prompted(home, daemon)
    bus = next(process for process in home.desk.processes if process.args[0] == "dbus-daemon")  # type: ignore[index]
    home.desk.stop(bus, signal.SIGKILL)
    daemon.until_said("source desktop.answers: failed: ")
    assert daemon.command("snooze", "1s")["ok"]
    type_until(home.desk, "the prompt on the console", lambda: "Time to move" in daemon.out)
    daemon.until_said("notes are shown by console now")
    told = [line for line in daemon.out.splitlines() if "desktop.answers" in line and line.startswith("source")]
    assert len(told) <= 2, "that it went away, and that it is not there"
    assert sum("notes are shown by console now" in line for line in daemon.out.splitlines()) == 1
    assert daemon.err == ""


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("DISPLAY", "", "unavailable: no X server (DISPLAY is not set)"),
        ("DISPLAY", ":4711", "unavailable: no X server at DISPLAY=:4711"),
        ("DISPLAY", "nonsense", "unavailable: DISPLAY is 'nonsense', expected :0, host:0 or the path of a socket"),
        ("WAYLAND_DISPLAY", "wayland-0", "unavailable: on Wayland (WAYLAND_DISPLAY=wayland-0)"),
    ],
    ids=["no DISPLAY", "no server there", "no display's name", "Wayland"],
)
def test_no_x_server_is_one_clear_line(desk: Desk, name: str, value: str, why: str) -> None:
    """What is missing is said once, and the daemon goes on."""
    desk.setenv(name, value)
    with closing(Watched(desk)) as home:
        daemon = home.daemon()
        daemon.until_said("source x11: ")
        (line,) = [line for line in daemon.out.splitlines() if line.startswith("source x11: ")]
        assert line.startswith(f"source x11: {why}")
        assert daemon.status["plugins"]["x11"]["state"] == "unavailable"
        assert daemon.end() == 0
