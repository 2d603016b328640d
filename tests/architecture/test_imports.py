"""Imports go one way, and the core imports nothing that could make it impure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import breakd
from tests.architecture.source import PACKAGE, PLUGINS, ROOT, Module

# Which rooms each room may import from; the face is `breakd/__init__.py`.
MAY_IMPORT = {
    "core": set(),
    "settings": {"core", "face"},  # of the face only where it lies on disk
    "plugin": {"core"},
    "face": {"core", "plugin"},
    "bus": {"plugin"},
    "daemon": {"core", "settings", "plugin", "face"},
    "service": {"core", "settings", "face"},
    "testing": {"core", "settings", "plugin", "daemon", "face"},  # the kit runs the real host and the real core
    "cli": {"core", "settings", "plugin", "daemon", "service", "testing", "face", "bus"},
    "__main__": {"cli"},
}
# Rooms within rooms: each may use those before it. What stands beside them is free, if it makes no cycle.
INNER = {
    "breakd.core": ["body", "choosing"],
    "breakd.daemon": ["timing", "store", "speech", "hindsight", "watching", "control"],
}
DATA_TYPES = {
    "__future__", "bisect", "collections", "collections.abc", "enum", "fractions", "functools", "heapq", "itertools",
    "math", "msgspec.Struct", "msgspec.structs.replace", "operator", "typing",
}  # fmt: skip
# Built-ins that reach outside, or whose answer depends on the process.
IMPURE = {"open", "input", "print", "eval", "exec", "compile", "__import__", "globals", "hash", "id"}


def room(name: str) -> str:
    """The room of a module of the package: the second part of its name; the kit for plugins is one of its own."""
    if name.startswith("breakd.plugin.testing"):
        return "testing"
    return name.split(".")[1] if "." in name else "face"


def module_of(thing: str, names: Iterable[str]) -> str:
    """The module that `thing` is or is in."""
    return thing if thing in names else thing.rpartition(".")[0]


def graph(modules: Iterable[Module]) -> dict[str, set[str]]:
    """For each module those that it imports, of the modules given."""
    by_name = {module.name: module for module in modules}
    return {
        name: {module_of(thing, by_name) for thing, _ in module.imported()} & by_name.keys()
        for name, module in by_name.items()
    }


def cycle(edges: dict[str, set[str]]) -> list[str]:
    """A chain of modules that comes back to where it began; empty if there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def forbidden(modules: Iterable[Module]) -> Iterator[str]:
    """Each import against the direction."""
    names = {module.name for module in modules}
    for module in modules:
        for thing, node in module.imported():
            if thing.split(".")[0] == "breakd":
                source, target = room(module.name), room(module_of(thing, names))
                if target != source and target not in MAY_IMPORT[source]:
                    yield f"{module.where(node)}: {source} imports {thing}, of {target}"


def upwards(modules: Iterable[Module]) -> Iterator[str]:
    """Each import of a room within a room that stands after the importer's own."""
    for parent, rooms in INNER.items():
        place = {f"{parent}.{name}": number for number, name in enumerate(rooms)}
        for module in modules:
            own = place.get(".".join(module.name.split(".")[:3]), len(rooms))
            for thing, node in module.imported():
                if own < place.get(".".join(thing.split(".")[:3]), -1):
                    yield f"{module.where(node)}: {thing}"


def strange(module: Module) -> Iterator[str]:
    """What a plugin imports of breakd beyond its public face, or of another plugin."""
    others = {plugin.name.split(".")[0] for plugin in PLUGINS} - {module.name.split(".")[0]}
    public = {"breakd"} | {f"breakd.{name}" for name in breakd.__all__}
    for thing, node in module.imported():
        top = thing.split(".")[0]
        is_bus = thing == "breakd.bus" or thing.startswith("breakd.bus.")
        if top in others or (top == "breakd" and thing not in public and not is_bus):
            yield f"{module.where(node)}: {thing}"


def impure(module: Module) -> Iterator[str]:
    """What in this module could make its answers depend on more than its arguments."""
    for thing, node in module.imported():
        if thing.split(".")[0] != "breakd" and module_of(thing, DATA_TYPES) not in DATA_TYPES:
            yield f"{module.where(node)}: imports {thing}"
    for part in ast.walk(module.tree):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in IMPURE:
            yield f"{module.where(part)}: calls {part.func.id}()"
        if isinstance(part, ast.Global | ast.AsyncFunctionDef | ast.Await):
            yield f"{module.where(part)}: {type(part).__name__}"


def made_up(name: str, text: str) -> Module:
    """A module that is only a text, to see that the checks find what they look for."""
    return Module(name, Path(f"{name}.py"), text)


def test_imports_go_one_way() -> None:
    """core <- settings, plugin <- daemon <- cli; no room looks up."""
    assert list(forbidden(PACKAGE)) == []


def test_inner_rooms_go_one_way() -> None:
    """Within the core and the daemon a room uses only rooms before it, and each that there is has its place."""
    assert list(upwards(PACKAGE)) == []
    for parent, rooms in INNER.items():
        names = {module.name.split(".")[2] for module in PACKAGE if module.name.startswith(f"{parent}.")}
        assert {name for name in names if (ROOT / parent.replace(".", "/") / name).is_dir()} == set(rooms)


def test_an_inner_look_up_is_found() -> None:
    """A journal that imports the control socket is reported, the other way is not."""
    low = made_up("breakd.daemon.store.low", "from breakd.daemon.control import high\n")
    high = made_up("breakd.daemon.control.high", "from breakd.daemon.store import low\n")
    assert list(upwards([low, high])) == ["breakd.daemon.store.low.py:1: breakd.daemon.control.high"]


def test_no_import_cycles() -> None:
    """No module imports itself through others, counting imports inside functions and for types alone."""
    assert cycle(graph([*PACKAGE, *PLUGINS])) == []


def test_plugins_import_the_public_face_only() -> None:
    """A bundled plugin uses what anybody's plugin may use: `breakd`, `breakd.bus`, and its own modules."""
    assert [line for module in PLUGINS for line in strange(module)] == []


def test_the_core_is_pure() -> None:
    """The core imports data types, and reads no clock, file, environment or chance."""
    assert [line for module in PACKAGE if room(module.name) == "core" for line in impure(module)] == []


def test_a_look_up_is_found() -> None:
    """An import against the direction is seen inside a function, and relative ones are followed."""
    low = made_up("breakd.core.low", "def f():\n    from ..daemon import high\n")
    high = made_up("breakd.daemon.high", "import breakd.core.low\n")
    assert list(forbidden([low, high])) == ["breakd.core.low.py:2: core imports breakd.daemon.high, of daemon"]
    assert set(cycle(graph([low, high]))) == {"breakd.core.low", "breakd.daemon.high"}


def test_a_way_around_the_face_is_found() -> None:
    """A plugin is caught at the inner rooms, at private names, and at another plugin."""
    text = "import breakd\nfrom breakd import Register, bus, core\nimport breakd.bus\n"
    text += "from breakd.plugin.host import Host\nimport breakd_walking\n"
    lines = list(strange(made_up("breakd_new", text)))
    assert [line.partition(": ")[2] for line in lines] == ["breakd.core", "breakd.plugin.host.Host", "breakd_walking"]


def test_impurity_is_found() -> None:
    """Clock, chance and files are seen however they are imported."""
    text = "import time\nfrom datetime import datetime\nfrom collections.abc import Set\nimport breakd.core.units\n"
    text += "from msgspec import Struct, json\n"
    text += "def f(x: str) -> object:\n    import random\n    return open(x)\n"
    found = {line.partition(": ")[2] for line in impure(made_up("breakd.core.new", text))}
    assert found == {
        "imports time",
        "imports datetime.datetime",
        "imports msgspec.json",
        "imports random",
        "calls open()",
    }
