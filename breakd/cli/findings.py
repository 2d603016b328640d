"""Findings as people and programs read them: a line each, ok, warning or failed, with the one thing to do."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from breakd.service.finding import Finding

MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "failed": ("FAILED", "red")}


def show(found: Iterable[tuple[str, Finding]]) -> None:
    """Print findings under the names of their checks."""
    for name, finding in found:
        for line in lines(name, finding, sys.stdout.isatty()):
            click.echo(line)


def lines(name: str, finding: Finding, colored: bool) -> list[str]:
    """A finding: what is so, and below it what to do."""
    word, color = MARKS[finding.level]
    mark = click.style(f"{word:<8}", fg=color, bold=True) if colored else f"{word:<8}"
    told = [f"{mark} {name}: {finding.text}"]
    if finding.todo:
        told.append(f"{'':9}-> {finding.todo}")
    return told


def facts(finding: Finding) -> dict[str, object]:
    """A finding for programs."""
    return {"level": finding.level, "text": finding.text, "todo": finding.todo or None}


def exit_code(found: Sequence[Finding]) -> int:
    """0 without failures, 1 with."""
    return 1 if any(finding.level == "failed" for finding in found) else 0
