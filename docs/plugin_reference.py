"""The reference of the plugin interface, from the interfaces themselves: names, signatures and docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from types import ModuleType

import click

import breakd
from breakd.core import events, routines
from breakd.plugin import face, hookspecs, interfaces, processes, testing
from breakd.plugin.emitting import IMPORTED, TELLABLE
from breakd.plugin.limits import Limits

REGISTERED = ("Source", "Notifier", "Guide", "Observer", "Adviser", "Importer", "CommandFactory")
GIVEN = ("Emit", "Stream", "Session", "Cue")
MODULES = (interfaces, events, routines, processes)
COMMANDS = (("plugins", "plugins"), ("importing", "import"))


def _names(events: Iterable[type]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(event.__name__ for event in events))


def page() -> str:
    """The whole page."""
    told = sorted(event.__name__ for event in {*TELLABLE, *IMPORTED})
    apart = {*REGISTERED, *GIVEN, *told, "Register", "lines"}
    parts = (
        _intro(),
        ("## The hook", "", *_class(hookspecs.Spec)),
        ("## What a plugin registers with", "", *_class(face.Register)),
        ("## What it registers", "", *_each(REGISTERED)),
        ("## What it is given", "", *_each(GIVEN)),
        ("## Values", "", *_each(name for name in breakd.__all__ if name not in apart)),
        (
            "## Events",
            "",
            f"An importer may emit {_names(set(IMPORTED))}, a source all but {_names(set(IMPORTED) - set(TELLABLE))}.",
            "",
            *_each(told),
        ),
        ("## Programs", "", *_titled("lines")),
        ("## Limits", "", *_limits()),
        ("## The test kit", "", _doc(testing), "", *_each(testing.__all__)),
        ("## Commands", "", *(line for module, name in COMMANDS for line in _commands(module, name))),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _intro() -> tuple[str, ...]:
    return (
        "# Plugin interface",
        "",
        "Made from the program by `python docs/make.py`. How to use it: [plugins.md](plugins.md).",
        "Everything is imported from `breakd`, the test kit from `breakd.plugin.testing`.",
        "",
        f"This is generation {hookspecs.GENERATION} of the interface. Within it there are only additions, so a newer",
        "breakd takes older plugins. A break gets a hook of another name, and each side refuses the other by it.",
        "",
    )


def _each(names: Iterable[str]) -> Iterator[str]:
    return (line for name in names for line in _titled(name))


def _named(name: str) -> object:
    return getattr(testing if name in testing.__all__ else face, name)


def _titled(name: str) -> Iterator[str]:
    thing = _named(name)
    yield f"### `{name}`"
    yield ""
    if inspect.isclass(thing):
        yield from _class(thing)
    elif callable(thing) and inspect.isfunction(inspect.unwrap(thing)):
        node = _node(thing)
        yield from _code([_signature(node)])
        yield from (_doc(thing), "")
    else:
        yield from _code([f"{name} = {_value(name, thing)}"])


def _value(name: str, thing: object) -> str:
    """What a name that is no class or function stands for, as it is written."""
    for module in MODULES:
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                return ast.unparse(node.value)
    return repr(thing)


def _class(thing: type) -> Iterator[str]:
    node = _node(thing)
    assert isinstance(node, ast.ClassDef)
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.unparse(each)]
    methods = [each for each in node.body if _is_public(each)]
    yield from (_doc(thing), "")
    if fields:
        yield from _code(list(map(ast.unparse, fields)))
    for method in methods:
        assert isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        text = ast.get_docstring(method) or ""
        if any(ast.unparse(each) in ("property", "cached_property") for each in method.decorator_list):
            returns = ast.unparse(method.returns) if method.returns else "object"
            yield f"- `.{method.name}: {returns}`: {_one_line(text)}"
        else:
            yield f"- `{_signature(method)}`" + (f": {_one_line(text)}" if text else "")
    if methods:
        yield ""


def _is_public(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return not node.name.startswith("_") or node.name == "__call__"


def _node(thing: object) -> ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef:
    source = inspect.getsource(inspect.unwrap(thing))  # type: ignore[arg-type]  # a class or function
    node = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def _signature(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    assert not isinstance(node, ast.ClassDef)
    arguments = node.args
    for several in (arguments.posonlyargs, arguments.args):
        several[:] = [each for each in several if each.arg != "self"]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{word} {node.name}({ast.unparse(arguments)}){returns}".replace("'", '"')


def _code(lines: list[str]) -> Iterator[str]:
    yield from ("```text", *(line.replace("'", '"') for line in lines), "```", "")


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _limits() -> Iterator[str]:
    yield from (_doc(Limits), "", "| limit | |", "|---|---|")
    yield from (f"| `{name}` | {value:g} |" for name, value in Limits()._asdict().items())
    yield ""


def _commands(module: str, name: str) -> Iterator[str]:
    found: ModuleType = importlib.import_module(f"breakd.cli.{module}")
    yield from _command(f"breakd {name}", found.COMMANDS[name])


def _command(path: str, command: click.Command) -> Iterator[str]:
    words = [each.metavar or (each.name or "").upper() for each in command.params if isinstance(each, click.Argument)]
    yield from (f"### `{' '.join([path, *words])}`", "", inspect.cleandoc(command.help or ""), "")
    options = [each for each in command.params if isinstance(each, click.Option)]
    if options:
        yield from (f"- `{', '.join(each.opts)}`: {each.help}" for each in options)
        yield ""
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _command(f"{path} {name}", each)
