"""`breakd simulate` as people and tools use it: the real command, its JSON, its words, its settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.scenario import TRACES, compact, expected, simulated

COMMAND = [sys.executable, "-c", "from breakd.cli.main import main; main()", "simulate"]
WITHOUT_MICRO = ["--set", "breaks.micro.enabled=false"]

# What tools may rely on, by `did`, beside `at` and `did` (docs/design.md, contracts).
CONTRACT = {
    "prompt": {"break", "attempt", "tone", "routine", "for_s", "because"},
    "withdraw": {"break", "rested_s"},
    "break_started": {"break", "rested_s"},
    "break_done": {"break", "rested_s"},
    "break_abandoned": {"break", "rested_s"},
    "missed": {"break", "rested_s"},
    "snoozed": {"break", "rested_s"},
    "skipped": {"break", "rested_s"},
    "held": {"break", "reason"},
    "warn": {"limit", "level", "value", "of", "unit", "because"},
}
EVERY_KIND = ("ignoring", "three_snoozes", "skip", "input_for_3_min", "several_calls")  # together


def breakd(trace: Path, *options: str, stdin: bytes | None = None, home: Path | None = None) -> str:
    """What `breakd simulate` prints; it succeeds and says nothing on standard error."""
    env = {**os.environ, **({"HOME": str(home), "XDG_CONFIG_HOME": str(home)} if home else {})}
    done = subprocess.run([*COMMAND, str(trace), *options], input=stdin, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


def events(lines: list[str]) -> list[dict[str, Any]]:
    """The decisions, without the summary."""
    return [json.loads(line) for line in lines[:-1]]


def test_json_is_an_object_a_line_and_the_summary_last() -> None:
    """The command prints what the expected file says, and the same again from standard input."""
    trace = TRACES / "three_snoozes.jsonl"
    told = breakd(trace, "--json", *WITHOUT_MICRO)
    assert compact(told.splitlines()) == expected("three_snoozes").lines
    assert breakd(Path("-"), "--json", *WITHOUT_MICRO, stdin=trace.read_bytes()) == told


def test_words_count_the_snoozes() -> None:
    """Rule 14: how often it was put off is shown, and for how long one has been sitting."""
    told = breakd(TRACES / "three_snoozes.jsonl", *WITHOUT_MICRO).splitlines()
    asked = [line for line in told if " prompt move" in line]
    assert [line.partition("(")[2] for line in asked] == [
        "bar at 100%, 30 min sitting)",
        "bar at 134%, 40 min sitting, first snooze)",
        "bar at 168%, 50 min sitting, second snooze)",
        "bar at 200%, 61 min sitting, third snooze)",
        "bar at 100%, 30 min sitting)",
    ]
    assert told[-2:] == [
        "sitting 91 min, rest 6 min, longest sitting 60 min",
        "prompts: 5 move, 3.3 an hour of presence",
    ]


def test_settings_are_the_shipped_ones_unless_told(tmp_path: Path) -> None:
    """Without --config nobody's own file counts; with it, it does, and --set goes before it."""
    own = tmp_path / "breakd" / "breakd.toml"
    own.parent.mkdir()
    own.write_text('[breaks.move]\nevery = "45m"\n[breaks.micro]\nenabled = false\n', encoding="utf-8")
    trace = TRACES / "skip.jsonl"
    with_own = ["--config", str(own)]
    first = [
        events(breakd(trace, "--json", *options, home=tmp_path).splitlines())[0]["at"][11:16]
        for options in (WITHOUT_MICRO, with_own, [*with_own, "--set", "breaks.move.every=40m"])
    ]
    # Due after 30, 45 and 40 min; the pause at 09:30 is a lull, later none comes for 2 min.
    assert first == ["09:30", "09:47", "09:42"]


def test_what_tools_rely_on() -> None:
    """Every decision has the fields of the contract, in order of time, with reasons in codes and numbers."""
    seen = set()
    for name in EVERY_KIND:
        decisions = events(simulated(name, *expected(name).sets))
        for each in decisions:
            assert CONTRACT[each["did"]] <= each.keys()
            for because in each.get("because", []):
                assert because.keys() - {"what"} == {"code", "value", "of"}
            if each["did"] in ("prompt", "warn"):
                assert each["because"]
        moments = [datetime.fromisoformat(each["at"]) for each in decisions]
        assert moments == sorted(moments)
        assert all(moment.tzinfo for moment in moments)
        seen |= {each["did"] for each in decisions}
    assert seen == CONTRACT.keys()


@pytest.mark.parametrize("name", ["obeying", "film"])
def test_the_summary_is_complete(name: str) -> None:
    """All fields of the contract, and no more prompts than were told."""
    lines = simulated(name, *expected(name).sets)
    summary = json.loads(lines[-1])["summary"]
    asked = [each["break"] for each in events(lines) if each["did"] == "prompt"]
    assert summary.keys() == {
        "from", "to", "sitting_s", "rest_s", "prompts", "prompts_per_hour", "longest_sitting_s",
    }  # fmt: skip
    assert summary["prompts"] == {"micro": asked.count("micro"), "move": asked.count("move")}
    whole = datetime.fromisoformat(summary["to"]) - datetime.fromisoformat(summary["from"])
    assert summary["sitting_s"] + summary["rest_s"] == whole.total_seconds()
