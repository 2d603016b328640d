"""Which notes are on the screen, kept in a small file, so that a daemon that was killed replaces its old note."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, get_args

from breakd import Choice, Note


class Shown(NamedTuple):
    """A note on the screen. `server`: bus and unique name of who shows it as `number`; `note`: None in a later life."""

    number: int
    server: str
    choices: tuple[Choice, ...]
    note: Note | None = None


def memory_file() -> Path | None:
    """Where it is kept: a folder that ends with the login, as the notes do; None where there is none."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime, "breakd", "notes.json") if runtime else None


def remember(shown: Mapping[str, Shown]) -> None:
    """Write down what is on the screen. Best effort: without it an old note stays beside its successor."""
    if not (file := memory_file()):
        return
    data = {key: [one.number, one.server, one.choices] for key, one in shown.items()}
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(data, out)
        draft.replace(file)


def recall(server: str) -> dict[str, Shown]:
    """What an earlier life left on the screen of this very server."""
    file = memory_file()
    if not (file and server):
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        found = {str(key): _shown(*one) for key, one in data.items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}
    return {key: one for key, one in found.items() if one.server == server}


def _shown(number: object, server: object, choices: Collection[object]) -> Shown:
    return Shown(int(str(number)), str(server), tuple(choice for choice in get_args(Choice) if choice in choices))
