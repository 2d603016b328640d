"""The tables of bundled plugins that `config/breakd.toml` shows are their defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path

from msgspec.structs import asdict

import breakd_calls
import breakd_inhibitors
import breakd_sharing
import breakd_wayland
import breakd_x11

SETTINGS = {
    "calls": breakd_calls.Settings,
    "inhibitors": breakd_inhibitors.Settings,
    "sharing": breakd_sharing.Settings,
    "wayland": breakd_wayland.Settings,
    "x11": breakd_x11.Settings,
}


def test_shown_tables_are_the_defaults() -> None:
    """Each table that stands in comments is what the plugin does without it, key by key."""
    text = (Path(__file__).parents[2] / "config" / "breakd.toml").read_text(encoding="utf-8")
    shown = [line.removeprefix("#   ") for line in text.partition("# -- plugins --")[2].splitlines() if "#   " in line]
    tables = tomllib.loads("\n".join(shown))["plugins"]
    defaults = {name: asdict(type_()) for name, type_ in SETTINGS.items()}
    assert tables == {
        name: {key: list(value) if isinstance(value, tuple) else value for key, value in table.items()}
        for name, table in defaults.items()
    }
