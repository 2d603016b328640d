"""How thorough tests are that could go on for ever: a little in the plain command, in full where BREAKD_THOROUGH=1.

The plain command has to end within two minutes on two slow cores; `.ci/run` repeats those marked `thorough` in full.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("BREAKD_THOROUGH") == "1"


def times(some: int, many: int) -> int:
    """How often a test does what it does."""
    return many if THOROUGH else some
