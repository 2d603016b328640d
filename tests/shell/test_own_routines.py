"""Routines of one's own through the real daemon: offered, avoided, replaced, and told of when they are wrong."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from breakd.daemon.watching.unread import AT_ONCE
from tests.shell.daemon_parts import Daemon, Home, new_home, wait_for

OFF = 'off = ["walking.*", "stretching.*", "posture.*"]\n'
OWN = '[[routine]]\nid = "{0}"\ntitle = "Mine: {0}"\nsteps = [{{ text = "Go", seconds = 1 }}]\n{1}\n'


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def own(home: Home, text: str, name: str = "mine.toml", *, many: bool = False) -> None:
    """Write a file of routines; `many`: it is one that a start does not wait for."""
    file = home.settings.parent / "routines" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "#" * AT_ONCE * many)


def asked(home: Home, **sets: str) -> tuple[str, list[str]]:
    """The text of the first prompt, and the codes of its reasons in the journal."""
    daemon = home.quick(**sets)
    daemon.tell("active")
    daemon.until("shown")
    note = wait_for(lambda: "the note", home.shown)[0]
    assert daemon.end() == 0
    because = home.journalled(did="prompt")[0]["because"]
    return note["text"], [each["code"] for each in because]


def test_only_ones_own_are_offered_where_the_packs_are_off(home: Home) -> None:
    """The prompt names it, and the journal tells why it was chosen."""
    own(home, OFF + OWN.format("a", ""))
    text, codes = asked(home)
    assert text.splitlines()[-1] == "Mine: a"
    assert codes[-1] == "waited"


def test_what_is_avoided_is_not_offered(home: Home) -> None:
    """Of two the other is; if both are avoided the prompt comes without, and says so."""
    own(home, OFF + OWN.format("a", 'involves = ["floor"]') + OWN.format("b", 'kind = "strength"'))
    text, codes = asked(home, me__avoid='["floor"]')
    assert text.splitlines()[-1] == "Mine: b"
    assert codes[-1] == "permitted"


def test_nothing_permitted_is_told_in_the_prompt(home: Home) -> None:
    """Nobody is told to stand up who cannot."""
    own(home, OFF + OWN.format("a", 'involves = ["floor"]'))
    text, codes = asked(home, me__avoid='["floor"]')
    assert text == "None of 1 routine is permitted: see [me] in the settings"
    assert codes[-1] == "none_permitted"


def test_a_bad_file_is_told_and_the_others_stay(home: Home) -> None:
    """With its place, on standard error; reminders go on."""
    own(home, OFF + OWN.format("a", ""))
    own(home, OWN.format("b", "met = 99"), "bad.toml")
    daemon = home.quick()
    assert "bad.toml:5:7: routine[1].met: expected a number from 1 to 12, found 99" in daemon.until_said(
        "bad.toml", error=True
    )
    daemon.tell("active")
    assert daemon.until("shown")["prompt"]["routine"] == "mine.a"


# -- many of them ---------------------------------------------------------------------------------------------------


def all_read(daemon: Daemon) -> Daemon:
    """Wait until all routines are in force."""
    wait_for(lambda: "all files to be read", lambda: not daemon.status["settings"]["unread"])
    return daemon


def sets(home: Home) -> list[list[str]]:
    """The routines of one's own in each set of rules that was journalled."""
    found = [line["rules"]["routines"] for line in home.journalled(event="configured")]
    return [[each["id"] for each in those if each["id"].startswith("mine.")] for those in found]


def test_many_are_read_after_the_start(home: Home) -> None:
    """The first life begins with those of plugins, a later one with those of the last; a change is journalled once."""
    own(home, OWN.format("a", ""), many=True)
    daemon = home.run()
    assert daemon.status["settings"]["unread"] in (0, 1)
    assert all_read(daemon).end() == 0
    assert sets(home) == [[], ["mine.a"]]
    assert all_read(home.run()).end() == 0
    assert all_read(home.run()).end(signal.SIGKILL) == -9
    assert all_read(home.run()).end() == 0
    own(home, OWN.format("a", "") + OWN.format("b", ""), many=True)
    assert all_read(home.run()).end() == 0
    assert sets(home) == [[], ["mine.a"], ["mine.a", "mine.b"]]


def test_an_end_before_they_are_read(home: Home) -> None:
    """Nobody waits for them; the next life reads them."""
    own(home, OWN.format("a", ""), many=True)
    daemon = home.run()
    assert (daemon.end(), daemon.err) == (0, "")
    assert all_read(home.run()).end() == 0
    assert sets(home)[-1] == ["mine.a"]


def test_a_change_while_they_wait(home: Home) -> None:
    """What is saved meanwhile, or is asked to be read, finds them read: what was wrong from the start is no news."""
    own(home, OWN.format("a", "met = 99"), many=True)
    daemon = home.run()
    home.configure('breaks.move.every = "44m"\n')
    answer = daemon.ask(do="reload")
    assert "met" in answer["error"]
    assert daemon.status["settings"]["unread"] == 0
    (every,) = [each["every"] for each in home.journalled(event="configured")[-1]["rules"]["breaks"][-1:]]
    assert every == 44 * 60_000
    assert daemon.end() == 0


def test_what_names_routines_has_all_of_them(home: Home) -> None:
    """Whoever asks before they are read need not ask twice."""
    own(home, OWN.format("a", ""), many=True)
    daemon = home.run()
    assert "mine.a" in daemon.ask(do="names")["routines"]
    assert daemon.status["settings"]["unread"] == 0
    assert daemon.end() == 0


def test_what_was_switched_off_meanwhile_is_not_offered(home: Home) -> None:
    """Nor what was changed: the first prompt after the start comes when all is read, however soon it is due."""
    own(home, OFF + OWN.format("a", ""), many=True)
    assert all_read(home.run()).end() == 0
    own(home, OFF.replace("]", ', "mine.a"]') + OWN.format("a", "") + OWN.format("b", ""), many=True)
    text, _ = asked(home)
    assert text.splitlines()[-1] == "Mine: b"
    assert sets(home)[-1] == ["mine.b"]


def test_a_bad_file_among_many(home: Home) -> None:
    """It is left out, and told on standard error, by a note and by the status; mended, it counts."""
    own(home, OFF + OWN.format("a", ""), many=True)
    own(home, OWN.format("b", "met = 99"), "mine-too.toml", many=True)
    daemon = all_read(home.run())
    assert "mine-too.toml:5:7: routine[1].met: expected a number from 1 to 12" in daemon.until_said("met", error=True)
    assert daemon.status["settings"]["state"] == "broken"
    (note,) = wait_for(lambda: "the note", home.shown)
    assert note["show"] == "settings"
    assert sets(home)[-1] == ["mine.a"]
    own(home, OWN.format("mine.b", ""), "mine-too.toml")
    daemon.until_said("your settings are right again", error=True)
    assert daemon.end() == 0
    assert sets(home)[-1] == ["mine.a", "mine.b"]
