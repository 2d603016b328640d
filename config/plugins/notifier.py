"""Example: shows notes in a place of its own, here a file that another program displays."""

from dataclasses import dataclass
from pathlib import Path

from breakd import Note, Register


@dataclass(frozen=True)
class Settings:
    """The table `[plugins.example]` in breakd.toml. To be asked first: `[notify] order = ["example", "desktop"]`."""

    file: str = "~/breakd-note.txt"


class Example:
    """A notifier: it shows, and it takes away."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._key = ""

    def show(self, note: Note) -> None:
        """Show it in the place of the one before; whatever this raises sends the note to the next notifier."""
        self._file.write_text(f"{note.title}\n{note.plain}\n", encoding="utf-8")
        self._key = note.key

    def withdraw(self, key: str) -> None:
        """Take it away, if it is still there."""
        if key == self._key:
            self._file.write_text("", encoding="utf-8")


def breakd_register(register: Register) -> None:
    """Say what the plugin offers."""
    register.notifier(Example(Path(register.settings(Settings).file).expanduser()))
