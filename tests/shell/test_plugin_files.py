"""Plugins that are single files in the person's folder: found by name, refused where others could have written them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from breakd.plugin.files import PREFIX
from breakd.settings.routines import load_routines
from tests.shell.host_parts import House, states

HOOK = """
from dataclasses import dataclass
from breakd import Register

@dataclass
class Settings:
    reps: "int" = 3

def breakd_register(register: Register) -> None:
    register.settings(Settings)
    register.observer(lambda records: None)
"""


def house(folder: Path, **more: object) -> House:
    """A house that looks into this folder, and nowhere else."""
    made = House(folder=folder, load_routines=load_routines, **more)  # type: ignore[arg-type]
    made.host.load(only=[path.stem for path in folder.glob("*.py")])
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of plugins, as the person's alone."""
    made = tmp_path / "plugins"
    made.mkdir(mode=0o755)
    return made


def write(folder: Path, name: str, text: str = HOOK) -> Path:
    """A file that only its owner can write."""
    file = folder / name
    file.write_text(text)
    file.chmod(0o644)
    return file


def test_a_file_is_a_plugin(folder: Path) -> None:
    """The name of the file is the name of the plugin; its routines lie beside it; its origin is its path."""
    write(folder, "neck.py", 'def breakd_register(register):\n    register.routine_file("neck.toml")\n')
    write(folder, "neck.toml", '[[routine]]\nid = "turn"\ntitle = "Turn"\nsteps = [{ text = "Turn", seconds = 9 }]\n')
    found = house(folder).host
    assert [routine.id for routine in found.routines] == ["neck.turn"]
    assert found.plugins["neck"].origin == str(folder / "neck.py")


def test_it_has_settings_and_hides_no_module(folder: Path) -> None:
    """A dataclass with written-out types works; `json.py` is not taken for the `json` that others import."""
    write(folder, "json.py")
    found = house(folder, tables={"json": {"reps": 5}})
    assert states(found.host, ["json"]) == {"json": "ok"}
    assert "plugins" not in str(sys.modules["json"].__file__)
    assert PREFIX + "json" in sys.modules


@pytest.mark.skipif(os.name != "posix", reason="the mode says nothing here")
@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_others_can_write_is_not_run(folder: Path, which: str) -> None:
    """Whoever can write the file, or put another in its place, could run code as the person: it is not imported."""
    file = write(folder, "neck.py", "raise SystemExit('it was run')")
    place = {"file": file, "folder": folder}[which]
    place.chmod(0o777)
    found = house(folder)
    assert states(found.host, ["neck"]) == {"neck": "failed"}
    assert f"others can write to {place}, so it is not run: chmod go-w {place}" in found.said[0]


def test_a_mistake_in_a_file_has_its_line(folder: Path) -> None:
    """A file that cannot be imported costs itself only, and the line is told."""
    write(folder, "bad.py", "import breakd\n\n1 / 0\n")
    write(folder, "good.py")
    found = house(folder)
    assert states(found.host) == {"bad": "failed", "good": "ok"}
    assert found.said[0].endswith("failed: ZeroDivisionError: division by zero (bad.py:3)")


def test_names(folder: Path) -> None:
    """Files with a leading _ or . are nobody's plugins; a name no table could have is refused, and so is a clash."""
    for name in ("_parts.py", ".hidden.py", "Big-Name.py", "walking.py"):
        write(folder, name)
    found = House(folder=folder, load_routines=load_routines)
    found.host.load(only=["_parts", ".hidden", "Big-Name", "walking"])
    assert found.host.plugins["Big-Name"].state == "failed"
    assert "lower-case letters, digits and _" in found.host.plugins["Big-Name"].reason
    walking = found.host.plugins["walking"]
    assert (walking.state, walking.origin) == ("ok", "breakd")
    assert f"a second plugin of this name was not loaded: {folder / 'walking.py'}" in walking.reason
    assert {"_parts", ".hidden"} & set(found.host.plugins) == set()


def test_what_is_cached_is_of_the_very_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two texts of one size, saved in one second, are told apart; a damaged or foreign cache is not run."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    hook = "def breakd_register(register):\n    register.{}(lambda it: None)\n"
    file = folder / "neck.py"
    for kind in ("source", "guide ", "guide ", "source"):
        write(folder, "neck.py", hook.format(kind))
        os.utime(file, (1, 1))
        plugin = house(folder).host.plugins["neck"]
        assert [thing.kind for thing in plugin.things] == [kind.strip()]
    (cached,) = (folder / "__pycache__").iterdir()
    good = cached.read_bytes()
    for data in (b"", good[:-9], b"nonsense" * 9):
        cached.write_bytes(data)
        assert states(house(folder).host) == {"neck": "ok"}
    cached.write_bytes(good.replace(b"source", b"guide "))
    cached.chmod(0o666)
    assert [thing.kind for thing in house(folder).host.plugins["neck"].things] == ["source"]


def test_no_folder_no_plugins(tmp_path: Path) -> None:
    """A folder that is not there, or is a file, is nothing to speak of."""
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "none", tmp_path / "file"):
        found = House(folder=folder)
        found.host.load(only=())
        assert (list(found.said), found.host.plugins) == ([], {})
