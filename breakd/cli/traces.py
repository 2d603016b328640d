"""Traces as commands open them: a file, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from breakd.cli.client import Failure


@contextmanager
def opened(trace: Path) -> Iterator[TextIO]:
    """The trace as text: UTF-8 whatever the terminal's, with or without the mark some editors begin it with."""
    if str(trace) == "-":
        yield TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
        return
    try:
        file = trace.open(encoding="utf-8-sig")
    except OSError as error:
        raise Failure(f"{trace}: {error.strerror}") from None
    with file:
        yield file
