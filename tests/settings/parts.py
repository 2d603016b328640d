"""What the tests of the settings share."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakd.settings.errors import SettingsError
from breakd.settings.load import load


def refused(file: Path, *sets: str) -> list[str]:
    """Every problem of a settings file, a line each, without the folder it lies in."""
    with pytest.raises(SettingsError) as caught:
        load(file, sets)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem).removeprefix(f"{file.parent}/") for problem in caught.value.problems]


def written(folder: Path, text: str | bytes) -> Path:
    """A settings file with this content."""
    file = folder / "breakd.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file
