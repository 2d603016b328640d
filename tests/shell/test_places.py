"""Folders that are not as they should be: one line that says which, never a traceback."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from breakd.cli.main import main
from tests.shell.daemon_parts import BREAKD, Home, new_home


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def in_circles(place: Path) -> None:
    """Something there that nobody can look at, root neither."""
    place.symlink_to(place)


def test_settings_out_of_reach_are_said(home: Home) -> None:
    """They are not taken for no settings: a line says why, and the defaults are in force."""
    in_circles(home.settings.parent)
    daemon = home.begin().introduced()
    assert daemon.err.splitlines() == [
        f"{home.settings}: cannot be read: Too many levels of symbolic links",
        "your settings have mistakes, so the defaults are in force",
        f"{home.settings.parent / 'routines'}: cannot be read: Too many levels of symbolic links",
    ]


def test_a_journal_out_of_reach_is_said(home: Home) -> None:
    """Not that there is none."""
    in_circles(home.state)
    found = home.breakd("journal", "verify")
    reason = "Too many levels of symbolic links: make the file and its folder readable for you"
    assert (found.returncode, found.stderr) == (1, f"breakd: {home.journal}: {reason}\n")


def test_a_user_without_home_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As services and containers may have it: one line, exit code 1."""

    def none() -> NoReturn:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("sys.argv", ["breakd", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = "breakd: HOME: not set, and this user has no home folder: set it\n"
    assert (ended.value.code, capsys.readouterr().err) == (1, told)


def test_a_plugins_mistakes_have_their_line(home: Home) -> None:
    """As those of all other settings do."""
    file = home.configure('[plugins.x11]\nenabled = "no"\n\n[plugins.tyy]\nenabled = false\n')
    daemon = home.begin().introduced()
    assert f"{file}:2:1: plugins.x11.enabled: expected true or false, found 'no'" in daemon.out
    assert f"{file}:4:1: plugins.tyy: no such plugin (did you mean tty?)" in daemon.out


def test_an_unknown_notifier_is_said(home: Home) -> None:
    """A misspelt name would else only be missed when a note is."""
    file = home.configure('[notify]\norder = ["console", "dekstop"]\n')
    daemon = home.begin().introduced()
    assert daemon.err == f"{file}:2:1: notify.order: no such plugin: dekstop (did you mean desktop?)\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here, which stands for a full disk")
@pytest.mark.parametrize("words", ["simulate trace.jsonl", "simulate trace.jsonl --json", "--help"])
def test_output_that_cannot_be_written_is_said(home: Home, words: str) -> None:
    """A full disk under standard output: one line, exit code 1."""
    trace = home.folder / "trace.jsonl"
    trace.write_text('{"at": "2026-03-02T09:00:00+00:00", "event": "active"}\n')
    command = f"{BREAKD} {words.replace('trace.jsonl', str(trace))} > /dev/full"
    found = subprocess.run(["sh", "-c", command], env=home.env, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (1, "breakd: standard output: No space left on device\n")
