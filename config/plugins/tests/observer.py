"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

from pathlib import Path

import breakd_example

from breakd.plugin.testing import check, load, run_day


def test_it_keeps_a_diary(tmp_path: Path) -> None:
    """A working day leaves a line for each break that was done or missed."""
    file = tmp_path / "breaks.txt"
    plugin = load(breakd_example, f"[plugins.example]\nfile = '{file}'")
    day = run_day(plugin)
    assert len(file.read_text().splitlines()) == len(day.did("break_done") + day.did("missed"))


def test_it_keeps_its_contract(tmp_path: Path) -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example, f"[plugins.example]\nfile = '{tmp_path}/file'")
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
