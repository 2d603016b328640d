"""Scenarios: a trace NAME.jsonl, and beside it NAME.expected, which says what the rules make of it.

An expected file has comments (`#`, also at the end of a line), settings (`set breaks.move.every=45m`), a line for each
decision, such as `09:32:00 prompt move 1 gentle 192s`, and the summary. What stands there was worked out by hand from
the rules, with the arithmetic beside it; it is never copied from the program. The trace runs as it is:
`breakd simulate tests/scenarios/traces/NAME.jsonl`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from breakd.cli.simulate import Run
from breakd.daemon.store.trace import read
from breakd.settings.load import load

TRACES = Path(__file__).parent / "traces"
NAMES = sorted(path.stem for path in TRACES.glob("*.jsonl"))

Facts = dict[str, Any]

# How each decision is written, from its fields in the JSON of `simulate`.
FORMS = {
    "prompt": "{break} {attempt} {tone} {for_s}s",
    "break_started": "{break} {rested_s}s of {for_s}s{inferred}",
    "break_done": "{break} {rested_s}s",
    "break_abandoned": "{break} {rested_s}s",
    "snoozed": "{break} {count}",
    "held": "{break} {reason}",
    "warn": "{limit} {level} {value:g}{unit} of {of:g}{unit}",
    "withdraw": "{break}",
    "lapsed": "{break} {schedule}",
    "missed": "{break}",
    "skipped": "{break}",
}
SUMMARY = "sitting {sitting_s}s, rest {rest_s}s, longest {longest_sitting_s}s, {counts}, {prompts_per_hour}/h"


@dataclass(frozen=True)
class Expected:
    """What an expected file says. `about`: its first comment, which names the rules."""

    about: str
    sets: tuple[str, ...]
    lines: list[str]


def expected(name: str) -> Expected:
    """The expected file of this scenario."""
    text = (TRACES / f"{name}.expected").read_text(encoding="utf-8")
    lines = [re.sub(r"\s*#.*", "", line) for line in text.splitlines()]
    said = [line for line in lines if line]
    sets = tuple(line.removeprefix("set ") for line in said if line.startswith("set "))
    return Expected(text.partition("\n\n")[0], sets, [line for line in said if not line.startswith("set ")])


def simulated(name: str, *sets: str) -> list[str]:
    """What the real core makes of the trace of this scenario: the lines of `simulate --json`."""
    path = TRACES / f"{name}.jsonl"
    run, said = Run(load(None, sets)), list[str]()
    with path.open(encoding="utf-8") as lines:
        for line in read(lines, str(path)):
            said += [run.shown(decision, True) for decision in run.feed(line)]
    return [*said, json.dumps({"summary": run.summary()})]


def compact(lines: Iterable[str]) -> list[str]:
    """The JSON lines of `simulate` in the form of an expected file."""
    *decisions, last = map(json.loads, lines)
    summary = last["summary"]
    first = datetime.fromisoformat(summary["from"])
    for each in decisions:
        each["inferred"] = " inferred" if each.get("inferred") else ""
    told = [f"{moment(each['at'], first)} {each['did']} {FORMS[each['did']].format(**each)}" for each in decisions]
    return [*told, f"summary {totals(summary, first)}"]


def totals(summary: Facts, first: datetime) -> str:
    """The summary in a line."""
    counts = ", ".join(f"{kind} {count}" for kind, count in summary["prompts"].items())
    span = f"{moment(summary['from'], first)} to {moment(summary['to'], first)}"
    return f"{span}, {SUMMARY.format(**summary, counts=counts)}"


def moment(iso: str, first: datetime) -> str:
    """A time of the day; with its date and its UTC offset where these are not those of the beginning."""
    at = datetime.fromisoformat(iso)
    date = "" if at.date() == first.date() else f"{at:%m-%d} "
    time = iso.partition("T")[2]
    return date + (time[: -len("+00:00")] if at.utcoffset() == first.utcoffset() else time)
