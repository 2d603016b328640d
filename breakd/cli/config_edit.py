"""`breakd config edit`: the settings in one's editor, checked when they are saved."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from breakd.cli.client import Failure, WrongUse
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.load import loaded

USUAL = ("sensible-editor", "nano", "vim", "vi", "notepad")

Place = tuple[str, int, int]  # file, line, column


def _plus(place: Place) -> list[str]:
    return [f"+{place[1]}", place[0]]


def _plus_column(place: Place) -> list[str]:
    return [f"+{place[1]},{place[2]}", place[0]]


def _behind(place: Place) -> list[str]:
    return ["{}:{}:{}".format(*place)]


# editor -> the arguments by which it opens a file at a place
AT: Mapping[str, Callable[[Place], list[str]]] = {
    **dict.fromkeys(("vi", "vim", "nvim", "gvim", "view", "joe", "mg", "jed", "sensible-editor"), _plus),
    **dict.fromkeys(("nano", "pico"), _plus_column),
    **dict.fromkeys(("hx", "helix", "subl", "zed", "micro"), _behind),
    **dict.fromkeys(("emacs", "emacsclient"), lambda place: [f"+{place[1]}:{place[2]}", place[0]]),
    "kak": lambda place: [f"+{place[1]}:{place[2]}", place[0]],
    **dict.fromkeys(("code", "codium", "code-insiders"), lambda place: ["--goto", *_behind(place)]),
    **dict.fromkeys(("gedit", "xed", "pluma", "mousepad"), lambda place: [f"+{place[1]}", place[0]]),
    "kate": lambda place: ["--line", str(place[1]), "--column", str(place[2]), place[0]],
}
# editors that come back at once, unless they are told to wait
WAITS = {"code": "--wait", "codium": "--wait", "code-insiders": "--wait", "subl": "--wait", "zed": "--wait",
         "gedit": "--wait", "kate": "--block", "gvim": "--nofork"}  # fmt: skip


@click.command("edit", short_help="Open your settings in your editor, and check them.")
@click.pass_obj
def edit(own: Path) -> None:
    """Open your settings in $VISUAL or $EDITOR, check what was saved, and offer to go on at the first mistake."""
    from breakd.cli.config_init import begin, refresh, schema_beside

    editor, at = _editor(), None
    if not own.exists():
        begin(own, {})
    elif schema_beside(own).exists():  # maybe that of a former version
        refresh(own)
    while True:
        _open(editor, own, at)
        problems = _problems(own)
        if not problems:
            click.echo(f"{own}: no mistakes")
            return
        for problem in problems:
            click.echo(str(problem), err=True)
        if not sys.stdin.isatty() or not click.confirm("Open it again, at the first mistake?", default=True, err=True):
            raise Failure(f"{own}: saved with {len(problems)} mistake{'s' * (len(problems) > 1)}")
        at = next((each for each in problems if each.line is not None and Path(each.file) == own), None)


def _editor() -> Sequence[str]:
    """The words of the command. Raises WrongUse if there is no editor."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if said:
        return shlex.split(said, posix=os.name == "posix")
    for name in USUAL:
        if shutil.which(name):
            return [name]
    raise WrongUse("no editor: set VISUAL or EDITOR, such as EDITOR=nano")


def command(editor: Sequence[str], file: Path, at: Problem | None) -> list[str]:
    """The whole command that opens the file, at a mistake if this editor knows how."""
    name = Path(editor[0]).name.removesuffix(".exe")
    waits = [WAITS[name]] if name in WAITS and WAITS[name] not in editor else []
    if at is None or at.line is None or name not in AT:
        return [*editor, *waits, str(file)]
    return [*editor, *waits, *AT[name]((str(file), at.line, at.column or 1))]


def _open(editor: Sequence[str], own: Path, at: Problem | None) -> None:
    import subprocess

    words = command(editor, own, at)
    try:
        code = subprocess.run(words, check=False).returncode
    except OSError as error:
        raise Failure(f"{words[0]}: {error.strerror}; VISUAL and EDITOR name the editor") from None
    if code:
        raise Failure(f"{shlex.join(words)}: ended with exit code {code}")


def _problems(own: Path) -> Sequence[Problem]:
    try:
        for note in loaded(own).notes:
            click.echo(str(note), err=True)
    except SettingsError as error:
        return error.problems
    return ()


COMMANDS = {"edit": edit}
