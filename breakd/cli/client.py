"""Talking to the daemon over its control socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from breakd.cli.asking import NoAnswer, ask, follow


class Failure(click.ClickException):
    """An error of one line; it ends in exit code 1."""

    def show(self, file: Any = None) -> None:
        """One line on standard error."""
        click.echo(f"breakd: {self.format_message()}", err=True, file=file)


class NoDaemon(Failure):
    """There is nobody to talk to."""

    exit_code = 3


class WrongUse(Failure):
    """What was asked for cannot be."""

    exit_code = 2


def request(**facts: Any) -> dict[str, Any]:
    """The daemon's answer. Raises NoDaemon, or Failure if it refuses."""
    try:
        return ask(**facts)
    except NoAnswer as error:
        raise (NoDaemon if error.code == NoDaemon.exit_code else Failure)(str(error)) from None


def pushed(**facts: Any) -> Iterator[dict[str, Any]]:
    """The daemon's answer, and what it tells by itself after that, until it ends. Raises as `request` does."""
    try:
        yield from follow(**facts)
    except NoAnswer as error:
        raise (NoDaemon if error.code == NoDaemon.exit_code else Failure)(str(error)) from None
