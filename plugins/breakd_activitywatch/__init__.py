"""When somebody was at the computer, from an export of ActivityWatch: Raw Data, "Export all buckets as JSON".

Of all that ActivityWatch records only the buckets of `aw-watcher-afk` are read, no titles, programs or addresses.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from breakd import Emit, Register


class Settings(Struct, frozen=True):
    """`[plugins.activitywatch]`. `hosts`: names of the computers that count; none: all of them."""

    hosts: tuple[str, ...] = ()


def breakd_register(register: Register) -> None:
    """An importer of the export of all buckets, of one bucket, or of the events of one."""
    settings = register.settings(Settings)

    @register.importer
    def activitywatch(path: Path, emit: Emit) -> None:
        from breakd_activitywatch.reading import import_

        import_(path, emit, settings.hosts)
