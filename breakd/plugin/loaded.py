"""What is known of each plugin: where it comes from, what it offers, how it is doing."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from breakd.core.routines import Routine
from breakd.plugin.interfaces import Unavailable

State = Literal["ok", "off", "unavailable", "unconfigured", "failed", "done"]
Kind = Literal["source", "notifier", "guide", "observer", "adviser", "importer", "subcommand", "hook"]
Say: TypeAlias = Callable[[str], None]

GRAVITY: tuple[State, ...] = ("failed", "off", "unavailable")


class Failed(Exception):  # noqa: N818  reads as what happened
    """A plugin broke a rule of the host; the text says which."""


class Thing(Struct, eq=False):
    """One thing that a plugin registered. `name`: PLUGIN or PLUGIN.name; `done`: a source with no more to say.

    `failures`: in a row, `failed`: ever; `rests_until`: not to be called before this time of the loop; `told`: what was
    last said; `banned`: not to be called any more in this life; `presence`: a source that tells of input, as far as is
    known: it did, or asked what idleness it is to tell.
    """

    plugin: str
    kind: Kind
    name: str
    target: Any  # checked at registration to be callable as its kind demands
    state: State = "ok"
    reason: str = ""
    failures: int = 0
    failed: int = 0
    rests_until: float = 0.0
    told: str = ""
    banned: bool = False
    presence: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def turn(self, state: State, reason: str, say: Say) -> None:
        """Change state, and say so unless the same was said last."""
        self.state, self.reason = state, reason
        line = f"{self}: {state}: {reason}"
        if line != self.told:
            self.told = line
            say(line)

    def explain(self, error: BaseException) -> str:
        """What went wrong, with the line of the plugin where it did."""
        target = self.target if hasattr(self.target, "__qualname__") else type(self.target)
        return explain(error, getattr(target, "__module__", "") or "")


class Loaded(Struct):
    """A plugin. `origin`: the distribution or file it comes from; `why`: it is not ok, or what else to know."""

    name: str
    origin: str
    version: str = ""
    fate: State = "ok"
    why: str = ""
    took: float = 0.0  # s of import and hook
    settings: type | None = None  # the class that its table is to be
    table: Mapping[str, object] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    routines: tuple[Routine, ...] = ()

    @property
    def state(self) -> State:
        """How it was loaded; if that went well, the gravest state among its things."""
        if self.fate != "ok":
            return self.fate
        return next((state for state in GRAVITY if any(thing.state == state for thing in self.things)), "ok")

    @property
    def reason(self) -> str:
        """Why the plugin is in its state, one line for each thing concerned."""
        state = self.state
        told = [f"{thing}: {thing.reason}" for thing in self.things if state != "ok" and thing.state == state]
        return "\n".join([self.why] * bool(self.why) + told)

    def facts(self) -> dict[str, Any]:
        """All of it in plain values, as `breakd status --json` tells it."""
        things = [
            {
                "kind": thing.kind,
                "name": thing.name,
                "state": thing.state,
                "failures": thing.failed,
                "presence": thing.presence,
            }
            for thing in self.things
        ]
        return {
            "state": self.state,
            "reason": self.reason,
            "origin": self.origin,
            "version": self.version,
            "took_s": round(self.took, 4),
            "failures": sum(thing.failed for thing in self.things),
            "routines": len(self.routines),
            "things": things,
        }

    @property
    def source(self) -> str:
        """Origin and version, as messages name them."""
        return f"{self.origin} {self.version}".strip()


def explain(error: BaseException, module: str) -> str:
    """`error` in one text: its type, what it says, and the last line of `module`'s package it came through."""
    if isinstance(error, (Failed, Unavailable)):
        return str(error) or "it gives no reason"
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    package = module.partition(".")[0]
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if package and str(frame.f_globals.get("__name__", "")).partition(".")[0] == package
    ]
    return f"{text} ({Path(frames[-1][0]).name}:{frames[-1][1]})" if frames else text


def nearest(name: str, names: list[str]) -> str:
    """' (did you mean X?)' for the name most like `name`, or nothing."""
    import difflib

    found = difflib.get_close_matches(name, names, n=1)
    return f" (did you mean {found[0]}?)" if found else ""
