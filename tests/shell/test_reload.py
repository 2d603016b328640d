"""Settings saved while the daemon runs: what is right is in force within a second, what is not changes nothing."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from breakd.daemon.watching.reload import GLANCE
from tests.shell.daemon_parts import BREAKD, OURS, PATIENCE, QUICK, Daemon, Home, new_home, wait_for
from tests.thorough import times

Facts = dict[str, Any]


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


def text(**every: str) -> str:
    """A settings file with the plugins of the tests, and this `every` of each kind."""
    lines = ['notify.order = ["remote"]']
    lines += [f"plugins.{name}.enabled = false" for name in OURS]
    lines += [f'breaks.{name}.every = "{value}"' for name, value in every.items()]
    return "\n".join(lines) + "\n"


def begun(home: Home, **every: str) -> Daemon:
    """A daemon that runs by its settings file, and watches it."""
    home.configure(text(**every))
    return watching(home.begin().take_hands())


def watching(daemon: Daemon) -> Daemon:
    """Wait until it watches its files."""

    def inotify() -> bool:
        fds = Path(f"/proc/{daemon.process.pid}/fdinfo")
        with suppress(OSError):  # one was closed just now
            return any("inotify wd:" in file.read_text() for file in fds.iterdir())
        return False

    wait_for(lambda: f"its watches; it said {daemon.err!r}", inotify)
    return daemon


def in_force(daemon: Daemon, state: str, problems: int = 0) -> Facts:
    """The status of the settings once it is so."""

    def reached() -> Facts | None:
        found: Facts = daemon.status["settings"]
        return found if (found["state"], len(found["problems"])) == (state, problems) else None

    return wait_for(lambda: f"{state}, {problems}; now: {daemon.status['settings']}", reached)


def everies(home: Home) -> list[int]:
    """`every` of the move breaks, minutes, as the journal knows it from one set of rules to the next."""
    found = home.journalled(event="configured")
    return [kind["every"] // 60_000 for each in found for kind in each["rules"]["breaks"] if kind["name"] == "move"]


def test_a_saved_change_is_in_force(home: Home) -> None:
    """It is journalled, said, and `since` tells when; a comment alone changes nothing."""
    daemon = begun(home, move="30m")
    before = daemon.status["settings"]
    assert before == {
        "file": str(home.settings),
        "state": "ok",
        "problems": [],
        "since": before["since"],
        "unwatched": None,
        "unread": 0,
    }
    home.configure("# a comment\n" + text(move="30m"))
    home.configure(text(move="40m"))
    daemon.until_said("your settings have changed, and are in force")
    home.configure("# another\n" + text(move="40m"))
    assert daemon.end() == 0
    assert everies(home) == [30, 40]
    assert (home.shown(), daemon.err) == ([], "")


def test_a_broken_edit_changes_nothing(home: Home) -> None:
    """The last good settings stay; one note however often it is saved; status and log name each mistake."""
    daemon = begun(home, move="40m")
    home.configure(text(move="soon"))
    found = in_force(daemon, "broken", 1)
    (problem,) = found["problems"]
    assert (problem["file"], problem["line"], problem["key"]) == (
        str(home.settings),
        len(OURS) + 2,
        "breaks.move.every",
    )
    home.configure(text(move="soon", micro="never"))
    assert in_force(daemon, "broken", 2)["since"] == found["since"]
    lines = home.breakd("status").stdout.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("settings: broken since "))
    assert [line.split(": ")[1] for line in lines[place + 1 : place + 3]] == ["breaks.move.every", "breaks.micro.every"]
    (note,) = wait_for(lambda: "the note", home.shown)
    assert (note["show"], note["title"]) == ("settings", "A mistake in your settings")
    assert f"breakd.toml, line {problem['line']}: breaks.move.every: expected a duration" in note["text"]
    assert daemon.err.count("what was in force before stays in force") == 2
    assert daemon.end() == 0
    assert everies(home) == [40]


def test_a_mended_edit_is_told(home: Home) -> None:
    """The note is withdrawn, another one says so for a moment, and what was saved counts."""
    daemon = begun(home, move="40m")
    home.configure("[breaks.move\n")
    in_force(daemon, "broken", 1)
    home.configure(text(move="50m"))
    in_force(daemon, "ok")
    daemon.until_said("your settings are right again, and in force", error=True)
    wait_for(lambda: "two notes", lambda: len(home.shown()) == 2)
    screen = (home.folder / "screen").read_text().splitlines()
    assert [line.split('"')[1:4:2] for line in screen][-3:] == [
        ["show", "settings"],
        ["withdraw", "settings"],
        ["show", "settings"],
    ]
    assert daemon.end() == 0
    assert everies(home) == [40, 50]


def test_mistakes_from_the_start_can_be_mended(home: Home) -> None:
    """The defaults are in force and the note says so; the daemon need not be started again."""
    home.configure(text(move="soon"))
    daemon = watching(home.begin("--log-level=debug").introduced())
    assert in_force(daemon, "broken", 1)["problems"][0]["key"] == "breaks.move.every"
    home.configure(text(move="50m"))
    in_force(daemon, "ok")
    assert daemon.end() == 0
    assert everies(home) == [30, 50]


def test_files_that_come_and_go(home: Home) -> None:
    """The folder appears, and the file in it; without file the defaults are in force again."""
    shutil.rmtree(home.settings.parent, ignore_errors=True)
    daemon = watching(home.run())
    home.configure('breaks.move.every = "40m"')
    daemon.until_said("your settings have changed")
    shutil.rmtree(home.settings.parent)
    wait_for(lambda: "three", lambda: daemon.out.count("your settings have changed") == 2)
    assert daemon.end() == 0
    assert everies(home) == [30, 40, 30]


def test_a_file_named_on_the_command_line(home: Home) -> None:
    """It must be there: if it goes, the last good settings stay, and what the command line sets outweighs it."""
    file = home.folder / "mine.toml"
    file.write_text('breaks.move.every = "40m"\nbreaks.micro.every = "10m"\n')
    daemon = watching(home.run(f"--config={file}", breaks__micro__every="15m"))
    file.unlink()
    assert in_force(daemon, "broken", 1)["problems"][0]["message"] == "no such file"
    file.write_text('breaks.move.every = "50m"\nbreaks.micro.every = "11m"\n')
    in_force(daemon, "ok")
    assert daemon.end() == 0
    assert everies(home) == [40, 50]
    rules = home.journalled(event="configured")[-1]["rules"]
    assert {kind["name"]: kind["every"] // 60_000 for kind in rules["breaks"]}["micro"] == 15


def test_reload_by_hand(home: Home) -> None:
    """`breakd reload` answers with what is wrong, or that all is in force; SIGHUP does the same without an answer."""
    daemon = begun(home, move="40m")
    said = home.breakd("reload")
    assert (said.returncode, said.stdout) == (0, "your settings are in force\n")
    home.configure(text(move="soon"))
    said = home.breakd("reload")
    assert (said.returncode, said.stdout) == (1, "")
    assert ": breaks.move.every: expected a duration" in said.stderr
    assert said.stderr.endswith("what was in force before stays in force\n")
    home.configure(text(move="50m"))
    daemon.process.send_signal(signal.SIGHUP)
    in_force(daemon, "ok")
    assert daemon.end() == 0
    assert everies(home) == [40, 50]


def test_a_closed_terminal_still_ends_it(home: Home) -> None:
    """SIGHUP from a terminal that is gone is the end, as for every program that runs in one."""
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as in a terminal, also where the tests run under nohup
        os.execve(BREAKD, [BREAKD, "run"], home.env)
    wait_for(lambda: "its socket", home.socket.exists)
    seen = b""
    while b"next: " not in seen:
        seen += os.read(terminal, 1 << 16)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not home.socket.exists()


def test_a_plugin_follows_its_table(home: Home) -> None:
    """Turned off it takes back what it claimed; a wrong table is a mistake as any other; turned on it is back."""
    daemon = begun(home)
    daemon.tell("active")
    daemon.tell("busy", reason="call")
    wait_for(lambda: "the call", lambda: daemon.status["busy"] == ["call"])
    home.configure(text() + "plugins.console.enabled = 3\n")
    found = in_force(daemon, "broken", 1)["problems"][0]
    assert f"{home.settings}:{len(OURS) + 2}" in found["text"]
    assert "plugins.console" in found["text"]
    assert daemon.status["busy"] == ["call"]
    home.configure(text() + "plugins.remote.enabled = false\n")
    in_force(daemon, "ok")
    wait_for(lambda: "the end of the call", lambda: daemon.status["busy"] == [])
    assert daemon.status["plugins"]["remote"]["state"] == "off"
    home.configure(text())
    wait_for(lambda: "the plugin", lambda: daemon.status["plugins"]["remote"]["state"] == "ok")
    assert daemon.hands
    daemon.hands.close()
    daemon.take_hands().tell("active")
    wait_for(lambda: "input", lambda: daemon.status["presence"] == "active")
    assert daemon.end() == 0


def test_a_break_that_is_on_goes_on(home: Home) -> None:
    """And an open prompt stays on the screen, while other settings come into force."""
    quick = "".join(
        f"{key} = {f'{value!r}' if value[0].isdigit() and 'per' not in key else value}\n"
        for key, value in QUICK.items()
    )
    home.configure(text() + quick)
    daemon = watching(home.begin().take_hands())
    daemon.tell("active")
    daemon.until("shown")
    home.configure(text() + quick + "limits.desk = '5h'\n")
    daemon.until_said("your settings have changed")
    assert daemon.status["prompt"]["phase"] == "shown"
    daemon.tell("idle")
    daemon.until(None)
    assert daemon.end() == 0
    assert [note["show"] for note in home.shown()][:1] == ["prompt"]
    assert home.journalled(did="break_done")


@pytest.mark.thorough
def test_under_load(home: Home) -> None:
    """Many saves in a row, half of them broken, in every way of saving, while events come in: the last good
    settings are in force at the end, no event is lost, and a replay makes the same of it.
    """
    daemon = begun(home, move="30m")
    told = 0
    saving = threading.Thread(target=_many_saves, args=(home,))
    saving.start()
    while saving.is_alive():
        daemon.tell(("active", "idle")[told % 2])
        told += 1
        saving.join(0.05)  # more than 50 events a second would fail the source
    in_force(daemon, "broken", 1)
    wait_for(lambda: "the last", lambda: everies(home)[-1] == 200)
    home.configure(text(move="45m"))
    in_force(daemon, "ok")
    wait_for(lambda: "all", lambda: len(home.journalled(source="remote")) == told)
    assert daemon.status["plugins"]["remote"]["state"] == "ok"
    assert daemon.end() == 0
    assert everies(home)[-1] == 45
    assert {note["title"] for note in home.shown()} <= {"A mistake in your settings", "Your settings are right again"}
    assert home.breakd("journal", "verify").returncode == 0  # every decision made again, and the same


def _many_saves(home: Home) -> None:
    """Good and broken in turn; the last but one is good and stays for a while, then comes a broken one."""
    beside = home.settings.with_name("beside")
    for number in range(times(200, 1000)):
        good = number % 2 == 0
        new = text(move=f"{30 + number // 10}m") if good else text(move="soon")
        if number % 3:
            beside.write_text(new)
            beside.replace(home.settings)
        else:
            home.configure(new)
    beside.write_text(text(move="200m"))
    beside.replace(home.settings)
    wait_for(lambda: "the good one", lambda: everies(home)[-1] == 200)
    home.configure(text(move="soon"))


def test_without_watches(home: Home) -> None:
    """Where the system has none left it is said what to do; a change is found while the daemon is awake anyway."""
    limits = "/proc/sys/user/max_inotify_instances"
    command = ["unshare", "-Ur", "sh", "-c", f'echo 0 > {limits} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("may not set limits of its own")
    home.configure(text(move="30m"))
    daemon = Daemon(home, [*command, BREAKD, "run"], None)
    home._daemons.append(daemon)
    daemon.take_hands()
    daemon.until_said("raise fs.inotify.max_user_instances", error=True)
    assert "settings: a change may go unheard (" in home.breakd("status").stdout
    home.configure(text(move="40m"))
    found_while_awake(daemon)
    assert daemon.end() == 0
    assert everies(home) == [30, 40]


def found_while_awake(daemon: Daemon) -> None:
    """Wait for the change to be found by the looks that it takes at events."""
    assert GLANCE < PATIENCE

    def found() -> bool:
        daemon.tell("active")
        time.sleep(0.2)  # more than 50 events a second would fail the source
        return "your settings have changed" in daemon.out

    wait_for(lambda: f"a glance; it said {daemon.err!r}, and tells {daemon.status['settings']}", found)


def test_a_network_home(home: Home) -> None:
    """A file system of which inotify tells nothing, saved to by somebody else: found while awake anyway."""
    config = home.settings.parent.parent
    there = home.folder / "server"
    there.mkdir()
    if not shutil.which("bindfs") or subprocess.run(["bindfs", there, config], check=False).returncode:
        pytest.skip("may not mount a file system of bindfs")
    try:
        (there / "breakd").mkdir()
        saved = there / "breakd" / "breakd.toml"
        saved.write_text(text(move="30m"))
        daemon = watching(home.begin().take_hands())
        daemon.until_said(f"{home.settings.parent} is on a network file system (FUSE)", error=True)
        saved.write_text(text(move="40m"))
        found_while_awake(daemon)
        home.configure(text(move="50m"))  # by this machine itself: that is heard
        wait_for(lambda: "the other", lambda: daemon.out.count("your settings have changed") == 2)
        assert daemon.end() == 0
        assert everies(home) == [30, 40, 50]
    finally:
        subprocess.run(["umount", "-l", config], check=True)


def test_what_is_no_rule_takes_effect_too(home: Home) -> None:
    """The order of notifiers, the commands of `[on]`, of which nothing is journalled; and the start of the day."""
    daemon = begun(home)
    command = f'on.break_started = ["touch", "{home.folder / "ran"}"]'
    home.configure(text().replace('"remote"', '"console"') + command + '\nday_start = "05:00"\n')
    daemon.until_said("your settings have changed")
    daemon.tell("active")
    assert daemon.command("start")["ok"]
    wait_for(lambda: "the command", (home.folder / "ran").exists)
    assert home.shown() == []  # by the console now
    assert daemon.end() == 0
    assert everies(home) == [30, 30]  # nights are told by the start of the day, so that is a rule


ROUTINE = """[[routine]]
id = "turn"
title = "Turn the neck"
steps = [{{ text = "Turn your head slowly.", seconds = {seconds} }}]
"""


def test_files_of_routines(home: Home) -> None:
    """Saved they count at once; broken they change nothing; broken from the start they hold up nobody else."""
    folder = home.settings.parent / "routines"
    daemon = begun(home, move="30m")
    folder.mkdir()
    (folder / "neck.toml").write_text(ROUTINE.format(seconds=20))
    daemon.until_said("your settings have changed")
    (folder / "neck.toml").write_text(ROUTINE.format(seconds=-1))
    assert in_force(daemon, "broken", 1)["problems"][0]["file"] == str(folder / "neck.toml")
    home.configure(text(move="40m"))  # one verdict on all that is written: this waits
    assert daemon.end() == 0
    assert everies(home) == [30, 30]

    daemon = watching(home.begin().take_hands())
    in_force(daemon, "broken", 1)
    home.configure(text(move="50m"))
    daemon.until_said("your settings have changed")
    in_force(daemon, "broken", 1)
    (folder / "neck.toml").write_text(ROUTINE.format(seconds=30))
    in_force(daemon, "ok")
    assert daemon.end() == 0
    rules = home.journalled(event="configured")[-1]["rules"]
    assert everies(home) == [30, 30, 40, 50, 50]
    assert [each["steps"][0]["seconds"] for each in rules["routines"] if each["id"] == "neck.turn"] == [30]


def test_whatever_lies_there_instead(home: Home) -> None:
    """A folder, a link to nothing, no text, far too much of it, a pipe: said, and the last good settings stay."""
    daemon = begun(home, move="40m")
    file, aside = home.settings, home.folder / "aside"
    others: dict[str, Callable[[], object]] = {
        "found a folder": file.mkdir,
        "no such file": lambda: file.symlink_to(home.folder / "nowhere"),
        "not UTF-8": lambda: file.write_bytes(b"# \xff"),
        "larger than": lambda: file.write_bytes(b"#" * (2 << 20)),
        "a pipe": lambda: os.mkfifo(file),
    }
    aside.mkdir()
    for number, (what, make) in enumerate(others.items()):
        file.rename(aside / str(number))
        make()
        wait_for(lambda what=what: what, lambda what=what: what in str(daemon.status["settings"]["problems"]))  # type: ignore[misc]
    file.unlink()
    (aside / "0").rename(file)
    in_force(daemon, "ok")
    file.parent.rename(home.folder / "unmounted")
    file.parent.symlink_to("/nowhere/dotfiles")
    in_force(daemon, "broken", 1)
    assert daemon.end() == 0
    assert everies(home) == [40]
