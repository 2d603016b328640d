"""What tests of lives of the loop have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.loop_parts import FakeClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clocks, in a machine whose zone is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal.db"
