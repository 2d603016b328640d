"""`breakd usage`: what came of the prompts of the last days, from a real journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakd.cli.usage import proposals, table, usage_
from breakd.core.events import Active, Command, Idle
from breakd.core.units import MINUTE
from breakd.core.usage import Asked, Share
from breakd.daemon.hindsight.usage import Used, used
from breakd.settings.load import load
from tests.shell.loop_parts import DAY, MORNING, FakeClock, Life, life


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the journal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "breakd" / "journal.db"


def a_day(one: Life) -> None:
    """Every hour a prompt is obeyed, one is put off, and once a break is taken unasked."""
    for _ in range(3):
        one.tell(Active())
        one.runs(33 * MINUTE)  # the prompt of the move break stands
        one.tell(Idle())
        one.runs(8 * MINUTE)
        one.tell(Active())
        one.runs(33 * MINUTE)
        one.tell(Command("skip"))
        one.runs(MINUTE)
        one.tell(Idle())
        one.runs(6 * MINUTE)
    one.tell(Active())


def test_prompts_and_what_came_of_them(path: Path) -> None:
    """Counted from the fold of the journal, and told with breaks that were taken unasked."""
    with life(path, FakeClock()) as one:
        a_day(one)
        found = used(one._journal, MORNING - DAY, one.loop.state.now)
    assert found is not None
    moves = [each.outcome for each in found.prompts if each.kind == "move"]
    assert moves == ["rested", "skipped"] * 3
    assert set(found.parts.values()) == {"morning", "afternoon"}
    assert found.unasked == 3  # after the break was skipped they left all the same


def test_the_command(path: Path) -> None:
    """A line that sums up, tables, and whether there is enough to propose anything."""
    with life(path, FakeClock(), "breaks.micro.enabled=false") as one:
        a_day(one)
    said = CliRunner().invoke(usage_, ["--days", "3650"])
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0].startswith("3650 days: of ")
    assert "That is too little to propose anything: 10 prompts are the least." in said.output
    found = json.loads(CliRunner().invoke(usage_, ["--days", "3650", "--json"]).output)
    assert (found["enough"], found["proposals"], found["by"]["break"]["move"]["rested"]) == (False, [], 3)
    assert found["unasked"] == 3


def test_nothing_to_tell_of(path: Path) -> None:
    """No journal, or no prompt in those days."""
    assert "there is no journal yet" in CliRunner().invoke(usage_).stderr
    with life(path, FakeClock()) as one:
        one.tell(Active())
        one.tell(Idle())
    said = CliRunner().invoke(usage_, ["--days", "1"])
    assert said.exit_code == 0
    assert said.output.splitlines()[0] == "1 day: of 0 prompts 0 led to rest; 0 breaks you took unasked."


def test_each_proposal_says_how(path: Path) -> None:
    """With a line to type, which knows what stands in the settings already."""
    config = path.parent.parent / "config" / "breakd" / "breakd.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[hours]\nquiet = ["22:00-07:00"]\n')
    asks = [Asked("move", 9, "walking.a", "rested")] * 20 + [Asked("move", 20, "walking.a", "ignored")] * 10
    asks += [Asked("move", 9, "walking.b", "skipped")] * 5 + [Asked("micro", 9, "", "ignored")] * 20
    asks += [Asked("gone", 9, "", "ignored")] * 20
    kinds = load().rules().breaks
    told = proposals(Used(0, 1, asks, {9: "morning", 20: "evening"}, 0, kinds))
    assert [(each.code, remedy) for each, remedy in told] == [
        ("drop", "breakd config set breaks.micro.enabled false"),
        ("quiet", """breakd config set hours.quiet '["22:00-07:00", "18:00-24:00"]'"""),
        ("off", 'off = ["walking.b"]   in a file of ~/.config/breakd/routines, such as mine.toml'),
    ]
    rarer = proposals(Used(0, 1, [Asked("move", 9, "", "ignored")] * 10, {9: "morning"}, 0, kinds))
    assert [remedy for _, remedy in rarer] == ["breakd config set breaks.move.every 1h"]
    later = proposals(Used(0, 1, [Asked("move", 9, "", "snoozed")] * 10, {9: "morning"}, 0, kinds))
    assert [remedy for _, remedy in later] == ["breakd config set prompt.snooze 20m"]


def test_bars_in_a_terminal_only() -> None:
    """Plain columns when piped."""
    shares = {"move": Share(4, 1, {"rested": 1, "ignored": 3})}
    assert table("by break", shares, bars=True)[1].endswith("█████░░░░░░░░░░░░░░░ 25%")
    assert table("by break", shares, bars=False)[1].split() == ["move", "4", "1", "0", "0", "0", "3"]
