"""`breakd status` for programs: the forms that status bars call, without what parses and draws for people.

`breakd status --json | --format FORMAT [--follow]`. Any other words, a mistake among them, are left to click.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

FORMATS = ("plain", "waybar", "polybar", "json")

# What a bar shows when there is no daemon: nothing, but in a form it can style.
OFF: dict[str, object] = {
    "plain": "",
    "polybar": "",
    "waybar": {"text": "", "alt": "off", "class": ["off"], "tooltip": "breakd is not running"},
}


class Wanted(NamedTuple):
    """What is to be printed."""

    style: str
    follow: bool


def wanted(words: Sequence[str]) -> Wanted | None:
    """What these words, behind `status`, ask for; None if they are not for us to understand."""
    style, follow, left = "", False, list(words)
    while left:
        word = left.pop(0)
        if word == "--format" and left:
            word = f"--format={left.pop(0)}"
        if word == "--follow":
            follow = True
        elif word == "--json" and not style:
            style = "json"
        elif word.startswith("--format=") and word[9:] in FORMATS and not style:
            style = word[9:]
        else:
            return None
    return Wanted(style or "plain", follow) if style or follow else None


def tell(what: Wanted) -> int:
    """Print it; the exit code."""
    from breakd.cli.asking import NoAnswer, ask, follow

    try:
        if not what.follow:
            _print(what.style, ask(do="status", format=what.style))
            return 0
        for answer in follow(do="follow", format=what.style):
            _print(what.style, answer)
        raise NoAnswer("the daemon has ended", 3)
    except NoAnswer as error:
        if what.style in OFF and what.follow:
            _print(what.style, {"line": OFF[what.style]})
        sys.stderr.write(f"breakd: {error}\n")
        return error.code


def _print(style: str, answer: dict[str, Any]) -> None:
    line = answer["status"] if style == "json" else answer["line"]
    sys.stdout.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
    sys.stdout.flush()
