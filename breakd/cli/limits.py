"""`breakd limits`: where every limit stands, and what it comes from."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from breakd.cli.client import request
from breakd.cli.status import bar
from breakd.core.decisions import Because
from breakd.daemon.speech import bodily, words

LEVELS = {"ok": "", "near": "near", "over": "over"}
SHORT = "short"  # a limit from below


@click.command("limits")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def limits(as_json: bool) -> None:
    """Where every limit stands, as bars, with what tightens it. `breakd why LIMIT` tells the rule and its source."""
    found = request(do="limits")["limits"]
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in lines(found, sys.stdout.isatty()):
        click.echo(line)


def lines(found: dict[str, Any], bars: bool) -> list[str]:
    """The answer as people read it; `bars`: drawn, as in a terminal."""
    told = []
    for name, limit in found["limits"].items():
        unknown = name in found["body"]["unknown"]
        numbers = "not known" if unknown and not limit["value"] else words.compared(limit)
        share = limit["value"] / limit["of"] if limit["of"] else 0.0
        level = SHORT if name == "movement" and limit["level"] != "ok" else LEVELS[limit["level"]]
        reasons = [words.reason(Because(**each)) for each in limit["because"] if each["code"] != "not_known"]
        counted = "" if unknown and not limit["value"] else bodily.COUNTED.get(name, "")
        about = "; ".join(filter(None, [level, counted, *reasons]))
        drawn = f"{bar(share)} {share:5.0%}  " if bars else ""
        told.append(f"{name.replace('_', ' '):>13}  {drawn}{numbers:<30}{about}".rstrip())
    return [*told, "", *_body(found)]


def _body(found: dict[str, Any]) -> list[str]:
    sleep, body = found["sleep"], found["body"]
    told = [f"readiness {found['readiness']:.2f}" + _lowers(body["lowers"])]
    if sleep["last_night_s"] is not None:
        told.append(f"last night {words.span(sleep['last_night_s'] * 1000)}, as you said")
    elif body["at_most_s"] is not None:
        told.append(f"last night at most {words.span(body['at_most_s'] * 1000)}, as long as nobody was here")
    if body["easy_day"]:
        told.append(f"an easy day, with walking: {EASY[body['easy_day']]}")
    if body["severe_pain"]:
        told += ["", *bodily.SEVERE]
    return told


EASY = {
    "exertion": "yesterday was more than enough",
    "exertion_week": "the week is much more than you are used to",
    "pain": "pain rose yesterday, and has not settled",
}


def _lowers(found: list[dict[str, Any]]) -> str:
    told = [words.reason(Because(**each)) for each in found]
    return f": {', '.join(told)}" if told else ""


COMMANDS = {"limits": limits}
