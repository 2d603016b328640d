"""What plugins say of their tables in the settings: only they know what belongs there."""

from __future__ import annotations

from pathlib import Path

from breakd.settings.load import Loaded


def complaints(found: Loaded, file: Path) -> list[str]:
    """A line for each mistake in a table `[plugins.NAME]`. Unless the person wrote one no plugin is imported."""
    if not any(layer.origin == "file" and layer.says(("plugins",)) for layer in found.layers):
        return []
    from breakd.plugin.host import Host
    from breakd.settings.load import locator
    from breakd.settings.paths import plugin_folder
    from breakd.settings.routines import load_routines

    said: list[str] = []
    host = Host(
        deliver=lambda *_told: None,
        load_routines=load_routines,
        tables=found.settings.plugins,
        locate=locator(file),
        say=said.append,
        folder=plugin_folder(),
    )
    host.load()
    whys = [line for plugin in host.plugins.values() for line in plugin.why.splitlines()]
    ours = [line for line in (*said, *whys) if line.startswith((f"{file}:", "plugins."))]
    return list(dict.fromkeys(ours))


def unplaced(line: str) -> str:
    """The line without the place, which moves when something is put in above it."""
    return line[line.index("plugins.") :] if "plugins." in line else line
