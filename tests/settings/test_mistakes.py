"""What is said of settings that are wrong: all of it at once, each where it is, with what would be right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from breakd.settings.errors import SettingsError
from breakd.settings.files import LARGEST, MOST
from breakd.settings.load import load, loaded
from tests.settings.parts import refused, written

DURATION = 'expected a duration such as "20m"'
WEEK = "expected a duration of more than nothing and at most a week"

# What stands in the file -> every line that is said of it, behind the folder.
MISTAKES = {
    "[breaks.move]\nevery = 30": [f"breakd.toml:2:9: breaks.move.every: {DURATION}, found 30"],
    "[breaks.move]\nevery = true": [f"breakd.toml:2:9: breaks.move.every: {DURATION}, found true"],
    "[breaks.move]\nevery = '-5m'": [f'breakd.toml:2:9: breaks.move.every: {WEEK}, found "-5m"'],
    "[breaks.move]\nevery = '0s'": [f'breakd.toml:2:9: breaks.move.every: {WEEK}, found "0s"'],
    "[breaks.move]\nevery = '400d'": [f'breakd.toml:2:9: breaks.move.every: {WEEK}, found "400d"'],
    "[breaks.move]\nevery = 30m": [
        "breakd.toml:2:11: not valid TOML: Expected newline or end of document after a statement; "
        'text stands in quotes, as in "30m"'
    ],
    "[breaks.move]\nfor = '45m'": ['breakd.toml:2:7: breaks.move.for: expected at most `every`, which is "30m", '
                                   'found "45m"'],
    "[breaks.move]\nevery = '2m'": ['breakd.toml:2:9: breaks.move.every: expected at least `for`, which is "3m", '
                                    'found "2m"'],
    "[breaks.move]\nlongest = '2m'": ['breakd.toml:2:11: breaks.move.longest: expected at least `for`, which is "3m", '
                                      'found "2m"'],
    "[breaks.move]\ncounts = 'siting'": [
        'breakd.toml:2:10: breaks.move.counts: expected one of "sitting", "input", "screen", found "siting"'
    ],
    "[breaks.eyes]\nevery = '20m'": ["breakd.toml:1:1: breaks.eyes.counts: missing",
                                     "breakd.toml:1:1: breaks.eyes.for: missing"],
    "[breaks.move]\nevry = '20m'": ["breakd.toml:2:1: breaks.move.evry: unknown key, did you mean 'every'?"],
    "[breaks.move]\nduration = '2m'": ["breakd.toml:2:1: breaks.move.duration: unknown key, did you mean 'for'?"],
    "[prompt]\nper-hour = 3": ["breakd.toml:2:1: prompt.per-hour: unknown key, did you mean 'per_hour'?"],
    "[promt]\nlull = '5s'": ["breakd.toml:1:1: promt: unknown key, did you mean 'prompt'?"],
    "snooze = '5m'": ["breakd.toml:1:1: snooze: unknown key, did you mean 'prompt.snooze'?"],
    "[prompt]\nsitting = '1h'": [
        "breakd.toml:2:1: prompt.sitting: unknown key, did you mean 'limits.sitting' or 'readiness.sitting'?"
    ],
    "[move]\nevery = '20m'": ["breakd.toml:1:1: move: unknown key, did you mean 'breaks.move'?"],
    "xyz = 1": ["breakd.toml:1:1: xyz: unknown key"],
    "prompt = 3": ["breakd.toml:1:10: prompt: expected a table, found 3"],
    "breaks = []": ["breakd.toml:1:10: breaks: expected a table, found []"],
    "day_start = 04:00:00": ['breakd.toml:1:13: day_start: expected a time of day such as "04:00", '
                             "found datetime.time(4, 0)"],
    "[limits]\nnear = 1.5": ["breakd.toml:2:8: limits.near: expected a number above 0, at most 1, found 1.5"],
    "[prompt]\nper_hour = 0": [
        "breakd.toml:2:12: prompt.per_hour: expected a whole number from 1 to 1000, found 0"
    ],
    "[breaks.move]\nenabled = 1": ["breakd.toml:2:11: breaks.move.enabled: expected true or false, found 1"],
    "[notify]\norder = 'desktop'": ['breakd.toml:2:9: notify.order: expected a list of names, found "desktop"'],
    "breaks.move.enabled = false\nbreaks.micro.enabled = false": [
        "breakd.toml:1:1: breaks: no break is enabled, so there is nothing to remind of"
    ],
    "[presence]\naway_reader = '1m'": [
        'breakd.toml:2:15: presence.away_reader: expected at least `away`, which is "3m", found "1m"'
    ],
    "[prompt]\nlull = '1m'": ['breakd.toml:2:8: prompt.lull: expected at most `recent_input`, which is "20s", '
                              'found "1m"'],
    '[breaks.""]\ncounts = "input"\nevery = "5m"\nfor = "1m"': [
        "breakd.toml:1:1: breaks.: expected a name for this kind of break, found an empty one"
    ],
    '[sleep]\nbedtime = "11pm"\nwindow = "21-10"': [
        'breakd.toml:2:11: sleep.bedtime: expected a time of day such as "23:00", or "", found "11pm"',
        'breakd.toml:3:10: sleep.window: expected hours of a night such as "21:00-10:00", found "21-10"',
    ],
    '[sleep]\nwindow = "21:00-21:00"\n[checkin]\nat = "at noon"': [
        'breakd.toml:2:10: sleep.window: expected an end other than the beginning, found "21:00-21:00"',
        'breakd.toml:4:6: checkin.at: expected days such as "mon", "mon-fri", "sat,sun" or "daily", found "at noon"',
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES.items(), ids=MISTAKES)
def test_each_mistake_is_told_where_it_is(text: str, said: list[str], tmp_path: Path) -> None:
    """File, line, column, key path, what was expected, what was found, the nearest key for a typo."""
    assert said == refused(written(tmp_path, text))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """In the order of the file, those of the TOML itself among them."""
    text = "[breaks.move]\nevery = soon\nfor = 3\n[promt]\nlull = 1\n[limits\ndesk = 2\n[limits]\nsitting = 5\n"
    assert [
        "breakd.toml:2:9: not valid TOML: Invalid value; text stands in quotes, as in \"soon\"",
        f"breakd.toml:3:7: breaks.move.for: {DURATION}, found 3",
        "breakd.toml:4:1: promt: unknown key, did you mean 'prompt'?",
        "breakd.toml:6:8: not valid TOML: Expected ']' at the end of a table declaration",
        f"breakd.toml:9:11: limits.sitting: {DURATION}, found 5",
    ] == refused(written(tmp_path, text))  # fmt: skip


def test_a_wrong_value_hides_no_pair_that_does_not_fit(tmp_path: Path) -> None:
    """What can be told of a table is told, whatever is wrong in another one."""
    text = '[prompt]\nlull = 5\n[breaks.move]\nfor = "45m"\n[breaks.micro]\nfor = 1\n[breaks.a]\nevery = "1m"\n'
    assert [said.split(": ")[1] for said in refused(written(tmp_path, text))] == [
        "prompt.lull", "breaks.move.for", "breaks.micro.for", "breaks.a.counts", "breaks.a.for",
    ]  # fmt: skip


def test_what_could_not_be_read_is_not_called_missing(tmp_path: Path) -> None:
    """A kind of break whose `every` is no TOML lacks nothing else."""
    text = '[breaks.eyes]\ncounts = "input"\nevery = 20m\nfor = "20s"\nxyz = 1\n'
    first, second = refused(written(tmp_path, text))
    assert first.startswith("breakd.toml:3:11: not valid TOML: ")
    assert second == "breakd.toml:5:1: breaks.eyes.xyz: unknown key"


def test_two_breaks_with_one_name(tmp_path: Path) -> None:
    """The second is refused, and it is said where the first is."""
    text = '[breaks.move]\nevery = "20m"\n\n[breaks.move]\nevery = "40m"\n'
    assert refused(written(tmp_path, text)) == [
        "breakd.toml:4:13: not valid TOML: Cannot declare ('breaks', 'move') twice; it is there already, on line 1"
    ]


def test_a_file_that_is_nothing_of_the_kind(tmp_path: Path) -> None:
    """As many lines as help, not one for each line of a text that is no TOML."""
    said = refused(written(tmp_path, "Dear diary, today I sat.\n" * 2000))
    assert len(said) == MOST


def test_a_file_of_100_mb(tmp_path: Path) -> None:
    """It is not read, but refused in a line."""
    file = tmp_path / "breakd.toml"
    with file.open("wb") as out:
        out.truncate(100 << 20)
    assert refused(file) == [f"breakd.toml: larger than {LARGEST >> 20} MiB: is this the file that was meant?"]


def test_text_in_another_encoding(tmp_path: Path) -> None:
    """It is told where UTF-8 ends."""
    file = written(tmp_path, '# a\n# Stra\xdfe\n'.encode("latin-1"))  # fmt: skip
    assert refused(file) == ["breakd.toml:2:7: not UTF-8 text: save the file as UTF-8"]


def test_places_without_a_file(tmp_path: Path) -> None:
    """A folder, a pipe, a broken link, a name with a null byte: one line each."""
    folder, pipe, link = tmp_path / "folder", tmp_path / "pipe", tmp_path / "link"
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "nowhere")
    assert refused(folder) == ["folder: expected a file, found a folder"]
    assert refused(pipe) == ["pipe: expected a file, found a pipe or device"]
    assert refused(link) == ["link: no such file"]
    assert refused(tmp_path / "a\0b")[0].startswith(r"a\x00b: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    """The reason of the system is told."""
    file = written(tmp_path, "")
    file.chmod(0)
    assert refused(file) == ["breakd.toml: cannot be read: Permission denied"]


def test_a_wrong_single_setting_is_told_as_such(tmp_path: Path) -> None:
    """What `--set` says wrongly is not blamed on the file."""
    file = written(tmp_path, '[breaks.move]\nevery = "20m"\n')
    assert refused(file, "breaks.move.every=x") == [
        '--set: breaks.move.every: expected a duration such as "20m", "1h30m" or "90s", found "x"'
    ]
    assert refused(file, "breaks") == ['--set: breaks: expected KEY=VALUE, such as "breaks.move.every=45m"']


def test_a_renamed_key_still_works_and_is_told(tmp_path: Path) -> None:
    """Its value is in force; a note names its place and its successor; a mistake is told under the old name."""
    renamed = {"breaks.*.length": "breaks.*.for", "sitting_limit": "limits.sitting"}
    file = written(tmp_path, 'sitting_limit = "50m"\n[breaks.move]\nlength = "4m"\n')
    found = loaded(file, (), renamed)
    assert (found.settings.breaks["move"].for_, found.settings.limits.sitting) == (240_000, 3_000_000)
    assert sorted(str(note).removeprefix(f"{tmp_path}/") for note in found.notes) == [
        "breakd.toml:1:1: sitting_limit: deprecated: it still works, but is now called limits.sitting",
        "breakd.toml:3:1: breaks.move.length: deprecated: it still works, but is now called breaks.move.for",
    ]
    assert {note.instead for note in found.notes} == {"limits.sitting", "breaks.move.for"}
    with pytest.raises(SettingsError) as caught:
        loaded(written(tmp_path, "[breaks.move]\nlength = 4\n"), (), renamed)
    assert [problem.key for problem in caught.value.problems] == ["breaks.move.length"]
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 10)]


def test_of_an_old_and_a_new_key_the_new_one_counts(tmp_path: Path) -> None:
    """Somebody who has both is told of the old one."""
    file = written(tmp_path, 'old = "50m"\n[limits]\nsitting = "40m"\n')
    found = loaded(file, (), {"old": "limits.sitting"})
    assert (found.settings.limits.sitting, len(found.notes)) == (2_400_000, 1)


def test_a_preset_that_is_none(tmp_path: Path) -> None:
    """Whatever is not a name is no preset."""
    [said] = refused(written(tmp_path, "preset = 3"))
    assert said == 'breakd.toml:1:10: preset: expected the name of a preset, such as "office", found 3'


def test_a_mark_of_windows_and_its_line_ends_do_no_harm(tmp_path: Path) -> None:
    """As Notepad saves it."""
    assert load(written(tmp_path, b'\xef\xbb\xbfday_start = "05:00"\r\n')).day_start == "05:00"


def test_reading_settings_imports_nothing_that_only_changes_or_describes_them() -> None:
    """A daemon that starts with right settings has no use for tomlkit, schema and reference."""
    script = "import sys; from breakd.settings.load import load; load(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    rooms = {f"breakd.settings.{name}" for name in ("edit", "write", "keys", "reference", "comments", "schema")}
    assert {"tomlkit", "jsonschema", "difflib", "tempfile", *rooms} & set(done.stdout.split()) == set()
