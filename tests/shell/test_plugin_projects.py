"""Projects of `breakd plugins new --package`: built, installed where breakd is, tested, and run by a real daemon."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.cli.plugin_new import KINDS
from tests.shell.daemon_parts import ROOT, Home, new_home
from tests.thorough import THOROUGH

pytest.importorskip("hatchling", reason="what builds the projects: pip install -e '.[test]'")
PATIENCE = 120.0  # seconds
# One with a file beside its code, one that this machine lacks: the projects differ in nothing but their module.
SOME = KINDS if THOROUGH else ("routines", "source")


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[tuple[Home, Path, Path]]:
    """A home, the Python of a new environment that has breakd, and a folder with a project of each kind in it."""
    folder = tmp_path
    environment = folder / "venv"
    venv.create(environment, symlinks=os.name == "posix")
    python = environment / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # What this environment has, breakd too, so that nothing is to be fetched from an index.
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT), str(ROOT / "plugins")}
    Path(where.stdout.strip(), "ours.pth").write_text("\n".join(sorted(ours)) + "\n")
    with new_home() as home:
        home.env.pop("PYTHONPATH")
        for kind in SOME:
            begin = [str(python), "-m", "breakd", "plugins", "new", f"my_{kind}", "--kind", kind, "--package"]
            subprocess.run(begin, cwd=folder, env=home.env, check=True, capture_output=True, timeout=PATIENCE)
        every = [str(folder / f"breakd-my_{kind}") for kind in SOME]
        install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", *every]
        subprocess.run(install, cwd=folder, check=True, timeout=PATIENCE)
        yield home, python, folder


def run(home: Home, python: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the new environment to its end."""
    command = [str(python), "-m", *words]
    return subprocess.run(command, cwd=cwd, env=home.env, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.thorough
def test_they_work(projects: tuple[Home, Path, Path]) -> None:
    """One test, since it takes long to build and install them all."""
    their_own_tests_pass(*projects)
    for kind in SOME:
        nothing_is_missing_but_the_license(*projects, kind)
    a_real_daemon_loads_them_all(*projects)
    the_wheel_has_all_that_it_needs(*projects)


def their_own_tests_pass(home: Home, python: Path, folder: Path) -> None:
    """As generated, warnings being errors; one process for all, since it is their content that is tested."""
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio", "--import-mode=importlib")
    found = run(home, python, folder, "pytest", *options, *(f"breakd-my_{kind}" for kind in SOME))
    assert found.returncode == 0, found.stdout
    passed = re.search(r"(\d+) passed", found.stdout)
    assert passed and int(passed[1]) >= len(SOME)


def nothing_is_missing_but_the_license(home: Home, python: Path, folder: Path, kind: str) -> None:
    """So finds `breakd plugins check` in each project."""
    project = folder / f"breakd-my_{kind}"
    checked = run(home, python, project, "breakd", "plugins", "check", ".", "--json")
    findings = json.loads(checked.stdout)["findings"]
    wrong = [each for each in findings if each["verdict"] in ("failed", "missing")]
    assert [each["rule"] for each in wrong] == ["[project] license"], checked.stderr
    about = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    assert (about["name"], about["dependencies"]) == (f"breakd-my_{kind}", ["breakd"])


def a_real_daemon_loads_them_all(home: Home, python: Path, folder: Path) -> None:
    """Installed beside breakd, every one is found by its entry point and does what it can on this machine."""
    daemon = home.begin(command=[str(python), "-m", "breakd", "run"])
    daemon.introduced()
    plugins = daemon.status["plugins"]
    states = {kind: plugins[f"my_{kind}"]["state"] for kind in SOME}
    assert states == {kind: "unavailable" if kind == "source" else "ok" for kind in SOME}
    assert {plugins[f"my_{kind}"]["origin"] for kind in SOME} == {f"breakd-my_{kind}" for kind in SOME}
    assert daemon.end() == 0


def the_wheel_has_all_that_it_needs(home: Home, python: Path, folder: Path) -> None:
    """What was installed is the built wheel: the module, its routines, its mark of types."""
    script = "import breakd_my_routines as it, os; print(*os.listdir(os.path.dirname(it.__file__)))"
    found = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    assert {"__init__.py", "my_routines.toml", "py.typed"} <= set(found.stdout.split())
