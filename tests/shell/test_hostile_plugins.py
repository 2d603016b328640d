"""A daemon full of hostile plugins: it decides the same, shows the same, names each of them, and ends when told to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.shell.daemon_parts import Daemon, Facts, Home, new_home, wait_for

HOSTILE = Path(__file__).parent / "hostile"
PLAY = ("active", "idle", "active")  # input until the prompt, rest until the break is done, input again


@pytest.fixture
def homes() -> Iterator[tuple[Home, Home]]:
    """Two homes: one in peace, one with every hostile plugin in its folder."""
    with new_home() as peace, new_home() as war:
        folder = war.settings.parent / "plugins"
        shutil.copytree(HOSTILE, folder, ignore=shutil.ignore_patterns("__*"))
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield peace, war


def play(home: Home, daemon: Daemon) -> list[Facts]:
    """A prompt that is answered by rest, then another; what was decided, with seconds since the input before."""
    daemon.tell("active")
    wait_for(lambda: f"the prompt; it said: {daemon.err}", home.shown)
    daemon.until("shown")
    daemon.tell("idle")
    daemon.until(None)
    daemon.tell("active")
    daemon.until("shown")
    return decided(home)


def decided(home: Home) -> list[Facts]:
    """Each prompt with how long it came after the input that it counts from."""
    found, since = [], datetime.now().astimezone()
    for line in home.journalled():
        if line.get("event") == "active" and line.get("source") == "remote":
            since = datetime.fromisoformat(line["at"])
        elif line.get("did") == "prompt":
            took = (datetime.fromisoformat(line["at"]) - since).total_seconds()
            found.append({"break": line["break"], "attempt": line["attempt"], "after_s": took})
    return found


def test_prompts_come_at_the_same_times(homes: tuple[Home, Home]) -> None:
    """Whatever plugins do, the same prompts are decided on at the same moments, to the ms, and are shown."""
    peace, war = homes
    daemon = war.quick()  # whose notifier that hangs has three notes of an earlier life to take away, 5 s each
    in_peace = play(peace, peace.quick().introduced())
    daemon.introduced()
    wait_for(lambda: f"the hog to be thrown out; it said: {daemon.out}", lambda: "hogs: off" in daemon.out)
    assert play(war, daemon) == in_peace
    assert [note["title"] for note in war.shown()] == [note["title"] for note in peace.shown()]

    plugins = daemon.status["plugins"]
    for name, words in EXPECTED.items():
        assert all(word in f"{plugins[name]['state']}: {plugins[name]['reason']}" for word in words), plugins[name]
    assert plugins["raises"]["failures"] > 0
    told = war.breakd("status").stdout
    assert "plugin hogs: off: source hogs: it held the event loop for 2 s at hogs.py:" in told
    assert "plugin raises: failed: " in told
    assert "moves" in daemon.out
    assert "that was put back" in daemon.out
    assert "it prints more than 64 KiB a minute" in daemon.out
    assert len(daemon.out) < 1_000_000
    assert daemon.end() == 0

    again = war.quick().introduced()
    assert again.status["plugins"]["hogs"]["state"] == "off"
    assert war.breakd("plugins", "enable", "hogs").returncode == 0
    wait_for(lambda: "the hog to be let in, and thrown out again", lambda: again.out.count("hogs: off") == 1)
    assert again.end() == 0


EXPECTED = {
    "exits": ("failed", "sys.exit"),
    "exits_at_once": ("failed", "SystemExit: 5"),
    "floods": ("failed", "more than 50 events in 1 s"),
    "hogs": ("off", "it held the event loop for 2 s at hogs.py:"),
    "no_import": ("failed", "No module named 'a_module_that_nobody_has'", "no_import.py:3"),
    "raises": ("failed", "RuntimeError: as always (raises.py:6)"),
    "walking": ("ok", "a second plugin of this name was not loaded", "walking.py"),
    "wrong_types": ("failed", "emit does not take 'active'"),
    "wrong_version": ("failed", "made for generation 2 of the plugin interface, this breakd has 1"),
}


def test_every_hostile_plugin_does_what_it_says() -> None:
    """The set has each sin once, and each is a plugin that can be told by its docstring."""
    names = {path.stem for path in HOSTILE.glob("*.py")} - {"__init__"}
    assert names >= EXPECTED.keys()
    assert all((HOSTILE / f"{name}.py").read_text().startswith('"""') for name in names)


def test_a_plugin_that_is_saved_is_taken_up(homes: tuple[Home, Home]) -> None:
    """A running daemon takes up a new file, another version of it, and its end; a broken save changes nothing."""
    home, _ = homes
    folder = home.settings.parent / "plugins"
    folder.mkdir(parents=True)
    file = folder / "neck.py"
    daemon = home.quick().introduced()
    hook = "def breakd_register(register):\n    register.{}(lambda it: None)\n"

    def save(text: str) -> None:
        new = file.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.rename(file)

    def things() -> list[str]:
        found = daemon.status["plugins"].get("neck", {"things": []})
        return [thing["kind"] for thing in found["things"]]

    save(hook.format("observer"))
    wait_for(lambda: f"the observer; it said: {daemon.out}", lambda: things() == ["observer"])
    save(hook.format("guide"))
    wait_for(lambda: "the guide", lambda: things() == ["guide"])
    save("def breakd_register(register):\n    1 / 0\n")
    daemon.until_said("ZeroDivisionError: division by zero (neck.py:2); it goes on as it was", error=True)
    assert things() == ["guide"]
    found = home.breakd("plugins", "disable", "neck")
    assert found.stdout.startswith("neck: off: switched off by `breakd plugins disable`")
    assert json.loads(home.breakd("plugins", "list", "--json").stdout)["plugins"]["neck"]["state"] == "off"
    file.unlink()
    wait_for(lambda: "the end of it", lambda: "neck" not in daemon.status["plugins"])
