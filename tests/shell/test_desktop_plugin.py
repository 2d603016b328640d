"""How the desktop notifier puts a note, without a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from breakd import Button, Note, Routine, Step
from breakd_desktop.memory import Shown, recall, remember
from breakd_desktop.wording import Server, hints, notify_arguments, step_note

BUTTONS = (Button("start", "Start", "breakd start"), Button("skip", "Skip", "breakd skip"))
FULL = Server(":1.5", "gnome-shell", ("actions", "body", "body-markup", "sound"))
COMMANDS = "Start: breakd start  Skip: breakd skip"


def test_the_arguments_of_notify() -> None:
    """They are those of the freedesktop specification: name, replaced number, icon, title, text, actions, hints, ms."""
    note = Note(key="prompt", title="Time to move", text="52 min", buttons=BUTTONS)
    assert notify_arguments(note, FULL, 7) == (
        "breakd",
        7,
        "appointment-soon",
        "Time to move",
        "52 min",
        ["start", "Start", "skip", "Skip"],
        {"urgency": ("y", 1), "desktop-entry": ("s", "breakd"), "category": ("s", "x-breakd.break")},
        0,
    )


@pytest.mark.parametrize(
    ("server", "actions", "text"),
    [
        (FULL, ["start", "Start", "skip", "Skip"], "a &lt;b&gt; &amp;amp;"),
        (Server(":1.5", "plain", ("body",)), [], f"a <b> &amp;\n{COMMANDS}"),
        (Server(":1.5", "dunst", ("actions",)), ["start", "Start", "skip", "Skip"], f"a <b> &amp;\n{COMMANDS}"),
    ],
    ids=["all", "no actions", "actions without buttons"],
)
def test_text_and_buttons_by_server(server: Server, actions: list[str], text: str) -> None:
    """Markup is escaped where it is read; the commands are in the text where no button is to be seen."""
    arguments = notify_arguments(Note(key="prompt", title="", text="a <b> &amp;", buttons=BUTTONS), server, 0)
    assert (arguments[4], arguments[5]) == (text, actions)


@pytest.mark.parametrize(("seconds", "expected"), [(None, 0), (30, 30_000), (0.0001, 1)])
def test_notes_stay_unless_they_have_a_time(seconds: float | None, expected: int) -> None:
    """0 is the server's "never": a note with a time always has at least 1 ms."""
    assert notify_arguments(Note(key="k", title="", seconds=seconds), FULL, 0)[7] == expected


def test_no_note_is_critical_or_low() -> None:
    """Critical breaks through do-not-disturb, low is never seen on GNOME."""
    tones = [hints(Note(key="k", title="", tone=tone), ())["urgency"] for tone in ("quiet", "gentle", "firm")]
    assert tones == [("y", 1)] * 3


def test_sound_where_the_server_has_it() -> None:
    """A soft sound comes by its standard name; a quiet note without one is silent."""
    loud = Note(key="k", title="", tone="quiet", sound=True)
    assert hints(loud, ("sound",))["sound-name"] == ("s", "complete")
    assert "sound-name" not in hints(loud, ())
    assert "suppress-sound" not in hints(loud, ("sound",))
    assert hints(Note(key="k", title="", tone="quiet"), ("sound",))["suppress-sound"] == ("b", True)


def test_small_notes_are_transient() -> None:
    """A quiet note with a time leaves nothing in the desktop's list; the steps of a routine stay while they are on."""
    assert hints(Note(key="k", title="", tone="quiet", seconds=30), ())["transient"] == ("b", True)
    assert "transient" not in hints(Note(key="k", title="", tone="quiet"), ())
    assert "transient" not in hints(Note(key="k", title="", seconds=30), ())


def test_images() -> None:
    """A file goes as a URI, a name of an icon as it is."""
    assert hints(Note(key="k", title="", image="/a b.png"), ())["image-path"] == ("s", "file:///a%20b.png")
    assert hints(Note(key="k", title="", image="go-up"), ())["image-path"] == ("s", "go-up")


@pytest.mark.parametrize("bad", ["a\0b", "a\ud83db"])
def test_what_d_bus_cannot_carry(bad: str) -> None:
    """A NUL or half a surrogate pair, anywhere in a note, does not reach the bus: it would end the connection."""
    note = Note(key="k", title=bad, text=bad, image=bad, buttons=(Button("start", bad),))
    for server in (FULL, Server(":1.5")):
        sent = repr(notify_arguments(note, server, 0))
        assert "\\x00" not in sent
        assert "\\ud83d" not in sent


@dataclass
class FakeCue:
    """A step that is on."""

    step: Step
    number: int
    left: float = 10
    halted: bool = False


def test_a_step() -> None:
    """A step says where in the routine it is, what to do and how; quietly, in the prompt's place."""
    steps = (Step("Stand up", 10), Step("Roll your shoulders", 20, hint="Slowly, backwards.", image="/roll.png"))
    routine = Routine(id="a.b", title="Shoulders", steps=steps)
    assert step_note("prompt", routine, FakeCue(steps[1], 2)) == Note(
        key="prompt",
        title="Shoulders: step 2 of 2",
        text="Roll your shoulders\nSlowly, backwards.",
        tone="quiet",
        image="/roll.png",
    )
    assert step_note("prompt", routine, FakeCue(steps[0], 1)).text == "Stand up"
    rise = Step("Rise on your toes", 40, repetitions=8, hold=1.5)
    assert step_note("prompt", routine, FakeCue(rise, 1)).text == "Rise on your toes, 8 times, hold 1.5 s"


def test_the_memory_of_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was on the screen is known to a later life, for the same server only."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    mine = Shown(3, "bus :1.5", ("start", "skip"))
    remember({"prompt": mine._replace(note=Note(key="prompt", title="")), "old": Shown(1, "bus :1.4", ())})
    assert recall("bus :1.5") == {"prompt": mine}
    assert recall("bus :1.6") == {}
    assert recall("") == {}


def test_no_memory_without_a_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a run folder, or where it cannot be written, notes are shown all the same."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    remember({"prompt": Shown(3, "s", ())})
    assert recall("s") == {}
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing" / "folder"))
    remember({"prompt": Shown(3, "s", ())})
    assert recall("s") == {}
