"""`breakd simulate --mine`: one's own days under other settings, beside what they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakd.cli import mine
from breakd.cli.mine import lines
from breakd.cli.simulate import simulate
from breakd.core.events import Active, Command, Idle
from breakd.core.units import MINUTE, SECOND
from breakd.daemon.hindsight.whatif import WhatIf, compared, lived
from breakd.daemon.store.journal import Journal
from breakd.daemon.timing.calendar import Calendar, zone
from breakd.settings.load import load
from tests.shell.loop_parts import DAY, HOUR, MORNING, FakeClock, Life, life


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the journal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "breakd" / "journal.db"


def days(one: Life, count: int) -> None:
    """Mornings of typing with short pauses, one snooze and one break each; then nobody is there."""
    for _ in range(count):
        for turn in range(24):
            one.tell(Active())
            one.runs(9 * MINUTE)
            one.tell(Idle(), ago=0)
            one.runs((5 * MINUTE) if turn == 12 else 25 * SECOND)
            if turn == 4:
                one.tell(Command("snooze"))
        one.runs(DAY - 4 * HOUR)


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """Three such days."""
    with life(path, FakeClock()) as one:
        days(one, 3)
        yield one._journal


def under(journal: Journal, *sets: str) -> WhatIf:
    """These days under these settings."""
    settings, was = load(None, sets), lived(journal, MORNING - DAY)
    assert was is not None
    return compared(was, settings.rules(), lambda name: Calendar.of(settings, zone(name)))


def test_under_the_same_settings_all_is_as_it_was(journal: Journal) -> None:
    """Every prompt, at every hour, every break, every minute: the two runs are one code path."""
    found = under(journal)
    assert found.was == found.other
    assert (found.answers, found.unanswered) == (3, 0)
    assert found.was.sums.prompts["move"] > 9


def test_the_middle_of_a_journal_goes_on_from_the_state_that_was(journal: Journal) -> None:
    """Not from a desk at which nobody ever sat."""
    settings, was = load(), lived(journal, MORNING + DAY + 2 * HOUR + 7 * MINUTE)
    assert was is not None and was.start.tally.levels[1] > 0
    found = compared(was, settings.rules(), lambda name: Calendar.of(settings, zone(name)))
    assert found.was == found.other


def test_other_settings_ask_at_other_times(journal: Journal) -> None:
    """Half as often, and what answered a prompt that did not come counts for nothing."""
    found = under(journal, "breaks.move.every=2h", "breaks.micro.enabled=false")
    assert 0 < found.other.sums.prompts["move"] < found.was.sums.prompts["move"] / 2
    assert "micro" not in found.other.sums.prompts
    assert (found.answers, found.unanswered) == (3, 3)
    assert found.other.sums.sitting_ms == pytest.approx(found.was.sums.sitting_ms, rel=0.05)
    assert sum(found.other.hours.values()) == sum(found.other.sums.prompts.values())


def asked(*words: str) -> Result:
    """The command, as typed."""
    return CliRunner().invoke(simulate, words)


def test_the_command(journal: Journal, path: Path) -> None:
    """Side by side, with what is assumed; one's own settings lie below what is typed."""
    config = path.parent.parent / "config" / "breakd" / "breakd.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[breaks.move]\nevery = '80m'\n")
    said = asked("--mine", "3650d", "--preset", "deep-work")
    assert said.exit_code == 0, said.output
    told = said.output.splitlines()
    assert told[0].endswith("under preset=deep-work") and told[2].split() == ["as", "it", "was", "would", "be"]
    assert any(line.startswith("Assumed: the same presence") for line in told)
    found = json.loads(asked("--mine", "3650", "--preset", "deep-work", "--json").output)
    assert 0 < found["would_be"]["prompts"]["move"] < found["was"]["prompts"]["move"]
    assert found["answers_without_prompt"] <= found["answers"] == 3
    assert sum(found["was"]["prompts_by_hour"].values()) == sum(found["was"]["prompts"].values())


def test_bars_in_a_terminal_only(journal: Journal) -> None:
    """Drawn to one scale."""
    was, found = lived(journal, MORNING - DAY), under(journal)
    assert was is not None
    drawn, plain = (lines(was, found, journal.wall(), "it", bars=bars) for bars in (True, False))
    assert any("█" * mine.WIDTH in line for line in drawn)
    assert not any("█" in line for line in plain) and len(plain) == len(drawn)


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["--mine", "x"], 2, "expected a number of days such as 14d or 2w, found 'x'"),
        (["--mine", "0d"], 2, "expected a number of days such as 14d or 2w, found '0d'"),
        ([], 2, "expected either a TRACE or --mine DAYS, such as --mine 14d"),
        (["trace.jsonl", "--mine", "1d"], 2, "expected either a TRACE or --mine DAYS"),
        (["--mine", "1d", "--preset", "deepwork"], 2, "did you mean 'deep-work'?"),
        (["--mine", "1d"], 1, "there is no journal yet"),
    ],
)
def test_wrong_use(path: Path, words: list[str], code: int, line: str) -> None:
    """One line that says what is expected."""
    said = asked(*words)
    assert (said.exit_code, line in said.stderr) == (code, True), said.stderr


def test_an_empty_journal(path: Path) -> None:
    """There is nothing to compare."""
    with Journal.open(path):
        pass
    assert "there is nothing in the journal yet" in asked("--mine", "1d").stderr
