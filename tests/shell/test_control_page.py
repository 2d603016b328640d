"""docs/control.md is true: every request, limit, field and line that stands there, and the recipes for status bars."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from breakd.daemon.control import server as control
from breakd.daemon.control.looks import FORMATS, SENTENCES
from breakd.daemon.control.requests import REQUESTS
from tests.docs.blocks import ROOT, written_in
from tests.shell.daemon_parts import BREAKD, Home, new_home, wait_for
from tests.shell.terminals import terminal

TEXT = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r'^    (\{.*"do": .*\})$', TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A home in which a daemon runs, and somebody types."""
    with new_home() as one:
        one.env["PATH"] = f"{Path(BREAKD).parent}:{one.env['PATH']}"
        daemon = one.run().introduced()
        daemon.tell("active")
        wait_for(lambda: "somebody", lambda: daemon.status["presence"] == "active")
        yield one


def block(language: str) -> str:
    """The one block in this language on the page."""
    (found,) = [each for each in written_in(language) if each.page == "docs/control.md"]
    return found.text


def test_every_request_is_documented() -> None:
    """And no other."""
    table = TEXT.partition("## Requests")[2].partition("###")[0]
    found = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(found) == sorted(["do", *REQUESTS])


def test_every_limit_is_documented() -> None:
    """With its number."""
    limits = re.search(r"\| what \| at most.*?\n\n", TEXT, re.DOTALL)
    assert limits is not None
    numbers = set(re.findall(r"\| (?:about )?(\d+)", limits[0]))
    expected = (control.LONGEST, control.CLIENTS, control.FOLLOWERS, round(control.IDLE), 64, control.WAITING // 1024)
    assert numbers == {str(number) for number in expected}


def test_every_format_and_class_is_documented() -> None:
    """Those of the client too."""
    from breakd.cli.quick import FORMATS as PRINTED

    assert set(PRINTED) == {"json", *FORMATS}
    assert [name for name in (*PRINTED, *SENTENCES, "off") if f"`{name}`" not in TEXT] == []


def asked(home: Home, *lines: str) -> list[dict[str, Any]]:
    """The answers to these lines, by the example of the page."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(home.socket))
        connection.sendall("".join(f"{line}\n" for line in lines).encode())
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            return [json.loads(answer) for answer in answers]


def test_every_example_is_answered(home: Home) -> None:
    """In the order they stand."""
    answers = asked(home, *EXAMPLES)
    assert len(answers) == len(EXAMPLES) > 5
    assert [answer for answer in answers if not answer["ok"]] == []


def test_every_field_of_a_status_is_documented(home: Home) -> None:
    """Of its top level."""
    table = TEXT.partition("### What is in a status")[2].partition("\n## ")[0]
    (answer,) = asked(home, '{"do": "status"}')
    assert [key for key in answer["status"] if f"`{key}`" not in table] == []


def test_hello_is_as_shown(home: Home) -> None:
    """The same keys."""
    shown = next(line for line in TEXT.splitlines() if '"speaks"' in line)
    (answer,) = asked(home, '{"do": "hello"}')
    assert [f'"{key}"' for key in answer] == re.findall(r'"\w+"(?=:)', shown)
    assert answer["can"] == sorted(REQUESTS)


# -- recipes ----------------------------------------------------------------------------------------------------------


def first_line(home: Home, command: str) -> str:
    """What a status bar reads first."""
    words = shlex.split(command)
    with subprocess.Popen(words, env=home.env, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        line = follower.stdout.readline()
        follower.kill()
    return line.rstrip("\n")


LINE = r"break at (\d{4}-\d\d-\d\d )?\d\d:\d\d"  # with its date late in the evening


def test_waybar(home: Home) -> None:
    """The command of the module prints what waybar(5) takes from a custom module with return-type json."""
    module = json.loads(block("json"))["custom/breakd"]
    line = json.loads(first_line(home, module["exec"]))
    assert re.fullmatch(LINE, line.pop("text"))
    assert line == {"alt": "calm", "class": ["calm"], "tooltip": SENTENCES["calm"]}


def test_polybar(home: Home) -> None:
    """The command of the module prints a line with its actions."""
    config = configparser.ConfigParser()
    config.read_string(block("ini"))
    line = first_line(home, config["module/breakd"]["exec"])
    assert re.fullmatch(rf"%{{A1:breakd start:}}%{{A3:breakd snooze:}}{LINE}%{{A}}%{{A}}", line)


def test_i3blocks(home: Home) -> None:
    """The command of the block prints a line."""
    config = configparser.ConfigParser()
    config.read_string(block("i3blocks"))
    assert re.fullmatch(LINE, first_line(home, config["breakd"]["command"]))


@pytest.mark.skipif(which("i3status") is None, reason="no i3status")
def test_i3status(home: Home) -> None:
    """The real one shows the line that the command of i3's configuration wrote."""
    command = block("i3").partition("--no-startup-id ")[2].strip()
    file = home.socket.parent / "line"
    with subprocess.Popen(["sh", "-c", command], env=home.env, start_new_session=True) as writer:
        wait_for(lambda: "the line", lambda: file.exists() and file.read_text())
        config = home.folder / "i3status"
        shows = block("i3status").replace("/run/user/1000/breakd/line", str(file))
        config.write_text(f"general {{ output_format = none\n interval = 1 }}\n{shows}")
        words = ["i3status", "-c", str(config)]
        with subprocess.Popen(words, env=home.env, stdout=subprocess.PIPE, text=True) as shown:
            assert shown.stdout is not None
            line = shown.stdout.readline()
            shown.kill()
        os.killpg(writer.pid, signal.SIGKILL)
    assert re.search(LINE, line)


@pytest.mark.skipif(which("tmux") is None, reason="no tmux")
def test_tmux(home: Home) -> None:
    """The real one shows the last line of a command that goes on."""
    config = home.folder / "tmux.conf"
    config.write_text(block("tmux") + "\nset -g status-interval 1\n")  # 15 s as a rule
    tmux = ["tmux", "-S", str(home.folder / "tmux"), "-f", str(config)]
    env = {**home.env, "TERM": "xterm"}
    try:
        with terminal([*tmux, "new-session", "sleep 100"], env) as shown:
            shown.until("break at ")
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, check=False)
