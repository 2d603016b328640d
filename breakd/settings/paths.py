"""Where things lie: the shipped defaults, and the person's own folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import breakd

APP = "breakd"


def shipped() -> Path:
    """The folder `config` with the defaults: in the installed package, else beside it in a checkout.

    An editable install leaves a stale copy in site-packages, so the package's own place decides.
    """
    package = Path(breakd.__file__).parent
    inside = package / "_config"
    return inside if inside.is_dir() else package.parent / "config"


def presets() -> dict[str, Path]:
    """The presets that come along, by name."""
    return {path.stem: path for path in sorted((shipped() / "presets").glob("*.toml"))}


def config_file() -> Path:
    """The person's `breakd.toml`; it need not exist."""
    return _xdg("CONFIG", ".config") / "breakd.toml"


def routines_folder(settings: Path | None = None) -> Path:
    """Where a person's own routines are: beside their settings file; it need not exist."""
    return (settings or config_file()).parent / "routines"


def state_folder() -> Path:
    """Where the journal is kept."""
    return _xdg("STATE", ".local/state")


def runtime_folder() -> Path:
    """Where the control socket is: gone with the session, where the system offers that, else beside the journal."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    return Path(base) / APP if base and Path(base).is_dir() else state_folder() / "run"


def journal_file() -> Path:
    """The journal."""
    return state_folder() / "journal.db"


def plugin_folder() -> Path:
    """Where the person keeps plugins that are single files; it need not exist."""
    return config_file().parent / "plugins"


def plugin_memory() -> Path:
    """Which plugins are to stay off."""
    return state_folder() / "plugins.json"


def pack_cache() -> Path:
    """Where files of routines are kept as they were read."""
    return state_folder() / "routines.cache"


def history_cache() -> Path:
    """What days came to, as it was summed up."""
    return state_folder() / "history.cache"


def past_file(name: str) -> Path:
    """The trace of presence that this importer told of; it need not exist."""
    return state_folder() / "past" / f"{name}.jsonl"


def control_socket() -> Path:
    """Where a running daemon listens."""
    return runtime_folder() / "control.sock"


def _xdg(which: str, usual: str) -> Path:
    """Our folder of this kind, `usual` below the home where the environment says nothing else.

    Source: XDG Base Directory Specification 0.8, which tells to ignore relative paths.
    Raises SettingsError if there is no home.
    """
    if sys.platform != "linux":
        from platformdirs import user_config_path, user_state_path

        return user_config_path(APP) if which == "CONFIG" else user_state_path(APP)
    # Not by platformdirs: two lines of rules would cost the daemon 0.4 MiB, and every start and command 6 ms.
    said = Path(os.environ.get(f"XDG_{which}_HOME", ""))
    return (said if said.is_absolute() else _home() / usual) / APP


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        from breakd.settings.errors import Problem, SettingsError  # here: it is a third of a short command

        raise SettingsError([Problem("HOME", None, "", "not set, and this user has no home folder: set it")]) from None
