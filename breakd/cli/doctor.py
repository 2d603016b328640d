"""`breakd doctor`: every part looked at for real, each with the one thing to do about it."""

from __future__ import annotations

import json
import sys

import click
from msgspec.structs import replace

from breakd.cli.checks.look import Look
from breakd.cli.checks.table import findings
from breakd.cli.findings import exit_code, facts, show
from breakd.service.finding import Finding
from breakd.service.problems import ServiceError


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="All findings as one object.")
@click.option("--fix", is_flag=True, help="Do what is safe: rights, missing folders, a service of an old version.")
def doctor(as_json: bool, fix: bool) -> None:
    """Look at every part for real, and say what to do about it. Exit code 1 if something failed.

    In a terminal it asks you to move the mouse and to answer a test notification; elsewhere it asks nothing.
    """
    ask = not as_json and sys.stdin.isatty() and sys.stdout.isatty()
    found: list[tuple[str, Finding]] = []
    for name, finding in findings(Look(ask, click.echo)):
        told = mended(finding) if fix and finding.fix else finding
        found.append((name, told))
        if not as_json:
            show([found[-1]])
    every = [finding for _, finding in found]
    if as_json:
        click.echo(json.dumps({"findings": [{"check": name, **facts(finding)} for name, finding in found]}))
    else:
        click.echo(summary(every))
    sys.exit(exit_code(every))


def mended(finding: Finding) -> Finding:
    """The finding once its fix was tried: well, or as bad as before, with why."""
    assert finding.fix is not None
    try:
        return Finding("ok", f"{finding.text}: fixed, {finding.fix()}")
    except (OSError, ServiceError) as error:
        return replace(finding, todo=f"it could not be fixed ({error}): {finding.todo}")


def summary(found: list[Finding]) -> str:
    """All of it in a line."""
    failures = sum(finding.level == "failed" for finding in found)
    warnings = sum(finding.level == "warning" for finding in found)
    if not failures and not warnings:
        return "all is well"
    fixes = ", some of which `breakd doctor --fix` can mend" if any(finding.fix for finding in found) else ""
    return f"{failures} failed, {warnings} to look at{fixes}"


COMMANDS = {"doctor": doctor}
