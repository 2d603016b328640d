"""`breakd plugins check`: the contract suite for a plugin that may not even be installed, and what is missing."""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from breakd.cli.client import Failure, WrongUse
from breakd.cli.commands import COMMANDS
from breakd.cli.plugin_hosts import need, settings
from breakd.plugin.files import File
from breakd.plugin.installed import GROUP, points
from breakd.plugin.testing import Refused, check, load
from breakd.plugin.testing.loading import Plugin
from breakd.settings.paths import plugin_folder

WANTED = {
    "description": "people find it by that",
    "readme": "a page on an index is empty without",
    "requires-python": "so that installers refuse what cannot work",
    "license": "nobody may use it without",
}


class Finding(NamedTuple):
    """How one thing keeps one rule; `missing`: nothing is wrong, but others will ask for it."""

    thing: str
    rule: str
    verdict: Literal["ok", "failed", "skipped", "missing"]
    why: str = ""


def examined(what: str, sets: Sequence[str]) -> list[Finding]:
    """Everything that is to be said of a file, a folder or an installed plugin. Raises Failure."""
    path = Path(what)
    if path.is_dir():
        project = _project(path)
        declared = project.get("project", {}).get("entry-points", {}).get(GROUP, {})
        if not declared:
            raise Failure(f"{path / 'pyproject.toml'}: no [project.entry-points.{GROUP}]: breakd would not find it")
        found = [each for name, value in declared.items() for each in _plugin(name, _imported(path, name, value), sets)]
        return [*found, *_missing(path, project)]
    if path.suffix == ".py":
        return _plugin(path.stem, File(path.stem, path.absolute(), named=True), sets)
    need(what)
    for point in points():
        if point.name == what:
            return _plugin(what, point, sets)
    return _plugin(what, File(what, plugin_folder() / f"{what}.py"), sets)


def _plugin(name: str, point: Any, sets: Sequence[str]) -> list[Finding]:
    try:
        plugin = load(point.load(), name=name, toml=_table(name, sets))
    except Refused as error:
        return [Finding(f"plugin {name}", "is loaded", "failed", str(error).partition(": ")[2])]
    except Exception as error:
        from breakd.plugin.loaded import explain

        return [Finding(f"plugin {name}", "can be imported", "failed", explain(error, point.module))]
    return [
        Finding(f"plugin {name}", "is loaded", "ok"),
        *(Finding(*each) for each in check(plugin)),
        *_shadowed(plugin),
        *_undescribed(plugin),
    ]


def _shadowed(plugin: Plugin) -> Iterator[Finding]:
    for thing in plugin.things("subcommand"):
        taken = thing.name in COMMANDS
        why = f"`breakd {thing.name}` is a command of breakd's own" if taken else ""
        yield Finding(str(thing), "can be called", "failed" if taken else "ok", why)


def _undescribed(plugin: Plugin) -> Iterator[Finding]:
    if not getattr(plugin.module, "__doc__", None):
        yield Finding(f"plugin {plugin.name}", "says what it is", "missing", "the module has no docstring")


def _table(name: str, sets: Sequence[str]) -> dict[str, Any]:
    """The plugin's own table: what the settings say, then what the command line says."""
    table: dict[str, Any] = dict(settings().plugins.get(name, {}))
    for item in sets:
        key, equals, value = item.partition("=")
        if not equals:
            raise WrongUse(f"--set {item}: expected KEY=VALUE, such as reps=3")
        try:
            table[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            table[key.strip()] = value.strip()
    return {"plugins": {name: table}}


def _project(folder: Path) -> dict[str, Any]:
    file = folder / "pyproject.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(
            f"{file}: {error.strerror}: expected a .py file, a project's folder, or a plugin's name"
        ) from None
    except ValueError as error:
        raise Failure(f"{file}: {error}") from None


class _imported(NamedTuple):  # noqa: N801  stands for an entry point
    """An entry point of a project that is not installed."""

    folder: Path
    name: str
    module: str

    def load(self) -> object:
        """The module, found in the folder or in its `src`."""
        sys.path[:0] = [str(self.folder.absolute()), str(self.folder.absolute() / "src")]
        try:
            return importlib.import_module(self.module.partition(":")[0])
        finally:
            del sys.path[:2]


def _missing(folder: Path, project: dict[str, Any]) -> Iterator[Finding]:
    """What a project that others are to use should have."""
    about = project.get("project", {})
    for key, why in WANTED.items():
        if key not in about:
            yield Finding("project", f"[project] {key}", "missing", why)
    if not any(folder.glob("test*/*.py")):
        yield Finding("project", "tests", "missing", "`breakd plugins new NAME --package` shows how they look")
