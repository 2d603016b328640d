"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

import breakd_example
import pytest

from breakd.plugin.testing import check, load, present, routine


def test_it_tells_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step comes with the bell."""
    present(load(breakd_example).guide, routine(30, 30))
    assert capsys.readouterr().out == "\aStep 1 (30 s)\n\aStep 2 (30 s)\n"


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
