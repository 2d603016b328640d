"""What the plugin does, by breakd's own kit: the real host, and made-up time."""

import breakd_example
import pytest

from breakd import Posture, Unavailable
from breakd.plugin.testing import check, collect, load, script


def test_it_tells_how_one_stands() -> None:
    """A height above the limit is standing; when the program ends, the source fails, to be started again."""
    plugin = load(breakd_example, "[plugins.example]\nstanding = 100.0")
    with script("desk-height", "72", "110"):
        assert collect(plugin.source, 2) == [Posture("sitting"), Posture("standing")]
        with pytest.raises(ConnectionError):
            collect(plugin.source, 3)


def test_without_the_program_it_is_unavailable() -> None:
    """A machine without the program is no failure."""
    plugin = load(breakd_example, '[plugins.example]\ncommand = "no-such-program"')
    with pytest.raises(Unavailable, match="no-such-program is not installed"):
        collect(plugin.source, 1)


def test_it_keeps_its_contract() -> None:
    """Whatever breakd asks of a plugin of this kind."""
    plugin = load(breakd_example)
    assert [finding for finding in check(plugin) if finding.verdict == "failed"] == []
