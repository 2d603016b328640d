"""What plugins print: it goes where the daemon's lines go, but not without bounds, and whose it is is known."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from breakd.plugin.loaded import Say
from breakd.plugin.timed import OWNER

MOST = 64 * 1024  # characters from one plugin in ...
WINDOW = 60.0  # ... so many seconds
SOMEBODY = "a plugin"  # what prints in an import or a hook


class Prints(io.TextIOBase):
    """A standard stream as plugins have it: everything passes, until it is too much. It cannot be closed.

    `say`: told once in a window who prints too much.
    """

    def __init__(self, stream: TextIO, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._say = say
        self._clock = clock
        self._window = -WINDOW
        self._spent: dict[str, int] = {}
        self._turn = threading.Lock()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute of TextIO
        """That of the stream below."""
        return self._stream.encoding

    def write(self, text: str, /) -> int:
        """Write what may be written still; never fails for what is dropped."""
        left, told = self._left(who := owner(), len(text))
        with contextlib.suppress(ValueError):  # the stream below was closed
            self._stream.write(text[:left])
        if told:
            self._say(f"{who}: it prints more than {MOST // 1024} KiB a minute; the rest of this minute is dropped")
        return len(text)

    def flush(self) -> None:
        """See `io`."""
        with contextlib.suppress(ValueError):
            self._stream.flush()

    def fileno(self) -> int:
        """That of the stream below."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether somebody sits before it."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Not by a plugin: others write here too."""

    def _left(self, who: str, wanted: int) -> tuple[int, bool]:
        """How much of this may be written, and whether that it was too much is to be said."""
        with self._turn:
            now = self._clock()
            if now - self._window >= WINDOW:
                self._window, self._spent = now, {}
            before = self._spent.get(who, 0)
            self._spent[who] = before + wanted
            return max(0, MOST - before), before <= MOST < before + wanted


def owner() -> str:
    """Who runs here: the thing whose task or thread it is."""
    owned = OWNER.get()
    if owned is not None:
        return str(owned[0])
    name = threading.current_thread().name
    return name.removeprefix("breakd ") if name.startswith("breakd ") else SOMEBODY


@contextmanager
def bounded(say: Say) -> Iterator[None]:
    """Standard output and error are bounded while this lasts."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (None if stream is None else Prints(stream, say) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
