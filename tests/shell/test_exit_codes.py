"""Exit codes of all commands: 0 done, 1 refused as things stand, 2 wrong in itself, 3 no daemon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from breakd.cli.commands import COMMANDS
from tests.shell.daemon_parts import Home, new_home

# Words that cannot be meant, whatever is so, and some of what is said to them.
WRONG = [
    ("run --set breaks.move.every=soon", "expected a duration"),
    ("demo --seconds -1", "0<=x<=3600"),
    ("status --format wabar", "'waybar'"),
    ("start one two", "unexpected extra argument"),
    ("stop now", "unexpected extra argument"),
    ("snooze -5m", "more than nothing and at most 31 days, found '-5m'"),
    ("snooze --minutes 5", "No such option '--minutes'"),
    ("skip 99d", "at most 31 days"),
    ("pause until", "or until tomorrow, found 'until'"),
    ("pause until 25:00", "found 'until 25:00'"),
    ("resume now", "unexpected extra argument"),
    ("posture lying", "'standing'"),
    ("slept abc", "expected from and to such as 23:30-07:10, or how long, such as 6h30m, found 'abc'"),
    ("slept -6h", "expected from and to such as 23:30-07:10, or how long, such as 6h30m, found '-6h'"),
    ("slept 30h", "expected at most 20 h"),
    ("slept --date tomorow 23:00-07:00", "--date: expected the day of getting up"),
    ("slept --date 2199-01-01 23:00-07:00", "in the future"),
    ("felt", "expected --pain"),
    ("felt --pain 11", "0<=x<=10"),
    ("exercised long --rpe 3", "expected a duration"),
    ("exercised -30m --rpe 3", "more than nothing"),
    ("exercised 30h --rpe 3", "at most 12h"),
    ("exercised 30m --rpe 11", "0 to 10"),
    ("limits sitting", "unexpected extra argument"),
    ("doctor --mend", "No such option '--mend'"),
    ("service begin", "No such command"),
    ("routines list --kin balance", "No such option '--kin'"),
    ("routines new", "give a TITLE, and --yes"),
    ("why sittin", "did you mean sitting?"),
    ("why --at 2199-01-01", "yet to come"),
    ("log --since noon", "expected a moment"),
    ("history --days many", "not a valid integer"),
    ("report --at noon", "expected a moment"),
    ("usage --days many", "not a valid integer"),
    ("reload now", "unexpected extra argument"),
    ("plugins new My-Plugin", "lower-case letters"),
    ("import csv", "Missing argument 'FILE'"),
    ("completion tcsh", "'fish'"),
    ("simulate", "TRACE"),
    ("config set breaks.move.every soon", "expected a duration"),
    ("config init", "say --yes"),
    ("forget", "expected a day"),
    ("journal exort", "No such command"),
]
# Words that could be meant, but not as things stand.
REFUSED = [
    ("stop", "no break is on"),
    ("snooze", "no break is due"),
    ("resume", "not paused"),
    ("posture sitting", "already sitting"),
    ("start walking.none", "no such routine"),
    ("felt --effort 3", "no routine was done"),
    ("routines show nothing", "there is no routine"),
    ("plugins info nothing", "there is no plugin"),
    ("import nothing table.csv", "there is no importer 'nothing'"),
    ("import csv.x table.csv", "it has csv. What it reads is told by [plugins.csv] in "),
    ("simulate nothing.jsonl", "No such file"),
    ("history --past nothing", "`breakd import nothing FILE` makes it"),
]


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home in which a daemon runs, for looking at only."""
    with new_home() as one:
        one.run().introduced()
        yield one


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_words_that_cannot_be_meant(home: Home, words: str, said: str) -> None:
    """2, with what was expected; nothing is said where programs read."""
    found = home.breakd(*words.split())
    assert (found.returncode, said in found.stderr) == (2, True), found


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_cannot_be_done_as_things_stand(home: Home, words: str, said: str) -> None:
    """1, in one line that says why."""
    found = home.breakd(*words.split())
    assert (found.returncode, found.stdout, said in found.stderr) == (1, "", True), found
    assert found.stderr.startswith("breakd: ") and found.stderr.count("\n") == 1


def test_each_command_is_looked_at() -> None:
    """One that is new has its line above."""
    assert COMMANDS.keys() - {words.split()[0] for words, _ in WRONG} == set()


@pytest.mark.parametrize("words", ["stop", "slept 7h", "limits", "reload", "log -f"])
def test_nobody_to_talk_to(words: str) -> None:
    """3, and how to start one."""
    with new_home() as nobody:
        found = nobody.breakd(*words.split())
    assert (found.returncode, "no daemon is running; start one with `breakd run`" in found.stderr) == (3, True)
