"""Who is told by itself when something happens: status bars, and readers of the log. Nobody is woken for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from breakd.core.decisions import Decision
from breakd.core.events import Entry
from breakd.core.state import State
from breakd.daemon.control.server import Follow, Misuse, Send
from breakd.daemon.fold import Decisions
from breakd.daemon.store.fields import Wall

Facts: TypeAlias = dict[str, Any]
Tell: TypeAlias = Callable[[Entry | None, Decisions, State], None]
Describe: TypeAlias = Callable[[State], Facts]


class Followers:
    """Each is told of every step. One that fails is told no more, and `warn` why: the step itself goes on."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._tells: dict[object, Tell] = {}

    def add(self, tell: Tell) -> Callable[[], None]:
        """Tell this one too, until what is given back is called."""
        key = object()
        self._tells[key] = tell

        def end() -> None:
            self._tells.pop(key, None)

        return end

    def happened(self, entry: Entry | None, decisions: Decisions, state: State) -> None:
        """A step was taken."""
        for key, tell in tuple(self._tells.items()):
            try:
                tell(entry, decisions, state)
            except Exception as error:
                self._tells.pop(key, None)
                self._warn(f"a follower is told no more: {type(error).__name__}: {error}")


def rendered(style: object, describe: Describe, state: State) -> Facts:
    """The status in this format; what a push of `follow` carries. Raises ValueError if there is no such format."""
    if style in (None, "json"):
        return {"status": describe(state)}
    from breakd.daemon.control.looks import FORMATS, look  # here: the daemon needs it only if there is a status bar

    if not isinstance(style, str) or style not in FORMATS:
        raise Misuse(f'"format" is {style!r}, expected one of: json, {", ".join(FORMATS)}')
    return {"line": FORMATS[style](look(state))}


def follow_status(followers: Followers, style: object, describe: Describe, now: State) -> Follow:
    """The status now, and again whenever a reader of this format would see something else. Raises ValueError."""
    first = rendered(style, describe, now)

    def begin(send: Send) -> Callable[[], None]:
        last = _seen(first)

        def tell(_entry: Entry | None, _decisions: Decisions, state: State) -> None:
            nonlocal last
            found = rendered(style, describe, state)
            if _seen(found) != last:
                last = _seen(found)
                send({"push": "status", **found})

        return followers.add(tell)

    return Follow(first, begin)


def _seen(found: Facts) -> object:
    if "line" in found:
        return found["line"]
    from breakd.daemon.control.looks import still

    return still(found["status"])


def follow_log(followers: Followers, seq: int) -> Follow:
    """Every line of the journal from now on; `seq` is that of the last line before."""

    def begin(send: Send) -> Callable[[], None]:
        def tell(entry: Entry | None, decisions: Decisions, state: State) -> None:
            from breakd.daemon.store.records import record

            wall = Wall(state.offset, state.zone)
            items: list[Entry | Decision] = [] if entry is None else [entry]
            for item in items + list(decisions):
                found = record(item, wall)
                line = {"at": wall.text(item.at), found.type: found.name, **found.data}
                if isinstance(item, Entry):
                    line["seen"] = wall.text(item.seen)
                send({"push": "log", "log": line})

        return followers.add(tell)

    return Follow({"seq": seq}, begin)
