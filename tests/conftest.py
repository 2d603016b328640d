"""What holds for all tests.

Those on real desktops run only where somebody asks for them. Properties are tried with a few fixed examples as a rule,
with more of them where BREAKD_THOROUGH=1, and with thousands of new ones with HYPOTHESIS_PROFILE=dev.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.thorough import times

settings.register_profile("ci", derandomize=True, max_examples=times(12, 60), deadline=None, database=None)
settings.register_profile("dev", max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "3000")), deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

WORKERS = 2  # for each core: many tests wait for programs and clocks, and leave their core to others meanwhile

ASKS = ("BREAKD_DESKTOP", "BREAKD_REQUIRE_DESKTOP")
WHY = "a test on a real desktop: set BREAKD_DESKTOP=1 to run it, BREAKD_REQUIRE_DESKTOP=1 to insist on its parts"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means here."""
    return min(WORKERS * (os.cpu_count() or 1), 16)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The plain test command stays quick on every machine, whatever is installed there."""
    if any(os.environ.get(name) == "1" for name in ASKS):
        return
    for item in items:
        if item.get_closest_marker("desktop"):
            item.add_marker(pytest.mark.skip(reason=WHY))
