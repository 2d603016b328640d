"""What the person is told of settings that were read again: one note while they are broken, and lines in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from breakd.daemon.perform import Performer
from breakd.daemon.speech import words
from breakd.daemon.watching.reload import KEPT, Verdict
from breakd.settings.errors import Problem

Say: TypeAlias = Callable[[str], None]

LEFT_OUT = "what is wrong is left out, the rest is in force"
DEFAULTS = "the defaults are in force"


class Telling:
    """`say`: for the person; `warn`: what must not be missed; `notes`: shows them."""

    def __init__(self, say: Say, warn: Say, notes: Performer) -> None:
        self._say = say
        self._warn = warn
        self._notes = notes

    def begun(self, problems: Sequence[Problem], left_out: Sequence[Problem]) -> None:
        """What is wrong from the start: with the settings, or only with files of routines. The log has it already."""
        if problems or left_out:
            self._notes.tell(words.broken_note([*problems, *left_out], DEFAULTS if problems else LEFT_OUT))

    def read_again(self, before: Verdict, now: Verdict, changed: bool) -> None:
        """What has become of them."""
        if now.problems and now.problems != before.problems:
            kept = LEFT_OUT if changed else KEPT
            self._warn("\n".join([*map(str, now.problems), f"your settings have mistakes: {kept}"]))
        if now.state == "broken" and before.state == "ok":
            self._notes.tell(words.broken_note(now.problems, KEPT))
        elif now.state == "ok" and before.state == "broken":
            self._warn("your settings are right again, and in force")
            self._notes.untell(words.SETTINGS)
            self._notes.tell(words.mended_note())
        elif changed:
            self._say("your settings have changed, and are in force")

    def watching(self, deaf: str) -> None:
        """Where changes may go unheard, that is said."""
        if deaf:
            later = "it is found when I am awake anyway, and at once by `breakd reload`"
            self._warn(f"a change of your settings may go unheard ({deaf}): {later}")
