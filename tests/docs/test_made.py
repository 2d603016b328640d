"""What the documentation shows is what the program draws now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

MAKE = Path(__file__).parents[2] / "docs" / "make.py"


def made() -> dict[Path, str]:
    """What `python docs/make.py` would write."""
    spec = importlib.util.spec_from_file_location("make", MAKE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert isinstance(module, ModuleType)
    found: dict[Path, str] = module.made()
    return found


DRAWN = made()


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)
def test_drawings_are_up_to_date(path: Path) -> None:
    """A picture or table drawn from the program is committed as drawn now; `python docs/make.py` mends it."""
    assert path.read_text(encoding="utf-8") == DRAWN[path]


def test_diagram_has_every_row() -> None:
    """Every row of the table of prompts is in the diagram."""
    from breakd.core.prompts import TABLE

    text = DRAWN[MAKE.parent / "prompts.md"]
    edges = {f"{phase} --> {row.to}: {trigger}" for (phase, trigger), row in TABLE.items()}
    assert edges <= {line.strip() for line in text.splitlines()}
