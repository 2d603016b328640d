"""What the shell may complete beyond the names of commands and options: routines, settings, plugins, times.

A running daemon knows them at once; without one they are read as a start would. Whatever goes wrong there is nothing
to complete: nobody wants an error message behind a Tab.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import click
from click.shell_completion import CompletionItem

from breakd.cli.asking import NoAnswer, ask

Found = Mapping[str, str]  # what there is, with a word about each
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

TIMES = {"15m": "", "30m": "", "1h": "", "2h": "", "until": "a time of day, or tomorrow", "tomorrow": ""}


def _completes(names: Callable[[], Found]) -> Complete:
    """A completion of these names."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            found = names()
        except (Exception, SystemExit):  # settings with mistakes, a plugin that cannot be imported
            return []
        return [
            CompletionItem(name, help=about or None) for name, about in found.items() if name.startswith(incomplete)
        ]

    return complete


def _names(of: str) -> Found | None:
    """What the daemon knows; None if none runs."""
    try:
        found: Found = ask(do="names")[of]
    except (NoAnswer, KeyError):
        return None
    return found


def _routines() -> Found:
    found = _names("routines")
    if found is not None:
        return found
    from breakd.cli.shelf import shelf

    return {routine.id: routine.title for routine in shelf().every}


def _plugins() -> Found:
    found = _names("plugins")
    if found is not None:
        return found
    from breakd.plugin.installed import points

    return dict.fromkeys(sorted(point.name for point in points()), "")


def _breaks() -> Found:
    found = _names("breaks")
    if found is not None:
        return found
    from breakd.settings.load import load
    from breakd.settings.paths import config_file

    own = config_file()
    return dict.fromkeys(load(own if own.is_file() else None).breaks, "")


def _settings() -> Found:
    """KEY= for every key, with names of breaks and plugins where a name is free."""
    from breakd.settings.reference import ANY, keys

    free: dict[str, Sequence[str]] = {"breaks": list(_breaks()), "plugins": list(_plugins())}
    paths = [path for key in keys() for path in _named(key.path, free, ANY)]
    paths += [("plugins", name, "enabled") for name in free["plugins"]]
    return {f"{'.'.join(path)}=": "" for path in paths}


def _presets() -> Found:
    from breakd.settings.paths import presets

    return dict.fromkeys(presets(), "")


def _limits() -> Found:
    from breakd.core.limits import GAUGES

    return dict.fromkeys(GAUGES, "")


def _named(path: Sequence[str], free: Mapping[str, Iterable[str]], any_: str) -> Iterator[tuple[str, ...]]:
    if any_ not in path:
        yield tuple(path)
        return
    for name in free.get(path[0], ()) if len(path) > 2 else ():
        yield (path[0], name, *path[2:])


routine_ids = _completes(_routines)
plugin_names = _completes(_plugins)
settings_keys = _completes(_settings)
limit_names = _completes(_limits)
preset_names = _completes(_presets)
times = _completes(lambda: TIMES)
