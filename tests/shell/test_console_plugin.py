"""The console: the notifier that is left when nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from breakd import Button, Note, Routine, Step, Unavailable
from breakd_console import Console, guide

NOTE = Note(
    key="prompt",
    title="Time to move",
    text="52 min sitting <b>",
    buttons=(Button("start", "Start", "breakd start"), Button("skip", "Skip", "breakd skip")),
)


def test_a_note_is_plain_lines(capfd: pytest.CaptureFixture[str]) -> None:
    """Title, text, commands: as they are, without markup."""
    Console().show(NOTE)
    assert capfd.readouterr().out == "Time to move\n  52 min sitting <b>\n  Start: breakd start  Skip: breakd skip\n"


def test_control_characters_do_not_reach_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """A title cannot move the cursor or colour the terminal."""
    Console().show(Note(key="k", title="\x1b[2J\ared\r\x9b31m", text="two\nlines"))
    assert capfd.readouterr().out == "[2Jred31m\n  two\n  lines\n"


@dataclass
class FakeCue:
    """A step that is on."""

    step: Step
    number: int
    left: float = 10
    halted: bool = False


class FakeSession:
    """A routine all of whose steps begin at once."""

    kind = "move"
    lost = 0

    def __init__(self, routine: Routine) -> None:
        self.routine = routine

    def __iter__(self) -> Iterator[FakeCue]:
        for number, step in enumerate(self.routine.steps, start=1):
            yield FakeCue(step, number)

    def __aiter__(self) -> FakeSession:
        raise NotImplementedError("the console's guide runs in a thread")


def test_each_step_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    """A step says where in the routine it is, what to do, for how long, and how."""
    steps = (Step("Stand up", 10), Step("Roll your shoulders", 20.5, hint="Slowly."))
    guide(FakeSession(Routine(id="a.b", title="Shoulders", steps=steps)))  # type: ignore[arg-type]
    assert capfd.readouterr().out.splitlines() == [
        "Shoulders 1/2: Stand up (10 s).",
        "Shoulders 2/2: Roll your shoulders (20.5 s). Slowly.",
    ]


SHOW = """
import sys
from breakd import Note
from breakd_console import Console
{before}
try:
    Console().show(Note(key="k", title="Rücken", text="x" * {length}))
except BaseException as error:
    print(type(error).__name__, file=sys.stderr)
"""


def run(before: str = "", length: int = 1, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Show a note in a process of its own."""
    program = [sys.executable, "-c", SHOW.format(before=before, length=length)]
    return subprocess.run(program, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False, timeout=20, **options)  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_left_is_an_error() -> None:
    """The host hears that nobody reads; the daemon's end is not disturbed by what could not be written."""
    reading, writing = os.pipe()
    os.close(reading)
    result = run(stdout=writing, length=100_000)
    os.close(writing)
    assert (result.stderr.split(), result.returncode) == ([b"BrokenPipeError"], 0)


@pytest.mark.parametrize("before", ["sys.stdout = None", "import os; os.close(1)"])
def test_without_output_it_says_so(before: str) -> None:
    """A daemon without standard output, or whose output was closed, makes the host try another notifier."""
    assert run(before, stdout=subprocess.DEVNULL).stderr.split() in ([b"Unavailable"], [b"OSError"])


def test_a_terminal_that_knows_only_ascii() -> None:
    """What the output cannot encode is replaced, not refused."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    assert run(stdout=subprocess.PIPE, env=environment).stdout == b"R?cken\n  x\n"


def test_long_notes_are_written_whole() -> None:
    """More than a pipe holds at once arrives in full."""
    assert len(run(stdout=subprocess.PIPE, length=300_000).stdout) == 300_000 + len("Rücken\n  \n".encode())


def test_withdrawing_is_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """What was printed stays."""
    Console().withdraw("prompt")
    assert capfd.readouterr().out == ""


def test_without_output_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No standard output at all is a lack of the machine, not a failure."""
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(Unavailable, match="no standard output"):
        Console().show(NOTE)


def test_a_step_says_how_often_and_how_long_it_is_held(capfd: pytest.CaptureFixture[str]) -> None:
    """Beside its time."""
    steps = (Step("Rise on your toes", 40, repetitions=8, hold=1), Step("Hold", 20, hold=20))
    guide(FakeSession(Routine(id="a.b", title="Calves", steps=steps)))  # type: ignore[arg-type]
    assert capfd.readouterr().out == (
        "Calves 1/2: Rise on your toes (40 s, 8 times, hold 1 s).\nCalves 2/2: Hold (20 s, hold 20 s).\n"
    )
