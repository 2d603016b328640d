"""Where PipeWire listens."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from breakd import Unavailable

SYSTEM = "/run/pipewire"  # of a PipeWire for all users


def find_socket(environ: Mapping[str, str] = os.environ) -> Path:
    """The socket of PipeWire, where libpipewire looks for it. Raises Unavailable if there is none."""
    folders = environ.get("PIPEWIRE_RUNTIME_DIR") or environ.get("XDG_RUNTIME_DIR"), SYSTEM
    name = environ.get("PIPEWIRE_REMOTE") or "pipewire-0"
    places = list(dict.fromkeys(Path(folder, name) for folder in folders if folder))
    for place in places:
        with suppress(PermissionError):  # the folder of another user
            if place.is_socket():
                return place
    raise Unavailable(f"no PipeWire at {' or '.join(map(str, places))}")
