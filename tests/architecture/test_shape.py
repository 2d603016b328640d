"""Modules and functions stay small and say what they are for; what is committed stands on its own."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from shutil import which

import pytest

from tests.architecture.source import PACKAGE, PLUGINS, ROOT

SOURCE = [*PACKAGE, *PLUGINS]
LONGEST_MODULE = 400  # lines; 200 are better
LONGEST_FUNCTION = 60  # lines; 6 are better
# Written in halves, so that this file does not mention them itself.
MACHINE = re.compile("|".join(["/" + "work/", "/" + r"tmp/v\d", "/" + "root/", r"(?<!\w)\." + "library/"]))


def test_modules_are_short() -> None:
    """Nobody has to read more than 400 lines to know a module."""
    assert {str(module.path): module.lines for module in SOURCE if module.lines > LONGEST_MODULE} == {}


def test_functions_fit_on_a_page() -> None:
    """No function, public or not, is longer than 60 lines."""
    lengths = {
        f"{module.where(node)} {name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in SOURCE
        for name, node in module.functions()
    }
    assert {where: length for where, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is_for() -> None:
    """The first line of each module is one sentence on what it is for."""
    first = {str(module.path): (ast.get_docstring(module.tree) or "").partition("\n")[0] for module in SOURCE}
    assert [path for path, line in first.items() if not re.fullmatch(r"\S.*[.:`]", line)] == []


def test_whatever_is_public_is_explained() -> None:
    """Every public function, method and class has a docstring."""
    silent = [
        f"{module.where(node)} {name}"
        for module in SOURCE
        for name, node in module.public()
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_plugin_is_installed() -> None:
    """Each folder of plugins is in the wheel and has an entry point, and the other way round."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.name for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").is_file()}
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == {"breakd"} | {f"plugins/{name}" for name in folders}
    points = project["project"]["entry-points"]["breakd"]
    assert points == {name.removeprefix("breakd_"): name for name in folders}


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or which("git") is None, reason="no git checkout: nothing says what is committed"
)
def test_nothing_committed_names_a_machine() -> None:
    """The repository stands alone: no file mentions a path of the machine that it was written on."""
    # In a container the checkout may be somebody else's, which git otherwise refuses to read.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    assert len(files) > 50
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in files
        if path.is_file() and (match := MACHINE.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}
