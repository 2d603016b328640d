"""Many suspends, deaths of the bus and restarts of the compositor: nothing is lost, doubled, or kept for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.thorough import times

ROOT = Path(__file__).parents[2]
# A thousand deaths of the bus take a minute.
TIMES = {
    "restarts": times(100, 1000),
    "deaths": times(30, 1000),
    "shares": times(60, 1000),
    "suspends": times(150, 1000),
    "prompts": times(120, 500),
}


@pytest.mark.thorough
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.parametrize("case", TIMES)
def test_again_and_again(case: str) -> None:
    """Every one is told once, and so is its end; memory stays flat within 1 MiB, and no file stays open."""
    command = [sys.executable, "-m", "tests.shell.endurance", case, str(TIMES[case])]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
