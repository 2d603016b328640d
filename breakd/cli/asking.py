"""Asking the daemon, with next to nothing imported: a status bar asks often. What commands use is in `client`."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from breakd.settings.paths import control_socket

TURN = 0.01  # seconds between two attempts while too many others want to be heard
PATIENCE = 5.0  # seconds: a daemon that answers later is not answering
VERSION = 1  # of what is spoken over the socket


class NoAnswer(Exception):  # noqa: N818  reads as what happened
    """The daemon did not answer as asked; the text says why, in a line. `code`: the exit code."""

    def __init__(self, why: str, code: int = 1) -> None:
        super().__init__(why)
        self.code = code


def ask(**facts: Any) -> dict[str, Any]:
    """The daemon's answer. Raises NoAnswer."""
    with _asked(facts) as lines:
        return next(lines)


def follow(**facts: Any) -> Iterator[dict[str, Any]]:
    """The daemon's answer, and what it tells by itself after that, until it ends. Raises NoAnswer."""
    with _asked(facts) as lines:
        yield from lines


@contextmanager
def _asked(facts: dict[str, Any]) -> Iterator[Iterator[dict[str, Any]]]:
    path = control_socket()
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            _connect(connection, str(path))
            with suppress(BrokenPipeError):  # refused before it was heard; why can still be read
                connection.sendall(json.dumps({"v": VERSION, **facts}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                yield _answers(connection, lines)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NoAnswer("no daemon is running; start one with `breakd run`", 3) from None
    except OSError as error:
        raise NoAnswer(f"the daemon does not answer at {path}: {error}") from None


def _connect(connection: socket.socket, path: str) -> None:
    """Connect, waiting for our turn if many others want to."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.connect(path)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(TURN)


def _answers(connection: socket.socket, lines: Any) -> Iterator[dict[str, Any]]:
    yield _whole(lines.readline())
    connection.settimeout(None)
    for line in lines:
        yield _whole(line)


def _whole(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not line.endswith(b"\n"):
        raise NoAnswer("the daemon broke off its answer; `breakd status` tells whether it still runs")
    if answer.get("ok") is False:
        raise NoAnswer(
            str(answer.get("error", "the daemon refused without a reason")), 2 if answer.get("misuse") is True else 1
        )
    return answer
