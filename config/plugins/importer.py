"""Example: reads a file, here one of nights: `2026-03-01T23:10+01:00,2026-03-02T06:40+01:00`, a night a line."""

from datetime import datetime
from pathlib import Path

from breakd import Emit, Register, Sleep


def breakd_register(register: Register) -> None:
    """Say what the plugin offers: `breakd import example FILE`."""

    @register.importer
    def nights(path: Path, emit: Emit) -> None:
        rows = path.read_text(encoding="utf-8").splitlines()
        for number, row in enumerate(rows, 1):
            start, _, end = row.partition(",")
            try:
                emit(Sleep(datetime.fromisoformat(start), datetime.fromisoformat(end.strip())))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: {error}") from None
            emit.progress(number / len(rows))
