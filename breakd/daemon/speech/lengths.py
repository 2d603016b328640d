"""Lengths and numbers as people say them."""

from __future__ import annotations


def span(ms: float) -> str:
    """A length of time as people say it: "45 s", "3 min", "1 h 05 min"."""
    seconds = round(ms / 1000)
    if seconds < 100:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def times(number: float, what: str) -> str:
    """So many of them: "1 prompt", "3 prompts"."""
    return f"{number:g} {what}" + ("" if number == 1 else "s")
