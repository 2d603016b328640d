"""Nights and workouts from an export of Apple Health: Health app, profile, "Export All Health Data"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.apple_health]`.

    `awake`: min; shorter awakenings in a night count as a part of it, as in what people say of their nights.
    `rpe`: how hard a sort of workout is (Borg CR10), for those whose effort the export does not have; names as in what
    breakd makes of them, such as `running = 6`.
    """

    awake: float = 10.0
    rpe: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.awake <= 120:
            raise ValueError(f"awake is {self.awake:g}, expected minutes from 0 to 120")
        for name, rpe in self.rpe.items():
            if not 0 < rpe <= 10:
                raise ValueError(f"rpe.{name} is {rpe:g}, expected more than 0, at most 10")


def breakd_register(register: Register) -> None:
    """An importer of `export.zip`, or of the `export.xml` in it."""
    settings = register.settings(Settings)

    @register.importer
    def apple_health(path: Path, emit: Emit) -> None:
        from breakd_apple_health.reading import import_

        import_(path, emit, settings.awake * 60, settings.rpe)
