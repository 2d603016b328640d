"""`breakd plugins new`: a working plugin of any kind, as a single file or as a project with a test that passes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from breakd.cli.client import Failure, WrongUse
from breakd.cli.plugin_hosts import known
from breakd.plugin.files import check_name
from breakd.plugin.loaded import Failed
from breakd.settings.paths import plugin_folder, shipped

KINDS = ("routines", "source", "notifier", "guide", "observer", "adviser", "importer", "subcommand")
SHOWN = ("routines", "notifier", "guide", "observer", "adviser")  # a demo shows what these do


def as_file(name: str, kind: str) -> Iterator[str]:
    """Write it into the person's folder of plugins; lines that say what to do next. Raises Failure."""
    _check(name)
    folder = plugin_folder()
    file = folder / f"{name}.py"
    files = {file: _template(f"{kind}.py", name)}
    if kind == "routines":
        files[folder / f"{name}.toml"] = _template("routines.toml", name)
    _write(files)
    yield f"written: {', '.join(str(path) for path in files)}"
    if kind in SHOWN:
        yield f"  see it at once       breakd demo --plugin {file}"
    if kind == "importer":
        yield f"  try it               breakd import {name} FILE --dry-run"
    if kind == "subcommand":
        yield f"  try it               breakd {name}"
    yield f"  what is asked of it  breakd plugins check {file}"
    yield f"  how it does          breakd plugins info {name}"
    yield "a running daemon takes it up when it is saved; docs: docs/plugins.md"


def as_package(name: str, kind: str) -> Iterator[str]:
    """Write a project into the present folder; lines that say what to do next. Raises Failure."""
    _check(name)
    folder, package = Path.cwd() / f"breakd-{name}", f"breakd_{name}"
    what = f"Routines ({name})" if kind == "routines" else f"A {kind} ({name})"
    files = {
        folder / "pyproject.toml": _template("package/pyproject.toml", name).replace("KIND", what),
        folder / "README.md": _template("package/README.md", name).replace("KIND", what),
        folder / package / "__init__.py": _template(f"{kind}.py", name),
        folder / package / "py.typed": "",
        folder / "tests" / f"test_{name}.py": _template(f"tests/{kind}.py", name),
    }
    if kind == "routines":
        files[folder / package / f"{name}.toml"] = _template("routines.toml", name)
    _write(files)
    yield f"written: {folder}, {len(files)} files"
    yield f"  install it where breakd is  cd {folder.name} && pip install -e '.[test]'"
    yield "  test it                     pytest"
    yield "  what is asked of it         breakd plugins check ."
    yield "  before it is published      choose a license, and say it in pyproject.toml"


def _check(name: str) -> None:
    try:
        check_name(name)
    except Failed as error:
        raise WrongUse(str(error)) from None
    if name in known():
        raise Failure(f"there is a plugin {name} already; `breakd plugins info {name}` tells where it is from")


def _template(file: str, name: str) -> str:
    """A template with the name in place of `example`."""
    text = (shipped() / "plugins" / file).read_text(encoding="utf-8")
    return re.sub(
        "example|Example", lambda found: name if found[0] == "example" else name.title().replace("_", ""), text
    )


def _write(files: dict[Path, str]) -> None:
    """Write all, and nothing over what is there. Raises Failure."""
    for path in files:
        if path.exists():
            raise Failure(f"{path}: it is there already, and was left alone")
    try:
        for path, text in files.items():
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as out:
                out.write(text)
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from None
