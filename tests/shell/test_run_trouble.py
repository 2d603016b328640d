"""`breakd run` where something is broken: it says what, where and what to do, and goes on with the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.shell.daemon_parts import Daemon, Home, new_home, wait_for


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs yet."""
    with new_home() as one:
        yield one


@contextmanager
def disk(place: Path, *options: str) -> Iterator[None]:
    """A small file system of its own, mounted there."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(("size=512k", *options)), "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A folder that cannot be written, by root neither."""
    if os.geteuid() == 0:
        with disk(place, "ro"):
            yield
        return
    place.mkdir(exist_ok=True)
    place.chmod(0o500)
    yield
    place.chmod(0o700)


def heard(daemon: Daemon, count: int) -> None:
    """Wait until it has told of so many events `active`."""
    wait_for(lambda: f"{count} events", lambda: daemon.out.count("remote: active") == count)


def goes_on_without_journal(home: Home, why: str) -> None:
    """It says why there is no journal, in one line, and prompts all the same."""
    daemon = home.quick()
    assert f"journal {home.journal}: {why}; going on without one: what happens now is forgotten at the end\n" == (
        daemon.err
    )
    daemon.tell("active")
    daemon.until("shown")
    assert daemon.end() == 0
    assert "keeps:" not in daemon.out


def test_a_read_only_folder(home: Home) -> None:
    """Nothing can be written down, and that is said."""
    with read_only(home.state):
        reason = "Read-only file system" if os.geteuid() == 0 else "Permission denied"
        goes_on_without_journal(home, f"{reason}: make the file and its folder writable for you, with room on the disk")


def test_a_file_in_place_of_the_folder(home: Home) -> None:
    """The same where the folder cannot even be made."""
    home.state.write_text("")
    goes_on_without_journal(home, "File exists: make the file and its folder writable for you, with room on the disk")


def test_a_disk_that_becomes_full(home: Home) -> None:
    """Prompts go on, said once; what could not be written is written when there is room again, and nothing is lost."""
    with disk(home.state):
        daemon = home.quick("--log-level=debug")
        ballast = home.state / "ballast"
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(4096))
        told = 0
        while "it is kept in memory" not in daemon.err:  # the log has some room left inside
            told += 1
            daemon.tell("active")
            heard(daemon, told)
            assert told < 500, "the disk never became full"
        daemon.until("shown")
        ballast.unlink()
        daemon.tell("busy", reason="call")
        daemon.until_said("the journal is written again", error=True)
        assert daemon.err.count("\n") == 2
        assert daemon.end() == 0
        assert len(home.journalled(did="prompt")) == 1
        assert told == len(home.journalled(event="active"))
        assert home.breakd("journal", "verify").returncode == 0


def test_a_damaged_journal_is_set_aside(home: Home) -> None:
    """The damaged file is kept, its new name is said, and a new journal begins."""
    home.state.mkdir(parents=True)
    home.journal.write_bytes(b"no database" * 1000)
    daemon = home.run()
    (aside,) = home.state.glob("journal.db.damaged-*")
    assert f"the journal was damaged: it is kept as {aside}, and a new one begins\n" == daemon.err
    assert aside.read_bytes() == b"no database" * 1000
    assert home.breakd("journal", "verify").returncode == 0
    assert daemon.end() == 0


def test_mistakes_in_the_settings_are_all_named(home: Home) -> None:
    """Each with its line, its key and what is expected; the daemon goes on with the defaults."""
    file = home.configure('[breaks.move]\nevery = "soon"\nfor = 3\n\n[promt]\nlull = "5s"\n')
    daemon = home.begin().introduced()
    lines = daemon.err.splitlines()
    assert lines.pop() == "your settings have mistakes, so the defaults are in force"
    assert {
        f'{file}:2:9: breaks.move.every: expected a duration such as "20m", "1h30m" or "90s", found "soon"',
        f'{file}:3:7: breaks.move.for: expected a duration such as "20m", found 3',
        f"{file}:5:1: promt: unknown key, did you mean 'prompt'?",
    } == set(lines)
    assert {"micro", "move"} == daemon.status["breaks"].keys()
    assert daemon.end() == 0


def test_settings_that_are_no_toml(home: Home) -> None:
    """The place where reading stopped is named."""
    file = home.configure("[breaks.move\n")
    daemon = home.begin().introduced()
    assert daemon.err.startswith(f"{file}:1:13: not valid TOML: ")
    assert daemon.err.count("\n") == 2


def test_a_plugin_that_cannot_be_imported(home: Home) -> None:
    """It costs only itself: one line with its origin and the line that failed, and the status tells."""
    home.install("broken", "broken_plugin", 'raise RuntimeError("no such luck")\n')
    daemon = home.run()
    why = "RuntimeError: no such luck (broken_plugin.py:1)"
    assert f"plugin broken (broken 1.0): failed: {why}" == daemon.out.splitlines()[0]
    assert {"state": "failed", "reason": why}.items() <= daemon.status["plugins"]["broken"].items()
    assert daemon.status["plugins"]["remote"]["state"] == "ok"
    assert f"plugin broken: failed: {why}" in home.breakd("status").stdout.splitlines()


def test_without_a_runtime_folder(home: Home) -> None:
    """The socket is then beside the journal, where commands look too."""
    home.env["XDG_RUNTIME_DIR"] = str(home.folder / "nowhere")
    daemon = home.run()
    socket = home.state / "run" / "control.sock"
    wait_for(lambda: "its socket", socket.exists)
    assert home.breakd("status").returncode == 0
    assert (daemon.end(), socket.exists()) == (0, False)


def test_a_runtime_folder_with_too_long_a_name(home: Home) -> None:
    """No commands then, which is said with the reason; watching goes on."""
    home.env["XDG_RUNTIME_DIR"] = str(home.folder / ("long" * 30))
    Path(home.env["XDG_RUNTIME_DIR"]).mkdir()
    daemon = home.run()
    daemon.until_said("no control socket, so commands cannot reach me", error=True)
    assert "too long" in daemon.err
    assert "None" not in daemon.err


def test_it_claims_only_what_it_has(home: Home) -> None:
    """On a machine without display and bus the introduction names neither GNOME nor X11 nor the desktop."""
    daemon = home.begin().introduced()
    watches, notifies = daemon.out[daemon.out.index("watches: ") :].splitlines()[:2]
    assert [name for name in ("gnome", "logind", "x11") if name in watches] == []
    assert "desktop" not in notifies
