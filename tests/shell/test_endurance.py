"""Many suspends, deaths of the bus and restarts of the compositor: nothing is lost, doubled, or kept for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A thousand deaths of the bus take a minute: `python -m tests.shell.endurance deaths 1000`.
TIMES = {"restarts": 1000, "deaths": 250, "suspends": 1000, "prompts": 500}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.parametrize("case", TIMES)
def test_again_and_again(case: str) -> None:
    """Every one is told once, and so is its end; memory stays flat within 1 MiB, and no file stays open."""
    command = [sys.executable, "-m", "tests.shell.endurance", case, str(TIMES[case])]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
