"""Which plugins are not to be loaded, kept from one life to the next: those that held the loop, and those switched off.

One small JSON file in the state folder. It is only ever read at a start and by commands.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

BY_HAND = "switched off by `breakd plugins disable`"


class Memory(NamedTuple):
    """The file. Without a path nothing is remembered; with `frozen`, as commands have it, nothing new is."""

    path: Path | None = None
    frozen: bool = False

    def read(self) -> dict[str, str]:
        """Why each plugin is off, by name. A file that cannot be read switches nothing off."""
        if self.path is None:
            return {}
        try:
            text = self.path.read_text(encoding="utf-8")
            import json  # here: at most starts there is no such file

            found = json.loads(text)["off"]
            return {str(name): str(why) for name, why in found.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def put(self, name: str, why: str) -> None:
        """This plugin stays off. Raises OSError."""
        self._write({**self.read(), name: why})

    def drop(self, name: str) -> bool:
        """Allow it again; whether it was off. Raises OSError."""
        off = self.read()
        if name not in off:
            return False
        del off[name]
        self._write(off)
        return True

    def _write(self, off: dict[str, str]) -> None:
        if self.path is None or self.frozen:
            return
        import json

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_suffix(f".{os.getpid()}")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump({"off": off}, file, indent=1)
            new.replace(self.path)  # whoever reads sees the old one or the new one
        finally:
            with contextlib.suppress(OSError):
                new.unlink()
