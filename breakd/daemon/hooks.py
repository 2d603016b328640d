"""`[on]`: a command is run when something happens. The facts stand in its environment, what it prints goes to the log.

Starting a program can take long (a network share that does not answer), so it is done in a thread, which is there only
while a command runs: the loop never waits. Each hook runs one command at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from breakd.core.decisions import Decision
from breakd.core.state import State
from breakd.core.turns import Turn, turns
from breakd.daemon.speech import words
from breakd.daemon.speech.status import local

if TYPE_CHECKING:
    from breakd.daemon.programs import Ended

WAITING = 8  # of one hook; then the oldest is let go, as what is new matters more
LINES = 20  # of the output of a run go to the log

Env = dict[str, str]


class Hooks:
    """Runs `commands`, by the name of what happens; `say` and `warn` are given lines for the log."""

    def __init__(self, say: Callable[[str], None], warn: Callable[[str], None]) -> None:
        self._say = say
        self._warn = warn
        self._commands: Mapping[str, Sequence[str]] = {}
        self._timeout = 0.0
        self._before: State | None = None
        self._waiting: dict[str, deque[Env]] = {}
        self._over = False
        self._groups: dict[str, int] = {}  # of what runs now; 0 while it is being started

    def configure(self, commands: Mapping[str, Sequence[str]], timeout_ms: int) -> None:
        """These from now on. What runs goes on; what waits for a command that is no more is let go."""
        self._commands, self._timeout = commands, timeout_ms / 1000
        self._waiting = {name: queue for name, queue in self._waiting.items() if name in commands}

    def happened(self, decisions: Sequence[Decision], state: State) -> None:
        """A step was taken."""
        before, self._before = self._before, state
        if not self._commands:
            return
        for turn in turns(before, state) if before is not None else ():
            if turn.what in self._commands:
                self._put(turn.what, of_turn(turn, state))
        for decision in decisions:
            if decision.did in self._commands:
                self._put(decision.did, of_decision(decision, state))

    def stop(self) -> None:
        """End what runs, and what is being started."""
        self._over = True
        self._waiting.clear()
        for group in tuple(self._groups.values()):
            _end(group)

    def _put(self, name: str, env: Env) -> None:
        queue = self._waiting.setdefault(name, deque())
        if len(queue) == WAITING:
            queue.popleft()
            self._warn(f"on.{name}: the command is too slow, {WAITING} wait for it: the oldest is left out")
        queue.append(env)
        self._next(name)

    def _next(self, name: str) -> None:
        queue, argv = self._waiting.get(name), self._commands.get(name)
        if name in self._groups or not queue or not argv:
            return
        import threading

        from breakd.daemon.programs import run  # here: nobody needs it who has no hooks

        loop, env = asyncio.get_running_loop(), queue.popleft()
        self._groups[name] = 0

        def started(group: int) -> None:
            self._groups[name] = group
            if self._over:
                _end(group)

        def live() -> None:
            ended = run(argv, env, self._timeout, started)
            with contextlib.suppress(RuntimeError):  # the loop is closed: there is nobody to tell
                loop.call_soon_threadsafe(self._ended, name, ended)

        try:
            threading.Thread(target=live, name=f"on.{name}", daemon=True).start()
        except RuntimeError as error:  # no more threads
            del self._groups[name]
            self._warn(f"on.{name}: {error}")

    def _ended(self, name: str, ended: Ended) -> None:
        del self._groups[name]
        lines = ended.output.splitlines()
        for line in lines[:LINES]:
            self._say(f"on.{name}: {line}")
        if len(lines) > LINES or ended.cut:
            self._say(f"on.{name}: (it printed more)")
        if ended.trouble:
            self._warn(f"on.{name}: {ended.trouble}")
        self._next(name)


def _end(group: int) -> None:
    if group:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGTERM)


def of_decision(decision: Decision, state: State) -> Env:
    """The environment for a decision: its facts as in a trace, and its line."""
    from breakd.daemon.store.facts import decision_facts

    facts = {key: value for key, value in decision_facts(decision).items() if key != "because"}
    routine = getattr(decision, "routine", None)
    if routine is not None:
        facts["routine_title"] = routine.title
    from breakd.daemon.speech import happenings  # here: only where something is decided

    return _env(decision.did, state, decision.at, happenings.line(decision), facts)


def of_turn(turn: Turn, state: State) -> Env:
    """The environment for what turned."""
    facts: dict[str, object] = {}
    line: str = turn.what
    if turn.kind:
        facts["break"], line = turn.kind, f"a {turn.kind} break is due"
    if turn.until is not None:
        facts["until"] = local(state, turn.until).isoformat(timespec="seconds")
        line = f"paused until {words.clock(local(state, turn.until), local(state, state.now))}"
    return _env(turn.what, state, turn.at, line, facts)


def _env(name: str, state: State, at: int, line: str, facts: Mapping[str, object]) -> Env:
    told = {"event": name, "at": local(state, at).isoformat(timespec="seconds"), "text": line, **facts}
    return {f"BREAKD_{key.upper()}": _text(value) for key, value in told.items() if value is not None}


def _text(value: object) -> str:
    """Numbers as they are, yes as 1 and no as 0; without NUL, which no environment can hold."""
    return str(int(value) if isinstance(value, bool) else value).replace("\0", "")
