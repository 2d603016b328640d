"""How patient the host is: every limit that a plugin can run into, in one place."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """All in seconds but `failures`, `events`, `backlog` and `memory`.

    `importing`: an import, and a hook; `call`: showing or withdrawing a note, and what a guide may still do after the
    session; `advice`: an answer of an adviser;
    `leave`: from being told to end until being left behind; `first_wait` to `longest_wait`: between restarts, doubling;
    `forgiven`: a run this long starts the waits afresh; `retry`: until what is unavailable or off is tried again;
    `failures`: so many in a row switch a notifier or guide off; `events`: more than this many in `window` fail a
    source; `hog`: how long one may hold the loop, named once in `hog_again`; `hold`: after so long it is thrown out;
    `backlog`: items a stream keeps; `memory`: the last calls that `breakd plugins trace` can tell of.
    """

    importing: float = 10.0
    call: float = 5.0
    advice: float = 2.0
    leave: float = 1.0
    first_wait: float = 1.0
    longest_wait: float = 300.0
    forgiven: float = 600.0
    retry: float = 600.0
    failures: int = 3
    events: int = 50
    window: float = 1.0
    hog: float = 0.25
    hog_again: float = 3600.0
    hold: float = 2.0
    backlog: int = 1000
    memory: int = 200
