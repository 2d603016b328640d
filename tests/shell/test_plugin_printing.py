"""What plugins print passes, up to a bound; nobody else is silenced, and nobody closes the stream."""

from __future__ import annotations

import io
import sys
import threading
from dataclasses import dataclass

from breakd.plugin.printing import MOST, WINDOW, Prints, bounded


@dataclass
class Clock:
    """Time that a test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_flood_is_cut_and_told_once() -> None:
    """So much a minute passes; then one line says who it is; in the next minute it may go on."""
    stream, said, clock = io.StringIO(), list[str](), Clock()
    prints = Prints(stream, said.append, clock)
    for _ in range(10):
        assert prints.write("x" * MOST) == MOST
    assert len(stream.getvalue()) == MOST
    assert said == ["a plugin: it prints more than 64 KiB a minute; the rest of this minute is dropped"]
    clock.now += WINDOW
    prints.write("again")
    assert stream.getvalue().endswith("xagain")


def test_others_are_heard_and_named() -> None:
    """Each plugin has an allowance of its own, known by the name of its thread."""
    stream, said = io.StringIO(), list[str]()
    prints = Prints(stream, said.append)
    flood = threading.Thread(target=lambda: prints.write("x" * (MOST + 1)), name="breakd source neck")
    flood.start()
    flood.join()
    prints.write("still here")
    assert stream.getvalue().endswith("still here")
    assert said[0].startswith("source neck: it prints more than")


def test_it_cannot_be_closed() -> None:
    """`sys.stdout.close()` is nothing; a stream that is closed below swallows what is printed."""
    stream = io.StringIO()
    prints = Prints(stream, print)
    prints.close()
    prints.write("on")
    assert stream.getvalue() == "on"
    stream.close()
    prints.write("nowhere")
    prints.flush()


def test_streams_are_put_back() -> None:
    """Outside of `bounded` nothing is changed; without standard output there is none inside either."""
    before = sys.stdout, sys.stderr
    sys.stdout = None
    try:
        with bounded(print):
            assert sys.stdout is None
            assert isinstance(sys.stderr, Prints)
        assert sys.stderr is before[1]
    finally:
        sys.stdout = before[0]
