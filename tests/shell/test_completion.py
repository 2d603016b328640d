"""`breakd completion SHELL`: what real shells make of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from breakd.cli.completion import SHELLS
from tests.shell.daemon_parts import BREAKD, PATIENCE, Home, new_home
from tests.shell.terminals import terminal


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home in which a daemon runs."""
    with new_home() as one:
        one.env["PATH"] = os.pathsep.join([str(Path(BREAKD).parent), one.env["PATH"]])
        one.run().introduced()
        for shell in ("bash", "fish"):
            (one.folder / shell).write_text(one.breakd("completion", shell).stdout)
        yield one


# What is typed, and some of what comes of it.
TYPED = [
    ("breakd sta", {"status", "start"}),
    ("breakd status --fo", {"--format", "--follow"}),
    ("breakd status --format way", {"waybar"}),
    ("breakd start walking.st", {"walking.stairs"}),
    ("breakd routines show posture.", {"posture.sit-to-stand"}),
    ("breakd demo --routine stretching.", {"stretching.neck-brief"}),
    ("breakd pause unt", {"until"}),
    ("breakd plugins info wal", {"walking"}),
    ("breakd run --set breaks.mo", {"breaks.move.every=", "breaks.move.for="}),
    ("breakd run --set plugins.wal", {"plugins.walking.enabled="}),
    ("breakd completion z", {"zsh"}),
]
# A command, an option, a value with a point in it, a word that goes on: what comes of it is decided behind all shells.
FEW = [TYPED[number] for number in (0, 1, 3, 8)]

BASH = """
source {script}
COMP_WORDS=({line})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_breakd_completion breakd
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def said(home: Home, *words: str) -> set[str]:
    """The lines that a shell prints."""
    done = subprocess.run(words, env=home.env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.stderr == ""
    return set(done.stdout.splitlines())


@pytest.mark.skipif(which("bash") is None, reason="no bash")
@pytest.mark.parametrize(("line", "expected"), TYPED)
def test_bash(home: Home, line: str, expected: set[str]) -> None:
    """Nothing else than what begins so, and what is expected among it."""
    found = said(home, "bash", "--norc", "-c", BASH.format(script=home.folder / "bash", line=line))
    assert expected <= found
    assert all(name.startswith(line.rpartition(" ")[2]) for name in found)


@pytest.mark.skipif(which("fish") is None, reason="no fish")
@pytest.mark.parametrize(("line", "expected"), FEW)
def test_fish(home: Home, line: str, expected: set[str]) -> None:
    """With descriptions behind a tab, which are not looked at here."""
    found = said(home, "fish", "--no-config", "-c", f"source {home.folder / 'fish'}; complete -C '{line}'")
    assert expected <= {name.partition("\t")[0] for name in found}


@pytest.mark.skipif(which("zsh") is None, reason="no zsh")
@pytest.mark.parametrize(
    ("line", "completed"), [("breakd hist", "breakd history"), ("breakd start walking.st", "stairs")]
)
def test_zsh(home: Home, line: str, completed: str) -> None:
    """A person types, presses Tab, and sees the rest."""
    setup = 'autoload -U compinit; compinit -D; eval "$(breakd completion zsh)"; PROMPT="rea""dy> "\n'
    with terminal(["zsh", "-f", "-i"], {**home.env, "TERM": "dumb"}) as shell:
        shell.type(setup)
        shell.until("ready> ")
        shell.type(f"{line}\t")
        shell.until(completed)


def test_without_a_daemon_routines_are_found_too() -> None:
    """Read as a start would read them."""
    with new_home() as one:
        one.env |= {"_BREAKD_COMPLETE": "bash_complete", "COMP_WORDS": "breakd start walking.st", "COMP_CWORD": "2"}
        assert one.breakd().stdout == "plain,walking.stairs\n"


def test_settings_with_mistakes_say_nothing_behind_a_tab() -> None:
    """There is nothing to complete, and no error in the middle of what is typed."""
    with new_home() as one:
        one.configure("breaks = 3\n")
        one.env |= {"_BREAKD_COMPLETE": "bash_complete", "COMP_WORDS": "breakd run --set breaks.m", "COMP_CWORD": "3"}
        assert (one.breakd().stdout.strip(), one.breakd().stderr) == ("", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(home: Home, shell: str) -> None:
    """Others are refused."""
    assert "_BREAKD_COMPLETE" in home.breakd("completion", shell).stdout
    assert home.breakd("completion", "tcsh").returncode == 2
