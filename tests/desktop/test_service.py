"""`breakd service` under a real systemd: installed, ready, stopped, edited, masked, moved, uninstalled.

What takes a whole machine, such as logins and nights, is in `test_machine.py`.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import breakd
from tests.desktop.systemd_parts import Manager, manager

__all__ = ["manager"]
pytestmark = [pytest.mark.desktop, pytest.mark.namespaces]


def installed(manager: Manager, *options: str) -> None:
    """Install it, which has to go well."""
    done = manager.breakd("service", "install", *options)
    assert (done.returncode, done.stderr) == (0, "")


def status(manager: Manager, code: int = 0) -> Any:
    """What `service status --json` tells."""
    done = manager.breakd("service", "status", "--json")
    assert (done.returncode, done.stderr) == (code, "")
    return json.loads(done.stdout)


def texts(found: Any, *levels: str) -> list[str]:
    """The findings of these levels, each with what to do."""
    return [f"{one['text']} -> {one['todo']}" for one in found["findings"] if one["level"] in levels]


def test_installed_is_running_and_ready(manager: Manager) -> None:
    """Once `install` is done commands are answered, systemd knows what comes next, and it starts with the session."""
    installed(manager)
    answer = manager.breakd("status", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["version"]) == (0, breakd.__version__)
    found = status(manager)
    assert (found["kind"], found["enabled"], found["activity"]) == ("systemd", True, "running")
    assert (found["running_version"], found["says"].startswith("next: ")) == (breakd.__version__, True)
    assert texts(found, "warning", "failed") == []
    wants = manager.systemctl("show", "graphical-session.target", "--property=Wants", "--value")
    assert "breakd.service" in wants.split()


def test_systemd_has_nothing_to_say_about_the_unit(manager: Manager) -> None:
    """No unknown key, no bad value; and it holds what it promises: no new rights, a watchdog, a bound."""
    installed(manager)
    done = manager.run("systemd-analyze", "--user", "verify", str(manager.unit))
    assert (done.returncode, "breakd" in done.stdout + done.stderr) == (0, False)  # other units may have theirs
    expected = {
        "Type": "notify",
        "Restart": "on-failure",
        "NoNewPrivileges": "yes",
        "LockPersonality": "yes",
        "UMask": "0077",
        "WatchdogUSec": "15min",
        "MemoryMax": str(256 << 20),
    }
    assert {name: manager.shown(name) for name in expected} == expected


def test_installing_again_changes_nothing_but_the_process(manager: Manager) -> None:
    """It may be done any number of times; it restarts the daemon, as after an upgrade."""
    installed(manager)
    text, pid = manager.unit.read_text(), manager.shown("MainPID")
    installed(manager)
    assert manager.unit.read_text() == text
    assert manager.shown("MainPID") not in ("0", pid)


def test_stopped_it_stays_so(manager: Manager) -> None:
    """`stop` is no failure; `start` and `restart` lead back, each once it is ready."""
    installed(manager)
    assert manager.breakd("service", "stop").returncode == 0
    found = status(manager, code=3)
    assert texts(found, "warning", "failed") == ["not running: it was stopped -> `breakd service start`"]
    for command in ("start", "restart"):
        assert manager.breakd("service", command).returncode == 0
        assert manager.breakd("status").returncode == 0


def test_a_change_by_hand_is_not_overwritten(manager: Manager) -> None:
    """`install` says that it was, and how to keep it; with --force the old file stays beside."""
    installed(manager)
    mine = manager.unit.read_text().replace("TimeoutStopSec=10", "TimeoutStopSec=11")
    manager.unit.write_text(mine)
    done = manager.breakd("service", "install")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"{manager.unit}: changed by hand" in done.stderr
    assert manager.unit.read_text() == mine
    assert any("changed by hand" in text for text in texts(status(manager), "warning"))
    installed(manager, "--force")
    assert manager.unit.with_name("breakd.service.edited").read_text() == mine
    assert "TimeoutStopSec=10" in manager.unit.read_text()


def test_another_version_is_noticed(manager: Manager) -> None:
    """A daemon older than the program is told, and installing again sets it right."""
    old = manager.home.folder / "site" / "sitecustomize.py"
    old.write_text("import breakd\nbreakd.__version__ = '0.0.1'\n")
    installed(manager)
    old.unlink()
    shutil.rmtree(old.parent / "__pycache__", ignore_errors=True)
    (text,) = texts(status(manager), "warning")
    assert text.startswith(f"the running version is 0.0.1, the installed one {breakd.__version__} -> ")
    installed(manager)
    assert texts(status(manager), "warning", "failed") == []


def test_the_devices_of_the_machine_are_out_of_reach(manager: Manager) -> None:
    """Whatever root's manager starts in a test, none of it can take /dev/null away."""
    done = manager.run("touch", "/dev/breakd-test")
    assert (done.returncode, "Read-only file system" in done.stderr) == (1, True)
    assert manager.run("sh", "-c", "echo x >/dev/null").returncode == 0


def installed_from(manager: Manager, name: str) -> Path:
    """A venv of this name, with all that ours has, from which the service was installed."""
    venv = manager.home.folder / name
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (venv / "lib").symlink_to(Path(sys.prefix, "lib"))
    shutil.copy(Path(sys.prefix, "pyvenv.cfg"), venv)
    done = manager.run(str(venv / "bin" / "python"), "-m", "breakd", "service", "install")
    assert (done.returncode, done.stderr) == (0, "")
    return venv


def test_an_environment_that_moved_is_noticed(manager: Manager) -> None:
    """The unit names the interpreter of a venv, not what that leads to; when it is gone, that is said."""
    venv = installed_from(manager, "venv")
    assert f"ExecStart={venv}/bin/python -P -m breakd run\n" in manager.unit.read_text()
    venv.rename(venv.with_name("moved"))
    assert any(f"it starts {venv}/bin/python, which is gone" in text for text in texts(status(manager, 1), "failed"))
    manager.systemctl("restart", "breakd.service")
    assert any("and is tried again" in text for text in texts(status(manager, 3), "failed"))
    done = manager.breakd("service", "start")  # tried at once, though the next try of systemd is half a minute away
    assert (done.returncode, done.stderr.count("\n"), "does not start" in done.stderr) == (1, 1, True)
    installed(manager)
    assert texts(status(manager), "warning", "failed") == []


@pytest.mark.parametrize("name", ["with blank and %h", "it's $HOME", 'quo"te'])
def test_environments_may_be_called_as_they_like(manager: Manager, name: str) -> None:
    """systemd starts the interpreter that was meant, whatever its folder is called."""
    venv = installed_from(manager, name)
    words = manager.run("cat", f"/proc/{status(manager)['pid']}/cmdline").stdout.split("\0")
    assert words[:-1] == [f"{venv}/bin/python", "-P", "-m", "breakd", "run"]
    assert any(f"it starts {venv}/bin/python, but this is" in text for text in texts(status(manager), "warning"))
    done = manager.breakd("service", "install")
    assert f"it started {venv}/bin/python until now" in done.stdout.splitlines()
    assert texts(status(manager), "warning", "failed") == []


def test_masked_it_is_left_alone(manager: Manager) -> None:
    """Who masked it has said that it shall not run: how to take that back is told, and nothing is written."""
    manager.systemctl("mask", "breakd.service")
    done = manager.breakd("service", "install", "--force")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "masked: `systemctl --user unmask breakd`" in done.stderr
    manager.systemctl("unmask", "breakd.service")
    installed(manager)


def test_nonsense_in_the_unit_is_told(manager: Manager) -> None:
    """A unit that systemd cannot use is no stopped service; one that is mended by hand starts without more ado."""
    installed(manager)
    text = manager.unit.read_text()
    manager.unit.write_text(text.replace("ExecStart=", "ExecStart=it's "))
    manager.systemctl("daemon-reload")
    manager.systemctl("stop", "breakd.service")
    (told,) = texts(status(manager, code=3), "failed")
    assert told.startswith("not running: systemd cannot use its unit (bad-setting) -> ")
    manager.unit.write_text(text)
    assert manager.breakd("service", "start").returncode == 0
    assert texts(status(manager), "warning", "failed") == []


def test_without_a_place_for_autostart_the_unit_does(manager: Manager) -> None:
    """The unit is the service; the autostart file is for desktops that need it."""
    (Path(manager.home.env["XDG_CONFIG_HOME"]) / "autostart").write_text("in the way")
    done = manager.breakd("service", "install")
    assert (done.returncode, "left out: " in done.stdout, "started: " in done.stdout) == (0, True, True)
    assert manager.breakd("status").returncode == 0


def test_from_where_the_manager_cannot_be_seen_nothing_is_done(manager: Manager) -> None:
    """By su or sudo it may be there and not be seen: an autostart file that no desktop needs would be no service."""
    for command in (["service", "install"], ["service", "status"]):
        done = manager.breakd(*command, XDG_RUNTIME_DIR="")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "XDG_RUNTIME_DIR is not set: log in as yourself" in done.stderr
    assert not (Path(manager.home.env["XDG_CONFIG_HOME"]) / "autostart").exists()


def test_from_where_its_files_cannot_be_seen_it_is_not_uninstalled(manager: Manager) -> None:
    """With another XDG_CONFIG_HOME than its manager's a shell says so, and does nothing by halves."""
    installed(manager)
    elsewhere = str(manager.home.folder / "elsewhere")
    done = manager.breakd("service", "uninstall", XDG_CONFIG_HOME=elsewhere)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "have XDG_CONFIG_HOME the same" in done.stderr
    assert (status(manager)["activity"], manager.unit.exists()) == ("running", True)
    done = manager.breakd("service", "status", XDG_CONFIG_HOME=elsewhere)
    assert "its files are not where they would be from here" in done.stdout


def test_a_daemon_started_by_hand_is_respected(manager: Manager) -> None:
    """Two would quarrel over the journal: the service says which process is in its place, and waits."""
    installed(manager)
    manager.breakd("service", "stop")
    manager.systemctl("set-environment", f"PATH={manager.home.env['PATH']}")
    manager.run("systemd-run", "--user", "--unit=by-hand", sys.executable, "-m", "breakd", "run")
    manager.until(lambda: manager.breakd("status").returncode == 0)
    done = manager.breakd("service", "start")
    assert (done.returncode, "a daemon runs already, process " in done.stderr) == (1, True)
    assert any("a daemon runs in its place" in text for text in texts(status(manager), "warning"))
    done = manager.breakd("service", "install")
    assert (done.returncode, "a daemon runs already, process " in done.stdout) == (0, True)


def test_a_session_tells_the_service_of_its_screen(manager: Manager) -> None:
    """Where the desktop does not: its autostart or its settings do, once; not where the service was disabled."""
    installed(manager)
    screen = {"DISPLAY": ":77", "XDG_CURRENT_DESKTOP": "i3"}
    pid = manager.shown("MainPID")
    assert manager.breakd("service", "start", "--session", **screen).returncode == 0
    assert "DISPLAY=:77" in manager.systemctl("show-environment").splitlines()
    again = manager.shown("MainPID")
    assert again not in ("0", pid)
    assert manager.breakd("service", "start", "--session", **screen).returncode == 0
    assert manager.shown("MainPID") == again
    manager.systemctl("disable", "--now", "breakd.service")
    assert manager.breakd("service", "start", "--session", **screen).returncode == 0
    assert manager.shown("ActiveState") == "inactive"


def test_the_line_for_the_compositor_is_printed(manager: Manager) -> None:
    """sway reaches no graphical-session.target: what to write into its settings is said."""
    done = manager.breakd("service", "install", XDG_CURRENT_DESKTOP="sway")
    line = next(line for line in done.stdout.splitlines() if line.startswith("  exec "))
    assert line.endswith(" -P -m breakd service start --session")
    assert "~/.config/sway/config" in done.stdout


def test_folders_that_cannot_be_used_are_told(manager: Manager) -> None:
    """A place that cannot be written, or that the manager does not look into: one line, with what to do."""
    elsewhere = manager.home.folder / "elsewhere"
    elsewhere.mkdir()
    done = manager.breakd("service", "install", XDG_CONFIG_HOME=str(elsewhere))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"your user manager does not look into {elsewhere}/systemd/user" in done.stderr
    assert list(elsewhere.iterdir()) == []
    manager.unit.parent.parent.mkdir(parents=True)
    manager.unit.parent.write_text("in the way")
    done = manager.breakd("service", "install")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"{manager.unit}: cannot be written" in done.stderr


def test_the_doctor_mends_an_old_service(manager: Manager) -> None:
    """A daemon of another version is restarted by `doctor --fix`."""
    old = manager.home.folder / "site" / "sitecustomize.py"
    old.write_text("import breakd\nbreakd.__version__ = '0.0.1'\n")
    installed(manager)
    old.unlink()
    shutil.rmtree(old.parent / "__pycache__", ignore_errors=True)
    done = manager.breakd("doctor", "--json", "--fix")
    told = [one["text"] for one in json.loads(done.stdout)["findings"] if one["check"] == "service"]
    assert any("is 0.0.1" in text and "fixed, restarted, now version" in text for text in told)
    assert texts(status(manager), "warning", "failed") == []


def test_uninstalled_only_the_data_is_left(manager: Manager) -> None:
    """Nothing of it is running or enabled, no file of ours is there; with --purge the data goes too, if told so."""
    installed(manager)
    done = manager.breakd("service", "uninstall")
    assert (done.returncode, done.stdout.count("kept "), f"kept {manager.home.state}" in done.stdout) == (0, 1, True)
    assert not manager.home.socket.parent.exists()
    assert manager.home.journal.exists()
    assert manager.breakd("status").returncode == 3
    config = Path(manager.home.env["XDG_CONFIG_HOME"])
    assert [str(path) for path in config.rglob("*breakd*")] == []
    done = manager.breakd("service", "uninstall", "--purge")
    assert (done.returncode, manager.home.journal.exists()) == (2, True)
    assert manager.breakd("service", "uninstall", "--purge", "--yes").returncode == 0
    assert not manager.home.state.exists()
