"""Every trace in `traces/` gives the timeline that the rules give it."""

from __future__ import annotations

import pytest

from tests.scenarios.scenario import NAMES, TRACES, compact, expected, simulated


@pytest.mark.parametrize("name", NAMES)
def test_the_timeline_is_the_expected_one(name: str) -> None:
    """The rules that NAME.expected names, worked out there by hand."""
    told = expected(name)
    assert told.lines == compact(simulated(name, *told.sets))


def test_every_trace_has_its_timeline() -> None:
    """Each trace stands beside an expected file and the other way round; that says which rules it is about."""
    assert sorted(path.stem for path in TRACES.glob("*.expected")) == NAMES
    assert [name for name in NAMES if "rule" not in expected(name).about.lower()] == []
