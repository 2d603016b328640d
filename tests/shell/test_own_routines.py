"""Routines of one's own through the real daemon: offered, avoided, replaced, and told of when they are wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shell.daemon_parts import Home, new_home, wait_for

OFF = 'off = ["walking.*", "stretching.*", "posture.*"]\n'
OWN = '[[routine]]\nid = "{0}"\ntitle = "Mine: {0}"\nsteps = [{{ text = "Go", seconds = 1 }}]\n{1}\n'


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def own(home: Home, text: str, name: str = "mine.toml") -> None:
    """Write a file of routines."""
    file = home.settings.parent / "routines" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


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
