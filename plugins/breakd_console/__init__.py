"""Notes and steps as plain lines on standard output: the last resort, which needs no desktop and no terminal."""

from __future__ import annotations

import os
import sys

from breakd import Note, Register, Session, Step, Unavailable


def breakd_register(register: Register) -> None:
    """Shows and guides. Both may wait for a slow reader, so they are plain functions: the host gives them threads."""
    register.notifier(Console())
    register.guide(guide)


class Console:
    """Prints notes. What is printed cannot be withdrawn."""

    def show(self, note: Note) -> None:
        """Print it, with the commands that answer it. Raises Unavailable or OSError if nobody can read it."""
        lines = [note.title, *(f"  {line}" for line in note.plain.splitlines())]
        write("\n".join(lines))

    def withdraw(self, key: str) -> None:
        """Nothing: a line stays where it is."""


def guide(session: Session) -> None:
    """Print each step as it begins."""
    steps = len(session.routine.steps)
    for cue in session:
        hint = f" {cue.step.hint}" if cue.step.hint else ""
        time = ", ".join((f"{cue.step.seconds:g} s", *how(cue.step)))
        write(f"{session.routine.title} {cue.number}/{steps}: {cue.step.text} ({time}).{hint}")


def how(step: Step) -> list[str]:
    """How often, and how long it is held, if the step says so."""
    times = [f"{step.repetitions} times"] if step.repetitions else []
    return times + ([f"hold {step.hold:g} s"] if step.hold else [])


def write(text: str) -> None:
    """Write lines to standard output, free of control characters and in what it can encode.

    Raises Unavailable without standard output, OSError (BrokenPipeError) if its reader is gone.
    """
    if sys.stdout is None:
        raise Unavailable("no standard output")
    clean = "".join(sign for sign in text if sign == "\n" or sign.isprintable()) + "\n"
    data = clean.encode(sys.stdout.encoding or "utf-8", "replace")
    # Past Python's buffer: what a broken pipe leaves in there fails once more when the daemon exits.
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]
