"""`breakd plugins` and `breakd import` as a person uses them: new, list, info, check, trace, enable, disable, demo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.cli.plugin_new import KINDS
from tests.shell.daemon_parts import Home, new_home, wait_for

NIGHTS = "2026-03-01T23:10+01:00,2026-03-02T06:40+01:00\n2026-03-02T23:10+01:00,2026-03-03T06:40+01:00\n"


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs."""
    with new_home() as one:
        yield one


def said(home: Home, *words: str, code: int = 0) -> str:
    """What a command says; its exit code is as told."""
    found = home.breakd(*words)
    assert found.returncode == code, found
    return found.stderr if code else found.stdout


def new(home: Home, name: str, kind: str) -> Path:
    """A plugin that is a new file."""
    said(home, "plugins", "new", name, "--kind", kind)
    file = home.settings.parent / "plugins" / f"{name}.py"
    assert file.is_file()
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_file_works_at_once(home: Home, kind: str) -> None:
    """Each kind begins as a file that loads, keeps its contract, and is explained by `info`."""
    file = new(home, "neck", kind)
    findings = json.loads(said(home, "plugins", "check", str(file), "--json"))
    assert findings["ok"]
    assert "missing" not in {finding["verdict"] for finding in findings["findings"]}
    about = json.loads(said(home, "plugins", "info", "neck", "--json"))
    offered = {thing["kind"] for thing in about["things"]} | ({"routines"} if about["routines"] else set())
    assert (about["state"], offered) == ("ok", {kind})
    assert file.stat().st_mode & 0o022 == 0
    assert "example" not in file.read_text().lower()


def test_nothing_is_written_over(home: Home) -> None:
    """A name that is taken, a name that cannot be one, a kind that there is not: said, and nothing is touched."""
    file = new(home, "neck", "guide")
    file.write_text("mine")
    assert "there is a plugin neck already" in said(home, "plugins", "new", "neck", code=1)
    assert "there is a plugin walking already" in said(home, "plugins", "new", "walking", code=1)
    assert "lower-case letters, digits and _" in said(home, "plugins", "new", "My-Plugin", code=2)
    assert "'souce' is not one of" in said(home, "plugins", "new", "other", "--kind", "souce", code=2)
    assert file.read_text() == "mine"


def test_the_demo_shows_it(home: Home) -> None:
    """`breakd demo --plugin` shows a plugin's routines in every break, and says how it did."""
    file = new(home, "neck", "routines")
    text = said(home, "demo", "--seconds", "0", "--no-notifications", "--plugin", str(file))
    assert set(re.findall(r"prompt \w+: [\w ]+, ([\w ]+?)(?: \(|,)", text)) == {"Look around"}
    assert "Plugin neck: ok, 0 calls, 1 routine" in text
    file.write_text("import nothing_there\n")
    refused = said(home, "demo", "--seconds", "0", "--plugin", str(file), code=1)
    assert refused == f"breakd: {file}: failed: ModuleNotFoundError: No module named 'nothing_there' (neck.py:1)\n"
    gone = file.with_name("gone.py")
    assert said(home, "demo", "--plugin", str(gone), code=1) == f"breakd: {gone}: no such file\n"


def test_list_and_info_without_a_daemon(home: Home) -> None:
    """The table says what each plugin offers, where it is from and why it fails; settings are told with their keys."""
    file = new(home, "desk", "source")
    home.configure("[plugins.desk]\nstanding = 100.0\n")
    (file.parent / "bad.py").write_text("1 / 0\n")
    text = said(home, "plugins", "list")
    assert re.search(r"^desk +ok +source +~?\S*/plugins/desk\.py", text, re.MULTILINE)
    assert re.search(r"^walking +ok +\d+ routines +breakd ", text, re.MULTILINE)
    assert "bad: ZeroDivisionError: division by zero (bad.py:1)" in text
    assert "no daemon is running: this is how they load here" in text
    about = said(home, "plugins", "info", "desk")
    assert re.search(r"^standing +float +95\.0 +100\.0$", about, re.MULTILINE)
    assert "did you mean desk?" in said(home, "plugins", "info", "desc", code=1)


def test_check_finds_what_is_wrong(home: Home) -> None:
    """A plugin that breaks its contract, cannot be imported, or shadows a command of breakd's own: exit code 1."""
    file = home.folder / "status.py"
    file.write_text(
        "def breakd_register(register):\n"
        "    import click\n"
        "    register.subcommand(lambda: click.Command('status', help='Mine.'))\n"
        "    register.observer(lambda records: 3)\n"
    )
    file.chmod(0o666)  # who names a file wants it run
    found = home.breakd("plugins", "check", str(file))
    assert found.returncode == 1
    assert "`breakd status` is a command of breakd's own" in found.stdout
    assert "returned 3, expected nothing" in found.stdout
    assert "the module has no docstring" in found.stdout
    file.write_text("import nothing_there\n")
    assert "No module named 'nothing_there' (status.py:1)" in home.breakd("plugins", "check", str(file)).stdout
    assert "there is no plugin 'nothing'" in said(home, "plugins", "check", "nothing", code=1)


def test_switching_off_and_on(home: Home) -> None:
    """Without a daemon it counts from the next start; what the settings switch off is told with its line."""
    new(home, "neck", "guide")
    assert said(home, "plugins", "disable", "neck") == "neck: off from the next start\n"
    assert "switched off by `breakd plugins disable`" in said(home, "plugins", "list")
    assert said(home, "plugins", "enable", "neck") == "neck: on from the next start\n"
    file = home.configure("[plugins.neck]\nenabled = false\n")
    refused = said(home, "plugins", "enable", "neck", code=1)
    assert refused.startswith(f"breakd: your settings switch neck off: {file}:2")


def test_commands_of_plugins(home: Home) -> None:
    """`breakd NAME` is the plugin's; the help lists it; a name that is nobody's is refused as before."""
    new(home, "greet", "subcommand")
    assert said(home, "greet", "Ada") == "Sit up, Ada!\n"
    assert re.search(r"Commands of plugins:\n +greet +Say something to NAME\.", said(home, "--help"))
    assert "there is no command 'great'" in said(home, "great", code=2)


def test_an_import_is_whole_and_counts_once(home: Home) -> None:
    """A dry run changes nothing; a wrong line takes nothing over; what is known is left out."""
    new(home, "nights", "importer")
    file = home.folder / "nights.csv"
    file.write_text(NIGHTS)
    assert "no daemon is running" in said(home, "import", "nights", str(file), code=3)
    assert "a dry run" in said(home, "import", "nights", str(file), "--dry-run")
    daemon = home.quick().introduced()
    file.write_text(NIGHTS + "yesterday\n")
    assert f"{file}:3: Invalid isoformat string" in said(home, "import", "nights", str(file), code=1)
    assert home.journalled(event="slept") == []
    file.write_text(NIGHTS)
    assert said(home, "import", "nights", str(file)).endswith("2 taken over, 0 known before\n")
    found = json.loads(said(home, "import", "nights", str(file), "--json"))
    assert (found["read"], found["new"], found["known"]) == ({"sleep": 2}, 0, {"known before": 2})
    assert [line["from"] for line in home.journalled(event="slept", source="nights")] == [
        "2026-03-01T22:10:00.000+00:00",
        "2026-03-02T22:10:00.000+00:00",
    ]
    assert not list(home.socket.parent.glob("import-*"))
    assert daemon.end() == 0
    assert home.breakd("journal", "verify").returncode == 0


def test_trace_and_advice_in_a_daemon(home: Home) -> None:
    """An adviser is asked before a break, its answer is journalled and counts; each call is in the trace."""
    file = home.settings.parent / "plugins" / "calm.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "from breakd import Advice, Routine, Step\n\n"
        "ROUTINE = Routine(id='sit', title='Sit', kind='calm', steps=(Step('Breathe', 20),))\n\n"
        "def breakd_register(register):\n"
        "    register.adviser(lambda context: [*[Advice(kind, 0) for kind in KINDS], ROUTINE])\n\n"
        "KINDS = ('walking', 'stretching', 'posture', 'strength', 'mobility')\n"
    )
    file.chmod(0o644)
    daemon = home.quick().introduced()
    daemon.tell("active")
    wait_for(lambda: f"the prompt; it said: {daemon.err}", home.shown)
    gathered = home.journalled(event="gathered")
    assert gathered[0]["advice"][0]["tag"] == "mobility"
    assert gathered[0]["routines"][0]["id"] == "calm.sit"
    trace = said(home, "plugins", "trace")
    assert re.search(r"^at the start +\d+\.\d{3} s  hook calm: ok$", trace, re.MULTILINE)
    assert re.search(r"^\d\d:\d\d:\d\d\.\d{3} +\d+\.\d{3} s  adviser calm: <lambda>: ok$", trace, re.MULTILINE)
    assert all(json.loads(line)["thing"] for line in said(home, "plugins", "trace", "--json").splitlines())
    assert daemon.end() == 0
    assert home.breakd("journal", "verify").returncode == 0


def test_commands_remember_nothing(home: Home) -> None:
    """A hook that hangs in a command is given up on there; only what held the daemon's loop stays off."""
    file = new(home, "slow", "importer")
    file.write_text(
        "from dataclasses import dataclass, field\n\n\n"
        "@dataclass\nclass Settings:\n    names: list[str] = field(default_factory=lambda: ['x'])\n\n\n"
        "def breakd_register(register):\n"
        "    register.settings(Settings)\n\n"
        "    @register.importer\n"
        "    async def busy(path, emit):\n"
        "        import time\n\n"
        "        time.sleep(2.5)\n"
        "        raise ValueError('read to the end')\n"
    )
    assert "read to the end" in said(home, "import", "slow", str(file), "--dry-run", code=1)
    assert json.loads(said(home, "plugins", "list", "--json"))["plugins"]["slow"]["state"] == "ok"
    assert re.search(r'^names +list\[str\] +\["x"\]$', said(home, "plugins", "info", "slow"), re.MULTILINE)
    assert not (home.state / "plugins.json").exists()
