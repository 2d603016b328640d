"""What was found when something was looked at: how it is, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

Level = Literal["ok", "warning", "failed"]


class Finding(Struct, frozen=True):
    """One thing found. `todo`: empty if there is nothing to do; `fix`: does that, where it is safe, and says what."""

    level: Level
    text: str
    todo: str = ""
    fix: Callable[[], str] | None = None


def ok(text: str) -> Finding:
    """As it should be."""
    return Finding("ok", text)


def warning(text: str, todo: str = "", fix: Callable[[], str] | None = None) -> Finding:
    """It works, but not as it could."""
    return Finding("warning", text, todo, fix)


def failed(text: str, todo: str = "", fix: Callable[[], str] | None = None) -> Finding:
    """It does not work."""
    return Finding("failed", text, todo, fix)
