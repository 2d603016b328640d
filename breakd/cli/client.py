"""Talking to the daemon over its control socket."""

from __future__ import annotations

import json
import socket
from typing import Any, NoReturn

import click

from breakd.settings.paths import control_socket

PATIENCE = 5.0  # seconds: a daemon that answers later is not answering


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
    path = control_socket()
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            connection.sendall(json.dumps(facts).encode() + b"\n")
            line = connection.makefile("rb").readline()
    except (FileNotFoundError, ConnectionRefusedError):
        raise NoDaemon("no daemon is running; start one with `breakd run`") from None
    except OSError as error:
        raise Failure(f"the daemon does not answer at {path}: {error}") from None
    answer = _decoded(line)
    if not answer.get("ok"):
        raise Failure(str(answer.get("error", "the daemon refused without a reason")))
    return answer


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        _unclear()
    return answer if isinstance(answer, dict) else _unclear()


def _unclear() -> NoReturn:
    raise Failure("the daemon broke off its answer; `breakd status` tells whether it still runs")
