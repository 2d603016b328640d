"""`breakd doctor` looks at every part for real: what is well, what is not, and what it mends when told to."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from typing import Any

import pytest

import breakd
from breakd.cli.checks import table
from breakd.cli.checks.look import Look
from breakd.cli.checks.table import CHECKS, findings
from breakd.cli.doctor import mended, summary
from breakd.service.finding import Finding, failed, ok, warning
from tests.shell.daemon_parts import OURS, Home, new_home

Findings = dict[str, list[dict[str, Any]]]
OFF = "".join(f"[plugins.{name}]\nenabled = false\n" for name in OURS)
REMOTE = f'[notify]\norder = ["remote"]\n{OFF}'  # the hands and the screen of the tests, nothing of this machine


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet, in front of a screen of the tests."""
    with new_home() as one:
        one.configure(REMOTE)
        yield one


def looked(home: Home, *options: str) -> tuple[int, Findings]:
    """Its exit code, and what it found by check."""
    done = home.breakd("doctor", "--json", *options)
    assert done.stderr == ""
    found: Findings = {name: [] for name in CHECKS}
    for finding in json.loads(done.stdout)["findings"]:
        found[finding["check"]].append(finding)
    return done.returncode, found


def levels(found: Findings, level: str) -> set[str]:
    """The checks with a finding of this level."""
    return {name for name, every in found.items() for finding in every if finding["level"] == level}


def test_every_part_is_looked_at(home: Home) -> None:
    """Each check finds something; whatever is not well comes with the one thing to do."""
    code, found = looked(home)
    assert [name for name, every in found.items() if not every] == []
    assert [one for every in found.values() for one in every if one["level"] != "ok" and not one["todo"]] == []
    assert (code, levels(found, "failed")) == (0, set())
    assert f"breakd {breakd.__version__}" in found["program"][0]["text"]


def test_a_test_note_is_shown_and_taken_away(home: Home) -> None:
    """With a button, through the notifier of the settings; nothing of it stays."""
    looked(home)
    (note,) = home.shown()
    assert (note["title"], note["buttons"]) == ("breakd doctor: a test", ["A button"])
    lines = (home.folder / "screen").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1]) == {"withdraw": "doctor"}


def test_a_running_daemon_is_asked(home: Home) -> None:
    """Its plugins, its version and its clock; its journal is whole."""
    daemon = home.begin().take_hands()
    daemon.introduced()
    code, found = looked(home)
    assert (code, levels(found, "failed")) == (0, set())
    assert "remote" in found["plugins"][-1]["text"]
    assert re.fullmatch(r"(active|idle|away) since \d\d:\d\d; watched by remote", found["presence"][0]["text"])
    assert found["journal"][0]["text"].endswith(" rows, whole")
    assert daemon.end() == 0


def test_mistakes_in_files_are_told_with_their_place(home: Home) -> None:
    """Settings and routines, each with file, line and key; exit code 1."""
    home.configure(f'[breaks.move]\nevery = "soon"\n{REMOTE}')
    routines = home.settings.parent / "routines"
    routines.mkdir()
    (routines / "mine.toml").write_text('[[routine]]\nid = "a"\n')
    code, found = looked(home)
    assert (code, levels(found, "failed") >= {"settings", "routines"}) == (1, True)
    assert found["settings"][0]["text"].startswith(f"{home.settings}:2:")
    assert str(routines / "mine.toml") in found["routines"][0]["text"]


def test_without_a_desktop_the_reasons_are_given(home: Home) -> None:
    """Nobody to watch and nothing to notify with: both failed, with why."""
    home.configure('[notify]\norder = ["desktop"]\n[plugins.remote]\nenabled = false\n[plugins.tty]\nenabled = false\n')
    code, found = looked(home)
    assert (code, levels(found, "failed")) == (1, {"presence", "notifications"})
    assert "no session bus" in found["notifications"][0]["text"]
    assert "DISPLAY is not set" in found["presence"][0]["text"]


def test_what_is_safe_is_mended(home: Home) -> None:
    """Rights that are too wide and a folder that is missing, only with --fix, and it says so."""
    home.settings.chmod(0o666)
    _, found = looked(home)
    assert {"folders", "permissions"} <= levels(found, "warning")
    assert (stat.S_IMODE(home.settings.stat().st_mode), home.state.exists()) == (0o666, False)
    _, found = looked(home, "--fix")
    assert "fixed, " in found["permissions"][0]["text"]
    assert stat.S_IMODE(home.settings.stat().st_mode) == 0o644
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700
    _, found = looked(home)
    assert not {"folders", "permissions"} & levels(found, "warning")


def test_a_damaged_journal_is_found(home: Home) -> None:
    """Rubbish in its place is told, and left alone."""
    home.state.mkdir()
    home.journal.write_bytes(b"no journal" * 1000)
    home.journal.chmod(0o600)
    code, found = looked(home)
    assert (code, found["journal"][0]["level"]) == (1, "failed")
    assert home.journal.read_bytes() == b"no journal" * 1000


def test_people_get_lines(home: Home) -> None:
    """Piped it is plain text: a line each, what to do below it, and a summary."""
    done = home.breakd("doctor")
    assert (done.returncode, done.stderr, "\x1b" in done.stdout) == (0, "", False)
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"ok       program: breakd {breakd.__version__}")
    assert all(line.startswith(("ok  ", "warning  ", " " * 9 + "-> ")) for line in lines[:-1])
    assert "to look at" in lines[-1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes to put in the way here")
def test_odd_files_in_the_way_end_nothing(home: Home) -> None:
    """A pipe for the settings, a file for the folder of routines: told, and the rest is looked at."""
    home.settings.unlink()
    os.mkfifo(home.settings)
    (home.settings.parent / "routines").write_text("")
    (home.settings.parent / "plugins").write_text("")
    code, found = looked(home)
    assert (code, "settings" in levels(found, "failed")) == (1, True)
    assert [name for name, every in found.items() if not every] == []


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are still made."""

    def broken(_look: Look) -> Iterator[Finding]:
        yield ok("so far")
        raise ValueError("unforeseen")

    monkeypatch.setattr(table, "CHECKS", {"one": broken, "two": lambda _look: iter([ok("well")])})
    found = list(findings(Look(False, print)))
    assert [(name, finding.level) for name, finding in found] == [("one", "ok"), ("one", "failed"), ("two", "ok")]
    assert "ValueError: unforeseen" in found[1][1].text


def test_what_cannot_be_mended_stays_as_it_is() -> None:
    """It says why it could not be, and what is still to do."""

    def no() -> str:
        raise PermissionError("not yours")

    told = mended(warning("too wide", "chmod 600 it", no))
    assert (told.level, told.todo) == ("warning", "it could not be fixed (not yours): chmod 600 it")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([ok("a")], "all is well"),
        ([ok("a"), warning("b"), failed("c")], "1 failed, 1 to look at"),
        ([warning("b", "do", lambda: "")], "0 failed, 1 to look at, some of which `breakd doctor --fix` can mend"),
    ],
)
def test_it_ends_with_a_summary(found: list[Finding], expected: str) -> None:
    """How much there is to do."""
    assert summary(found) == expected


def test_files_of_others_are_told(home: Home) -> None:
    """A journal that root made, as after one run with sudo: whose it is, and how to get it back."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    home.state.mkdir(mode=0o700)
    os.chown(home.state, 65534, -1)
    _, found = looked(home)
    assert any("belongs to somebody else (uid 65534)" in one["text"] for one in found["permissions"])
    assert all("sudo chown" in one["todo"] for one in found["permissions"])
