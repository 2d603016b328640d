"""The plugins of the documentation are run: loaded by the real host, tested by the tests shown, typed as shown."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import tomli

import breakd
from breakd.cli import importing, plugins
from breakd.cli.commands import COMMANDS
from breakd.cli.plugin_new import KINDS
from breakd.plugin import hookspecs, interfaces, testing
from breakd.plugin.loaded import Kind
from breakd.plugin.testing import Plugin, load
from tests.docs.blocks import ROOT, Block, written_in
from tests.docs.test_blocks import HOOK
from tests.shell import warm
from tests.shell.daemon_parts import BREAKD, PATIENCE, Home, new_home

PAGE = "docs/plugins.md"
FILES = [block for block in [*written_in("python"), *written_in("toml")] if block.page == PAGE and block.name]
PLUGINS = [block for block in written_in("python") if HOOK in block.text]
COMMAND_LINES = [line for block in written_in("sh") if block.page == PAGE for line in block.text.splitlines()]
TUTORIAL, REFERENCE = (
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("plugins.md", "plugin-interface.md")
)


def tables() -> dict[str, Any]:
    """The settings that the page shows."""
    every = [tomli.loads(block.text) for block in FILES if block.name == "breakd.toml"]
    return {"plugins": {name: table for found in every for name, table in found["plugins"].items()}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that the page shows, in one folder."""
    made = tmp_path_factory.mktemp("page")
    for block in FILES:
        (made / block.name).write_text(block.text, encoding="utf-8")
    return made


def loaded(folder: Path, block: Block) -> Plugin:
    """The plugin of a block, by the real host."""
    return load(folder / block.name, tables())


@pytest.mark.parametrize("block", PLUGINS, ids=str)
def test_plugins_are_loaded_by_the_host(block: Block, folder: Path) -> None:
    """A block with a hook says which file it is, and registers something that the host takes."""
    assert re.fullmatch(r"\w+\.py", block.name), f"{block}: its first line has to be `# NAME.py`"
    plugin = loaded(folder, block)
    assert plugin.loaded.things or plugin.routines
    assert plugin.said == []


def test_the_page_shows_each_kind_of_plugin(folder: Path) -> None:
    """There is a working example of everything that a plugin can register, and a template for it."""
    shown = {thing.kind for block in PLUGINS for thing in loaded(folder, block).loaded.things}
    assert shown == set(get_args(Kind)) - {"hook"}
    assert set(KINDS) == shown | {"routines"}


def test_the_tests_shown_pass(folder: Path) -> None:
    """Blocks that are tests pass, on the plugins of the page."""
    tests = [block.name for block in FILES if block.name.startswith("test_")]
    assert tests != []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", *tests]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home in which the commands of the page are typed, one after the other."""
    with new_home() as one:
        yield one


def test_the_commands_shown_work(home: Home, tmp_path: Path) -> None:
    """Every line of a block of commands ends with 0, in the order of the page."""
    env = {**home.env, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{home.env['PATH']}"}
    env["XDG_CONFIG_HOME"] = f"{env['HOME']}/.config"
    for line in COMMAND_LINES:
        words = [word.replace("~", env["HOME"], 1) if word.startswith("~") else word for word in shlex.split(line)]
        if words[0] == "breakd":
            found = warm.run([BREAKD, *words[1:]], env=env, cwd=tmp_path, timeout=PATIENCE)
        else:
            found = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert found.returncode == 0, (line, found.stdout, found.stderr)
    assert len(COMMAND_LINES) >= 8


# -- nothing goes unsaid ----------------------------------------------------------------------------------------------


def test_every_hook_is_explained() -> None:
    """The hooks are named in the tutorial and in the reference."""
    hooks = [name for name in vars(hookspecs.Spec) if name.startswith("breakd_")]
    assert [name for name in hooks if f"`{name}(register)`" not in TUTORIAL or name not in REFERENCE] == []


def test_every_method_of_register_is_explained() -> None:
    """Each stands in the table of the tutorial, and in the reference with its signature."""
    methods = [name for name in vars(interfaces.Register) if not name.startswith("_")]
    assert [name for name in methods if f"| `register.{name}(" not in TUTORIAL] == []
    assert [name for name in methods if f"`def {name}(" not in REFERENCE] == []


@pytest.mark.parametrize("name", [*breakd.__all__, *testing.__all__])
def test_every_name_is_in_the_reference(name: str) -> None:
    """Whatever can be imported has a heading in the reference, and something below it."""
    found = re.search(rf"^### `{name}`\n\n(\S)", REFERENCE, re.MULTILINE)
    assert found or name == "Register"
    thing = getattr(testing if name in testing.__all__ else breakd, name)
    assert thing.__doc__ or not inspect.isclass(thing)


@pytest.mark.parametrize("name", testing.__all__)
def test_every_part_of_the_kit_is_in_the_tutorial_or_reference(name: str) -> None:
    """The tutorial tells what the functions of the kit are for."""
    function = name[0].islower() and name != "in_made_up_time"
    assert not function or f"`{name}" in TUTORIAL


def commands() -> Iterator[tuple[str, click.Command]]:
    """All that has to do with plugins, with its words."""
    for path, command in (("plugins", plugins.COMMANDS["plugins"]), ("import", importing.COMMANDS["import"])):
        yield path, command
        if isinstance(command, click.Group):
            yield from ((f"{path} {name}", each) for name, each in command.commands.items())


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_is_explained(path: str, command: click.Command) -> None:
    """Each has help, a section in the reference with every option, and a word in the tutorial."""
    assert path.split(maxsplit=1)[0] in COMMANDS
    assert command.help
    section = REFERENCE.partition(f"### `breakd {path}")[2].partition("\n### ")[0]
    options = [option for each in command.params if isinstance(each, click.Option) for option in each.opts]
    assert section
    assert [option for option in options if option not in section] == []
    assert f"breakd {path}" in TUTORIAL
