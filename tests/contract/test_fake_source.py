"""The contract of sources, kept by the fake one: what the contract asks can be done."""

from __future__ import annotations

import pytest

from tests.contract.fakes import FakeSource
from tests.contract.sources import Rig, SourceContract


class FakeRig(Rig):
    """A source with a method for input."""

    def __init__(self) -> None:
        self.source: FakeSource = FakeSource()

    async def touch(self) -> None:
        self.source.touch()


class TestFakeSource(SourceContract):
    """The source of the fakes."""

    @pytest.fixture
    async def rig(self) -> Rig:
        """As it is."""
        return FakeRig()
