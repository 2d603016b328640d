"""What `breakd service install` writes: whole, quoted, recognized again, and in the form each system documents."""

from __future__ import annotations

import configparser
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from breakd.service import desktop
from breakd.service.autostart import Autostart
from breakd.service.command import breakd, check_lasting
from breakd.service.installing import data
from breakd.service.launchd import Launchd
from breakd.service.problems import Misused, ServiceError
from breakd.service.systemd import Systemd, exec_start, started_by, unit_quoted
from breakd.service.windows import Task, windowless
from breakd.service.written import File, marked
from tests.shell.daemon_parts import wait_for

ODD = ["/plain/python3.11", "/with blank/python", '/quo"te\\back', "/per%cent/$HOME", "/naïve/`x`/'y'", "-m"]
KINDS = [Systemd(), Autostart(), Launchd(), Task()]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in which nothing is written yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CURRENT_DESKTOP", *desktop.SIGNS):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_command_survives(tmp_path: Path) -> None:
    """The interpreter by its own name, links not followed, safe from modules in the home folder."""
    assert breakd("run") == (sys.executable, "-P", "-m", "breakd", "run")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    done = subprocess.run([*breakd("--version")], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "path",
    [
        "/home/a/.cache/uv/archive-v0/x1/bin/python",
        "/mnt/cache/builds-v0/.tmpX/bin/python",
        "/home/a/.local/share/pipx/.cache/ab12/bin/python",
        "/home/a/.cache/pipx/ab12/bin/python",
        "python",
        "",
    ],
)
def test_a_fleeting_environment_is_refused(path: str) -> None:
    """`uvx breakd` and `pipx run breakd` leave nothing that a service could start tomorrow."""
    with pytest.raises(Misused):
        check_lasting(path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    "path", ["/home/new\nline/bin/python", "/home/return\r/bin/python", "/home/caf\udce9/bin/python"]
)
def test_what_no_file_can_say_is_refused(path: str, kind: Systemd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line breaks, and bytes that are no UTF-8: installing says so, and all else that looks at the files works."""
    with pytest.raises(Misused, match="install breakd into a folder of another name"):
        check_lasting(path)
    monkeypatch.setattr(sys, "executable", path)
    assert {file.condition for file in kind.files()} == {"missing"}


@pytest.mark.parametrize(
    "path",
    [
        "/usr/bin/python3",
        "/home/a/.local/share/pipx/venvs/breakd/bin/python",
        "/home/a/.local/share/uv/tools/breakd/bin/python3",
        "/home/a/uv/breakd/.venv/bin/python",
    ],
)
def test_lasting_environments_are_taken(path: str) -> None:
    """A system's Python, pipx, uv tool and venvs."""
    check_lasting(path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_placeholder_is_filled(kind: Systemd) -> None:
    """No @NAME@ is left, and every file has its mark."""
    for file in kind.files():
        assert re.findall(r"@[A-Z]+@", file.text) == []
        assert len(re.findall(r"As written: [0-9a-f]{16}\b", file.text)) == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_file_is_known_again(kind: Systemd) -> None:
    """Missing, as we would write it now, as we once wrote it, changed by a person, or not ours at all."""
    for file in kind.files():
        conditions = [file.condition]
        file.write()
        conditions.append(file.condition)
        older = File(file.path, marked("As written: @MARK@, by an older version"))
        older.write()
        conditions += [older.condition, file.condition]
        for text in (file.text.replace("breakd", "breakt", 1), "somebody else's", ""):
            File(file.path, text).write()
            conditions.append(file.condition)
        assert conditions == ["missing", "current", "current", "older", "edited", "edited", "edited"]
        assert (file.remove(), file.remove(), file.condition) == (True, False, "missing")


def test_what_cannot_be_written_is_said(home: Path) -> None:
    """Which file, why, and what works without it; no half file stays."""
    (home / ".config").write_text("in the way")
    with pytest.raises(ServiceError, match=r"autostart.*cannot be written.*breakd run"):
        desktop.autostart().write()
    assert [path.name for path in home.iterdir()] == [".config"]


@pytest.mark.parametrize("word", ODD)
def test_words_of_a_unit_come_out_the_same(word: str) -> None:
    """systemd reads what was meant, and so do we."""
    assert started_by(f"[Service]\nExecStart={unit_quoted(word)} -m breakd\n") == word.lstrip("-@:+!")


@pytest.mark.parametrize("path", ODD[:-1])
def test_a_unit_names_no_odd_program(path: str) -> None:
    """systemd refuses quotes and backslashes in a program's name, and looks for `$$`: env has no such rules."""
    line = exec_start([path, "-m", "breakd"])
    assert line.startswith("/usr/bin/env ") is any(char in path for char in "\"'\\$")
    assert started_by(f"ExecStart={line}\n") == path


def test_a_mask_is_left_alone(tmp_path: Path) -> None:
    """A link to /dev/null is how people say that there shall be no such file: it is nothing of ours to remove."""
    file = File(tmp_path / "breakd.service", "text")
    file.path.symlink_to("/dev/null")
    assert (file.condition, file.remove(), file.path.is_symlink()) == ("missing", False, True)


def test_a_link_to_itself_is_no_mask(tmp_path: Path) -> None:
    """It cannot be read, which is said as of any other file; it can be taken away."""
    file = File(tmp_path / "breakd.service", "text")
    file.path.symlink_to(file.path.name)
    with pytest.raises(ServiceError, match=r"breakd\.service: .*: make it readable for you"):
        file.found()
    assert (file.remove(), file.path.is_symlink()) == (True, False)


def test_what_is_deleted_is_told_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a runtime directory the folder of the run lies in that of the journal, and goes with it."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    state = home / ".local" / "state" / "breakd"
    (state / "run").mkdir(parents=True)
    assert [path for path, _ in data()] == [state]
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
    (home / "breakd").mkdir()
    assert [path for path, _ in data()] == [state, home / "breakd"]


def test_the_autostart_file_is_a_desktop_entry() -> None:
    """The keys that the specification demands; systemd and GNOME are told to leave it to the unit."""
    entry = configparser.RawConfigParser()
    entry.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    entry.read_string(desktop.autostart().text)
    found = dict(entry["Desktop Entry"])
    assert {"Type": "Application", "Name": "breakd", "X-systemd-skip": "true"}.items() <= found.items()
    assert shlex.split(found["Exec"]) == list(breakd("service", "start", "--session"))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("/usr/bin/python3", "/usr/bin/python3"),
        ("/with blank/python", '"/with blank/python"'),
        ("/a$b`c", '"/a\\\\$b\\\\`c"'),
        ("/per%cent", '"/per%%cent"'),
    ],
)
def test_words_of_exec_are_quoted_twice(word: str, expected: str) -> None:
    """By the rules of Exec=, then by those of every string in the file."""
    assert desktop.desktop_quoted(word) == expected


def test_a_percent_in_a_program_is_no_riddle() -> None:
    """GLib does not load an entry whose program is not there as it is written, which is with two of them."""
    assert desktop.exec_line(["/a%b/python", "-m"]) == '/usr/bin/env "/a%%b/python" -m'
    assert desktop.exec_line(["/a b/python", "-m"]) == '"/a b/python" -m'


@pytest.mark.parametrize(
    "name", ["with blank", "a%h", "$HOME", 'q"x', "it's", "back\\slash", "`id`", "%%f", "~", "a=b"]
)
def test_desktops_start_what_is_meant(tmp_path: Path, name: str) -> None:
    """An entry as GLib reads it, which most desktops do, starts the program that it names, whatever that is called."""
    if not shutil.which("gio"):
        pytest.skip("not installed: gio, of GLib")
    program, said = tmp_path / name / "program", tmp_path / "said"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s %s" "$0" "$1" >{said}.new && mv {said}.new {said}\n')
    program.chmod(0o755)
    entry = tmp_path / "x.desktop"
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec={desktop.exec_line([str(program), '-m'])}\n")
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    done = subprocess.run(["gio", "launch", str(entry)], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    wait_for(lambda: "the program", said.exists)
    assert said.read_text() == f"{program} -m"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CURRENT_DESKTOP": "GNOME"}, ""),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, ""),
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, ""),
        ({"XDG_CURRENT_DESKTOP": "sway"}, "exec PY"),
        ({"SWAYSOCK": "/run/x"}, "exec PY"),
        ({"XDG_CURRENT_DESKTOP": "i3"}, "exec --no-startup-id PY"),
        ({"XDG_CURRENT_DESKTOP": "Hyprland"}, "exec-once = PY"),
        ({"XDG_CURRENT_DESKTOP": "niri"}, 'spawn-at-startup "PY"'),
        ({"XDG_CURRENT_DESKTOP": "labwc:wlroots"}, "PY"),
        ({}, "exec PY"),
    ],
)
def test_who_starts_nothing_is_told_how(environ: dict[str, str], expected: str) -> None:
    """Desktops that read autostart files need no line; compositors that do not get theirs, as they write it."""
    lines = desktop.by_hand(environ)
    assert len(lines) == (2 if expected else 0)
    assert lines[1:] == [] or lines[1].strip().startswith(expected.replace("PY", sys.executable))


@pytest.mark.parametrize("extra", [{}, {"SSH_CONNECTION": "1"}])
def test_only_a_session_with_a_screen_here_is_told(extra: dict[str, str]) -> None:
    """Over SSH the screen is another machine's; without one there is nothing to tell."""
    here = {"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "sway", "SECRET": "x", "XAUTHORITY": ""}
    told = desktop.session({**here, **extra})
    assert told == ({} if extra else {"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "sway"})
    assert desktop.session({"XDG_CURRENT_DESKTOP": "sway"}) == {}


# launchd.plist(5): the keys used, and the type of each.
AGENT = {
    "Label": str,
    "ProgramArguments": list,
    "RunAtLoad": bool,
    "KeepAlive": dict,
    "ThrottleInterval": int,
    "LimitLoadToSessionType": str,
    "ProcessType": str,
    "Umask": int,
    "StandardOutPath": str,
    "StandardErrorPath": str,
}


def test_the_agent_is_what_launchd_documents() -> None:
    """A property list in which every key is documented and has the documented type."""
    (file,) = Launchd().files()
    found = plistlib.loads(file.text.encode())
    assert {key: type(value) for key, value in found.items()} == AGENT
    assert (found["Label"], file.path.stem) == ("org.breakd", "org.breakd")
    assert found["ProgramArguments"] == list(breakd("run"))
    assert (found["KeepAlive"], found["Umask"]) == ({"SuccessfulExit": False}, 0o077)


# [MS-TSCH] 2.5: the elements used, each with its children in the order of the schema.
SCHEMA = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "RegistrationInfo": ["Description", "URI"],
    "Triggers": ["LogonTrigger"],
    "LogonTrigger": ["Enabled", "UserId"],
    "Principals": ["Principal"],
    "Principal": ["UserId", "LogonType", "RunLevel"],
    "Settings": [
        "MultipleInstancesPolicy",
        "DisallowStartIfOnBatteries",
        "StopIfGoingOnBatteries",
        "AllowHardTerminate",
        "ExecutionTimeLimit",
        "RestartOnFailure",
    ],
    "RestartOnFailure": ["Interval", "Count"],
    "Actions": ["Exec"],
    "Exec": ["Command", "Arguments"],
}
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def test_the_task_is_what_windows_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Well-formed UTF-16, every element known and in its order, whatever the person is called."""
    monkeypatch.setenv("USERNAME", "a<b&c")
    monkeypatch.setenv("LOGNAME", "a<b&c")
    (file,) = Task().files()
    file.write()
    data = file.path.read_bytes()
    assert data[:2] in (b"\xff\xfe", b"\xfe\xff")
    root = ElementTree.fromstring(data)
    found = {one.tag.removeprefix(SPACE): [child.tag.removeprefix(SPACE) for child in one] for one in root.iter()}
    assert {name: children for name, children in found.items() if children} == SCHEMA
    assert {one.text for one in root.iter(f"{SPACE}UserId")} == {"a<b&c"}
    assert [one.text for one in root.iter(f"{SPACE}Arguments")] == ["-P -m breakd run"]


def test_windows_opens_no_window() -> None:
    """python.exe has a sibling without console; anything else is left as it is."""
    assert windowless(r"C:\Program Files\Python\python.exe") == r"C:\Program Files\Python\pythonw.exe"
    assert windowless("/usr/bin/python3") == "/usr/bin/python3"
