"""`breakd why`: what comes next, the last prompt and its routine; for each reason the number, the rule, the source."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from breakd.cli.client import request
from breakd.core.decisions import Because
from breakd.daemon import words
from breakd.settings.comments import comments_of
from breakd.settings.files import read_toml
from breakd.settings.paths import shipped

Facts = Mapping[str, Any]

# code -> (number of its rule in docs/design.md, the setting that its number comes from; KIND is the kind of break)
RULES: dict[str, tuple[int, str]] = {
    "bar_sitting": (6, "breaks.KIND.every"),
    "bar_input": (6, "breaks.KIND.every"),
    "bar_screen": (6, "breaks.KIND.every"),
    "full_ms": (6, "breaks.KIND.every"),
    "sitting_ms": (17, "limits.sitting"),
    "scheduled": (26, "schedule"),
    "held": (11, ""),
    "hold": (11, ""),
    "snoozes": (14, "prompt.snooze"),
    "no_lull_ms": (11, "prompt.patience"),
    "lull_ms": (11, "prompt.lull"),
    "per_hour": (16, "prompt.per_hour"),
    "attempt": (12, "prompt.attempts"),
    "quiet_ms": (12, "prompt.silence"),
    "quiet_hours_ms": (25, "hours.quiet"),
    "paused_ms": (15, "prompt.pause"),
    "away_ms": (2, "presence.away"),
    "nothing_fills": (6, ""),
    "rested_ms": (13, "breaks.KIND.for"),
    "halted": (13, "prompt.unbroken"),
    "sore": (21, "choice.sore"),
    "unmoved_ms": (21, "choice.unmoved"),
    "walking_first_ms": (21, "choice.walk_after"),
    "advised": (21, ""),
    "advised_against": (21, ""),
    "waited": (21, ""),
    "permitted": (21, "me"),
    "none_in_call": (21, "me"),
    "none_permitted": (21, "me"),
    "kept": (21, ""),
    "asked": (14, ""),
}


@click.command("why")
@click.option("--json", "as_json", is_flag=True, help="Codes and numbers, for programs.")
def why(as_json: bool) -> None:
    """What the next break, the last prompt and its routine come from: numbers, rules, sources."""
    found = request(do="why")["why"]
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in lines(found):
        click.echo(line)


def lines(found: Facts) -> list[str]:
    """The answer as people read it."""
    sources = Sources()
    told = [_next(found), *_reasons(found["next"]["because"], found["next"]["break"], sources)]
    last, routine = found["last"], found["routine"]
    if last is not None:
        titles = {routine["id"]: routine["title"]} if routine else {}
        because = last.get("because", ())
        line = words.did("prompt", {**last, "because": ()}, titles)
        told += ["", f"Last: {_clock(last['at'], found['at'])} {line}", *_reasons(because, last["break"], sources)]
    if routine is not None:
        told += ["", f"Routine: {routine['title']} ({routine['id']})"]
        told += [f"  {routine['because']}"] if routine["because"] else []
    return [
        *told,
        "",
        "The rules stand in docs/design.md, the settings in docs/settings.md, the sources in docs/evidence.md.",
    ]


def _next(found: Facts) -> str:
    coming = found["next"]
    at = f" {_clock(coming['at'], found['at'])}" if coming["at"] else ""
    phases = {
        "calm": f"a {coming['break']} break at{at}, if you keep on as now" if coming["break"] else "no break",
        "waiting": f"a {coming['break']} break, which is due",
        "shown": f"a {coming['break']} break, which is asked for",
        "resting": f"the end of the {coming['break']} break at{at}",
        "halted": f"the rest of the {coming['break']} break",
    }
    return f"Next: {phases[coming['phase']]}"


def _clock(moment: str, now: str) -> str:
    return words.clock(datetime.fromisoformat(moment), datetime.fromisoformat(now))


def _reasons(because: Sequence[Facts], kind: str | None, sources: Sources) -> list[str]:
    """A line each: the number, then rule, setting and source. Of a code from a newer version only its name."""
    rows = []
    for each in because:
        reason = Because(**each)
        rule, key = RULES.get(reason.code, (0, ""))
        text = words.reason(reason)
        if not text and reason.code in RULES:  # it goes without saying
            continue
        text = text or reason.code.replace("_", " ")
        about = [f"rule {rule}"] if rule else []
        about += [key.replace("KIND", kind or "NAME"), sources.of(key, kind)] if key else []
        rows.append((text, ", ".join(filter(None, about))))
    width = max((len(text) for text, _ in rows), default=0)
    return [f"  {text:{width}}  {about}".rstrip() for text, about in rows]


class Sources:
    """Where the defaults come from, as `config/breakd.toml` says in brackets."""

    def __init__(self) -> None:
        self._keys = comments_of(read_toml(shipped() / "breakd.toml")[0]).keys

    def of(self, key: str, kind: str | None) -> str:
        """The source of a setting's default; "" if none is said. Of a break it stands behind its table."""
        path = tuple(key.replace("KIND", kind or "").split("."))
        said = self._keys.get(path, "")
        found = re.search(r"\[([^]]+)\]", said) or re.search(r"\[([^]]+)\]", self._keys.get(path[:2], ""))
        return f"default: {found[1]}" if found else ""


COMMANDS = {"why": why}
