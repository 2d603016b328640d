"""`[me]`: known words are checked for slips, words of one's own are taken, old journals can still be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from breakd.core.choosing.permission import MeRule
from breakd.core.rules import Rules
from breakd.core.vocabulary import NEEDS
from breakd.settings.errors import SettingsError
from breakd.settings.load import load
from breakd.settings.me import KNOWN, slips


def test_the_shipped_defaults_forbid_nothing() -> None:
    """Nothing is avoided, nothing sore, every place will do, and what is usual is at hand: all but a wheelchair."""
    assert load().me == MeRule(equipment=tuple(need for need in NEEDS if need != "wheelchair"))


def test_what_the_file_says_reaches_the_rules(tmp_path: Path) -> None:
    """Words are taken in lower case, words of one's own too."""
    file = tmp_path / "breakd.toml"
    file.write_text('[me]\navoid = ["Floor", "trampoline"]\nsore = ["lower  back"]\nequipment = []\n')
    expected = MeRule(avoid=("floor", "trampoline"), sore=("lower back",), equipment=())
    assert load(file).rules().me == expected


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ('avoid = ["standin"]', "standing"),
        ('sore = ["lowerback"]', "lower back"),
        ('equipment = ["wals"]', "wall"),
        ('avoid = ["tsanding"]', "standing"),
    ],
)
def test_a_slip_in_a_known_word_is_an_error(tmp_path: Path, word: str, meant: str) -> None:
    """It names the line and the nearest known word."""
    file = tmp_path / "breakd.toml"
    file.write_text(f"[me]\n{word}\n")
    with pytest.raises(SettingsError, match=rf"breakd.toml:2.*me\..*did you mean '{meant}'"):
        load(file)


@pytest.mark.parametrize("word", ["ball", "armchair", "stool", "homeoffice"])
def test_a_word_of_ones_own_is_no_slip(tmp_path: Path, word: str) -> None:
    """Though it shares most of its letters with a known one."""
    file = tmp_path / "breakd.toml"
    file.write_text(f'[me]\nequipment = ["{word}"]\nplaces = ["{word}"]\n')
    assert load(file).rules().me.equipment == (word,)


def test_no_known_word_is_a_slip_of_another() -> None:
    """Each word of the vocabulary can be said wherever it has a meaning."""
    assert list(slips(msgspec.convert(KNOWN, MeRule))) == []


def test_rules_of_a_journal_from_before_can_be_read() -> None:
    """A journal that knows nothing of `[me]` forbids nothing."""
    old = msgspec.to_builtins(load().rules())
    del old["me"]
    assert msgspec.convert(old, Rules).me == MeRule()
