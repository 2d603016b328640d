"""`[on]`: commands that are run when something happens, whatever these commands do."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from breakd.core import decisions, engine
from breakd.core.decisions import (
    BreakDone,
    BreakStarted,
    CheckIn,
    CheckInOver,
    Decision,
    Held,
    Lapsed,
    Prompt,
    Snoozed,
    Warn,
)
from breakd.core.routines import Routine, Step
from breakd.core.state import State
from breakd.core.turns import Turn, Turning
from breakd.daemon.hooks import WAITING, Hooks, of_decision, of_turn
from breakd.daemon.programs import KEPT, Ended, run
from breakd.settings.errors import SettingsError
from breakd.settings.load import load
from tests.shell.daemon_parts import Home, new_home, wait_for

PATIENCE = 20.0  # seconds


@pytest.fixture
def home() -> Iterator[Home]:
    """A home of its own."""
    with new_home() as one:
        yield one


RULES = load().rules()
STATE = engine.begin(RULES, 1_772_442_000_000)  # 2026-03-02 09:00 UTC
ROUTINE = Routine(id="neck.slow", title="Slow neck", steps=(Step("Turn", 30),))


def python(code: str) -> list[str]:
    """A command that does this."""
    return [sys.executable, "-I", "-S", "-c", code]


def done(argv: list[str], timeout: float = PATIENCE, **env: str) -> Ended:
    """What came of a command."""
    return run(argv, env, timeout, lambda _group: None)


# -- a program --------------------------------------------------------------------------------------------------------


def test_its_output_and_its_environment() -> None:
    """Both streams in one, and the facts beside what is there anyway."""
    code = 'echo "$BREAKD_BREAK ${PATH:+True}"; echo x >&2'
    assert done(["sh", "-c", code], BREAKD_BREAK="move") == Ended("move True\nx\n", "")


@pytest.mark.parametrize(
    ("argv", "trouble"),
    [
        (["no-such-program"], "no-such-program cannot be started: No such file or directory"),
        (["/"], "/ cannot be started: Permission denied"),
        (["false"], "false ended with exit code 1"),
        (["sh", "-c", "kill -9 $$"], "sh was ended by SIGKILL"),
        (["sh", "-c", "exec >&- 2>&-; exit 3"], "sh ended with exit code 3"),
    ],
)
def test_what_goes_wrong_is_told_in_a_line(argv: list[str], trouble: str) -> None:
    """Which command, and what became of it."""
    assert done(argv) == Ended("", trouble)


def test_no_shell_sees_the_words() -> None:
    """They are given as they stand."""
    assert done(["printf", "%s|", "$HOME", "a; b", "*"]).output == "$HOME|a; b|*|"


def test_one_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """Also if it will not listen."""
    code = (
        f"trap '' TERM; sh -c \"trap '' TERM; echo \\$\\$ > {tmp_path}/child; while :; do sleep 1; done\" & wait; wait"
    )
    ended = done(["sh", "-c", code], timeout=1)
    assert ended.trouble == "sh took longer than 1 s and was ended"
    pid = int((tmp_path / "child").read_text())
    wait_for(lambda: f"the end of {pid}", lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_it_leaves_running_is_not_waited_for() -> None:
    """A command may start something that stays: a player, a timer."""
    assert done(["sh", "-c", "sleep 30 & echo started"]).output == "started\n"


def test_of_a_flood_the_beginning_is_kept() -> None:
    """The rest is read and let go, so that the command can end."""
    ended = done(python("import os\nfor _ in range(2000): os.write(1, b'x' * 10000)"))
    assert (len(ended.output), ended.trouble, ended.cut) == (KEPT, "", True)


def test_an_endless_flood_ends_with_its_time() -> None:
    """No output keeps a command alive."""
    ended = done(["yes"], timeout=0.3)
    assert (ended.trouble, ended.cut) == ("yes took longer than 0.3 s and was ended", True)


# -- hooks ------------------------------------------------------------------------------------------------------------


class Told:
    """Hooks, and what they say."""

    def __init__(self, timeout_ms: int = 20_000, **commands: list[str]) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []
        self.news = asyncio.Event()
        self.hooks = Hooks(self._say, self.warned.append)
        self.hooks.configure(commands, timeout_ms)

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.news.set()

    async def until(self, what: Callable[[], bool]) -> None:
        """Let the commands run until this is so, and no thread of theirs is left."""
        async with asyncio.timeout(PATIENCE):
            while not what() or _threads():  # noqa: ASYNC110  a thread does not tell when it is gone
                await asyncio.sleep(0.01)


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("on.")]


def over(at: int, kind: str = "move") -> BreakDone:
    """A break that is done."""
    return BreakDone(STATE.now + at, kind, 180_000)


async def test_one_at_a_time_in_order_and_no_thread_while_nothing_runs() -> None:
    """Each sees its own facts."""
    told = Told(break_done=["sh", "-c", "echo $BREAKD_BREAK begins; sleep 0.05; echo $BREAKD_BREAK ends"])
    told.hooks.happened([over(0, name) for name in ("a", "b", "c")], STATE)
    await told.until(lambda: len(told.said) == 6)
    assert told.said == [f"on.break_done: {name} {what}" for name in "abc" for what in ("begins", "ends")]
    assert told.warned == []


async def test_different_hooks_do_not_wait_for_each_other() -> None:
    """One that hangs holds up its own kind alone."""
    told = Told(break_done=["sleep", "60"], snoozed=["echo", "later"])
    told.hooks.happened([over(0), Snoozed(STATE.now, "move", 1)], STATE)
    while told.said != ["on.snoozed: later"]:
        await asyncio.wait_for(told.news.wait(), PATIENCE)
        told.news.clear()
    told.hooks.stop()
    await told.until(lambda: len(told.warned) == 1)
    assert told.warned == ["on.break_done: sleep was ended by SIGTERM"]


async def test_what_waits_is_bounded() -> None:
    """Of a hundred events the first, which runs, and the last are told; that others are left out is said."""
    told = Told(break_done=["sh", "-c", "sleep 0.05; echo $BREAKD_BREAK"])
    told.hooks.happened([over(0, str(number)) for number in range(100)], STATE)
    await told.until(lambda: len(told.said) == WAITING + 1)
    assert told.said == [f"on.break_done: {number}" for number in (0, *range(100 - WAITING, 100))]
    assert len(told.warned) == 99 - WAITING


async def test_too_slow_is_told() -> None:
    """After the timeout of the settings."""
    told = Told(timeout_ms=100, break_done=["sleep", "60"])
    told.hooks.happened([over(0)], STATE)
    await told.until(lambda: bool(told.warned))
    assert told.warned == ["on.break_done: sleep took longer than 0.1 s and was ended"]


async def test_of_many_lines_some_are_told() -> None:
    """A log is for reading."""
    told = Told(break_done=["seq", "1000"])
    told.hooks.happened([over(0)], STATE)
    await told.until(lambda: bool(told.said))
    assert told.said[19:] == ["on.break_done: 20", "on.break_done: (it printed more)"]


# -- facts ------------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "on.md").read_text(encoding="utf-8")
EVERY: list[Decision] = [
    Prompt(STATE.now, "move", 1, "gentle", ROUTINE, 180_000, 0, ()),
    BreakStarted(STATE.now, "move", 60_000, 180_000, ROUTINE, True),
    over(0),
    Snoozed(STATE.now, "move", 3),
    Held(STATE.now, "move", "call"),
    Lapsed(STATE.now, "move", "lunch"),
    Warn(STATE.now, "sitting", "near", 48 * 60_000, 60 * 60_000, ()),
    CheckIn(STATE.now, "back"),
    CheckInOver(STATE.now, True),
]
TURNED = [Turn(what, STATE.now, "move", STATE.now) for what in get_args(Turning)]


def test_the_facts_of_a_prompt() -> None:
    """Lengths in seconds, times by the person's clock."""
    berlin: State = replace_zone(STATE)
    assert of_decision(EVERY[0], berlin) == {
        "BREAKD_EVENT": "prompt",
        "BREAKD_AT": "2026-03-02T10:00:00+01:00",
        "BREAKD_TEXT": "prompt move: 3 min, Slow neck",
        "BREAKD_BREAK": "move",
        "BREAKD_ATTEMPT": "1",
        "BREAKD_TONE": "gentle",
        "BREAKD_ROUTINE": "neck.slow",
        "BREAKD_ROUTINE_TITLE": "Slow neck",
        "BREAKD_FOR_S": "180",
    }


def replace_zone(state: State) -> State:
    """The same in Berlin."""
    return replace(state, zone="Europe/Berlin")


def test_the_facts_of_a_pause() -> None:
    """Until when."""
    told = of_turn(Turn("paused", STATE.now, until=STATE.now + 3_600_000), STATE)
    assert (told["BREAKD_UNTIL"], told["BREAKD_TEXT"]) == ("2026-03-02T10:00:00+00:00", "paused until 10:00")


def test_every_fact_is_documented() -> None:
    """Whoever writes a hook finds each variable in docs/on.md, and no others."""
    given = {
        key
        for env in (*(of_decision(one, STATE) for one in EVERY), *(of_turn(one, STATE) for one in TURNED))
        for key in env
    }
    assert {word for word in PAGE.replace("`", " ").split() if word.startswith("BREAKD_")} == given


def test_every_event_is_documented() -> None:
    """Each key of `[on]`."""
    told = [value.did for value in vars(decisions).values() if isinstance(value, type) and hasattr(value, "did")]
    for name in (*told, *get_args(Turning)):
        assert f"| `{name}` |" in PAGE


def test_what_cannot_stand_in_an_environment_is_left_out() -> None:
    """A name with a NUL."""
    assert of_decision(replace(EVERY[4], reason="a\0b"), STATE)["BREAKD_REASON"] == "ab"


@pytest.mark.parametrize(
    ("sets", "why"),
    [
        ('on.promt=["true"]', "unknown key, did you mean 'prompt'?"),
        ('on.prompt="beep"', "expected a command and its arguments, such as"),
        ('on.prompt=[""]', "expected a command and its arguments, such as"),
        ("on.prompt=[1]", "expected a command and its arguments, such as"),
        ('on.timeout="never"', "expected a duration"),
    ],
)
def test_mistakes_in_the_settings_are_told(sets: str, why: str) -> None:
    """Unknown names with the nearest, and what is no command."""
    with pytest.raises(SettingsError, match=r".*") as caught:
        load(None, (sets,))
    assert why in str(caught.value)


# -- the daemon -------------------------------------------------------------------------------------------------------


def test_a_daemon_runs_them_and_prompts_come_whatever_they_do(home: Home) -> None:
    """One writes down what it was given, one hangs, one cannot be started: a break is asked for, and done."""
    file = home.folder / "facts"
    code = f"import json, os; open({str(file)!r}, 'a').write(json.dumps(dict(os.environ)) + '\\n')"
    daemon = home.quick(
        on__prompt=json.dumps(python(code)),
        on__break_done=json.dumps(python(code)),
        on__break_due='["sleep", "1000"]',
        on__break_started='["no-such-program"]',
    )
    daemon.tell("active")
    daemon.until("shown")
    daemon.tell("idle")
    daemon.until(None)
    facts = wait_for(lambda: "two lines", lambda: lines if len(lines := read(file)) == 2 else None)
    assert [each["BREAKD_EVENT"] for each in facts] == ["prompt", "break_done"]
    assert {each["BREAKD_BREAK"] for each in facts} == {"move"}
    daemon.until_said("on.break_started: no-such-program cannot be started: No such file or directory", error=True)
    assert daemon.end() == 0


def read(file: Path) -> list[dict[str, str]]:
    """The environments that were written down."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
