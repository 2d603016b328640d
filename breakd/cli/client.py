"""Talking to the daemon over its control socket."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def answered(otherwise: str) -> Iterator[None]:
    """Questions are asked here. Raises WrongUse if there is no terminal, and the input ends; it says what to do."""
    try:
        yield
    except click.Abort:
        if sys.stdin.isatty():  # Ctrl-C, Ctrl-D
            raise
        click.echo()
        raise WrongUse(f"there is nobody to answer: {otherwise}; nothing was written") from None


ERRORS = {error.exit_code: error for error in (Failure, WrongUse, NoDaemon)}


def request(**facts: Any) -> dict[str, Any]:
    """The daemon's answer. Raises NoDaemon, WrongUse if the request is wrong in itself, or Failure if it is refused."""
    try:
        return ask(**facts)
    except NoAnswer as error:
        raise ERRORS[error.code](str(error)) from None


def pushed(**facts: Any) -> Iterator[dict[str, Any]]:
    """The daemon's answer, and what it tells by itself after that, until it ends. Raises as `request` does."""
    try:
        yield from follow(**facts)
    except NoAnswer as error:
        raise ERRORS[error.code](str(error)) from None
