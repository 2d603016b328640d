"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

from pathlib import Path

import breakd_example
import pytest

from breakd.plugin.testing import check, gather, load


def test_it_reads_nights(tmp_path: Path) -> None:
    """A line is a night; a wrong one is named with its number."""
    importer = load(breakd_example).importer
    file = tmp_path / "nights.csv"
    file.write_text("2026-03-01T23:10+01:00,2026-03-02T06:40+01:00\n")
    assert [told.event.name for told in gather(importer, file)] == ["sleep"]
    file.write_text("yesterday\n")
    with pytest.raises(ValueError, match=r"nights\.csv:1: "):
        gather(importer, file)


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
