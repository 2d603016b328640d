"""`breakd routines`: looking at, trying, writing and checking routines, with no daemon, no display and no terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.shell.daemon_parts import BREAKD, Home, new_home

OWN = """\
[[routine]]
id = "band"
title = "Pull the band"
needs = ["band"]
steps = [
    { text = "Pull", repetitions = 8, pace = 2, hold = 1 },
    { text = "Let go", seconds = 1, hint = "Slowly." },
]
"""


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in which nothing runs."""
    with new_home() as one:
        yield one


def own(home: Home, text: str = OWN, name: str = "mine.toml") -> Path:
    """A file among the person's own routines."""
    file = home.settings.parent / "routines" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def output(home: Home, *words: str) -> str:
    """What a command says that goes well."""
    found = home.breakd("routines", *words)
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout


def on_a_terminal(home: Home, *words: str, stop: float = 0) -> str:
    """What a command writes to a terminal of 100 columns, ended by Ctrl-C after `stop` seconds if that is said."""
    ours, theirs = pty.openpty()
    env = {**home.env, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    process = subprocess.Popen(
        [BREAKD, "routines", *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the end of a terminal is an error on Linux
        while data := os.read(ours, 65536):
            seen += data
            if stop and b"1/" in seen:
                time.sleep(stop)
                process.send_signal(signal.SIGINT)
                stop = 0
    os.close(ours)
    assert process.wait(20) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


# -- list ---------------------------------------------------------------------------------------------------------


def test_list_names_all_and_what_keeps_them_back(home: Home) -> None:
    """Bundled ones and one's own, plain when piped; the last column says what is off, refused or one's own."""
    own(home, 'off = ["posture.*"]\n' + OWN)
    home.settings.write_text('[me]\navoid = ["stairs"]\nequipment = ["band", "stairs", "desk"]\n')
    lines = output(home, "list").splitlines()
    last = {line.split()[0]: line.rpartition("  ")[2] for line in lines}
    assert lines[0].split() == ["id", "title", "kind", "time", "effort", "breaks", "moves", "needs"]
    assert last["mine.band"] == "yours"
    assert last["walking.stairs"] == "you avoid stairs"
    assert last["walking.corridor"] == "not at hand: corridor"
    assert last["posture.hinge"] == "off"
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("option", "value", "key"),
    [("--region", "Neck", "regions"), ("--kind", "balance", "kind"), ("--needs", "wall", "needs")],
)
def test_list_can_be_narrowed(home: Home, option: str, value: str, key: str) -> None:
    """By region, kind and what is needed, also together."""
    found = json.loads(output(home, "list", option, value, "--json"))
    assert found
    assert all(value.lower() in ([each[key]] if key == "kind" else each[key]) for each in found)
    assert json.loads(output(home, "list", "--needs", "nothing", "--kind", "walking", "--json"))


def test_a_word_that_no_routine_has_is_told(home: Home) -> None:
    """With the nearest one that some have; exit code 1."""
    found = home.breakd("routines", "list", "--region", "lower bck")
    assert (found.returncode, found.stderr) == (
        1,
        "breakd: no routine here moves 'lower bck', did you mean 'lower back'?\n",
    )


def test_on_a_terminal_it_is_a_table(home: Home) -> None:
    """Ids are whole, and there is a line under the header."""
    text = on_a_terminal(home, "list", "--kind", "strength")
    assert "─────" in text
    assert "posture.sit-to-stand" in text


# -- show ---------------------------------------------------------------------------------------------------------


def test_show_draws_the_steps(home: Home) -> None:
    """Each with its seconds and a bar as long, how often and how long it is held; why, cautions, where it is from."""
    file = own(home)
    lines = output(home, "show", "band").splitlines()
    assert lines[0] == "Pull the band   mine.band"
    steps = [line for line in lines if re.match(r" +\d  ", line)]
    assert [re.sub(r"█+", "█", line) for line in steps] == [
        "  1  Pull      24 s  █  8 times, hold 1 s each",
        "  2  Let go     1 s  █",
    ]
    assert [line.count("█") for line in steps] == [24, 1]
    assert "note: not at hand: band" in lines
    assert any(line.startswith("! Stop if pain") for line in lines)
    assert lines[-1] == f"from {file}"


def test_show_json_has_all_of_it(home: Home) -> None:
    """For programs, with what speaks against it."""
    own(home)
    found = json.loads(output(home, "show", "mine.band", "--json"))
    assert (found["seconds"], found["intensity"], found["off"]) == (25, "light", False)
    assert found["refused"] == {"key": "me.equipment", "word": "band"}
    assert found["steps"][0] == {
        "text": "Pull", "seconds": 24, "hint": "", "repetitions": 8, "hold": 1, "side": None, "image": None,
    }  # fmt: skip


@pytest.mark.parametrize("command", [("show",), ("try",)])
def test_an_unknown_routine_is_told_with_the_nearest(home: Home, command: tuple[str, ...]) -> None:
    """Exit code 1 and one line."""
    found = home.breakd("routines", *command, "walking.coridor")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("breakd: there is no routine 'walking.coridor', did you mean 'walking.corridor'?")


def test_a_short_name_has_to_be_one(home: Home) -> None:
    """The last part of an id is enough as long as only one routine ends so."""
    own(home, OWN.replace('"band"', '"stairs"', 1))
    found = home.breakd("routines", "show", "stairs")
    assert found.stderr == "breakd: several routines are called stairs: mine.stairs, walking.stairs\n"


# -- try ----------------------------------------------------------------------------------------------------------


def test_try_guides_to_the_end(home: Home) -> None:
    """Each step as it begins, without a daemon and without a trace of it."""
    own(home)
    lines = output(home, "try", "band", "--speed", "100").splitlines()
    assert [line for line in lines if re.match(r"\d/\d", line)] == [
        "1/2  Pull  (24 s)  8 times, hold 1 s each",
        "2/2  Let go  (1 s)",
    ]
    assert lines[-1] == "done"
    assert any(line.startswith("! Stop if pain") for line in lines)
    assert not home.journal.exists()


def test_try_on_a_terminal_has_bars(home: Home) -> None:
    """Of the step and of the whole; gone at the end."""
    own(home)
    text = on_a_terminal(home, "try", "band", "--speed", "20")
    assert re.search(r"this step [━╸╺]+ +\d+ s left", text)
    assert re.search(r"the whole [━╸╺]+ +\d+ s left", text)
    assert text.rstrip().endswith("done")


def test_ctrl_c_ends_it(home: Home) -> None:
    """At once, and without a traceback: whoever ends it is done with it."""
    own(home)
    text = on_a_terminal(home, "try", "band", stop=0.3)
    assert "ended early" in text
    assert "Traceback" not in text and "2/2" not in text


# -- new ----------------------------------------------------------------------------------------------------------


def test_new_writes_a_routine_that_is_one(home: Home) -> None:
    """Commented, without a mistake, behind what is there; a second of the same title has an id of its own."""
    for name in ("mine.rise-on-toes-uber", "mine.rise-on-toes-uber-2"):
        assert output(home, "new", "Rise on toes — über", "--yes").startswith(f"written: {name}, in ")
    file = home.settings.parent / "routines" / "mine.toml"
    assert file.read_text().count("[[routine]]") == 2
    assert output(home, "check") == "no mistakes: 2 routines in 1 file\n"
    assert json.loads(output(home, "show", "mine.rise-on-toes-uber", "--json"))["involves"] == ["standing"]
    assert json.loads(output(home, "show", "mine.rise-on-toes-uber", "--json"))["title"] == "Rise on toes — über"


def test_new_asks(home: Home) -> None:
    """Title, kind, region and break; Enter takes what is proposed."""
    found = home.breakd("routines", "new", "--file", "physio", stdin='Say "ah"\\\n\nneck\nmicro\n')
    assert found.returncode == 0
    made = json.loads(output(home, "show", "physio.say-ah", "--json"))
    assert (made["title"], made["kind"], made["regions"], made["breaks"]) == (
        'Say "ah"\\',
        "stretching",
        ["neck"],
        ["micro"],
    )
    assert made["seconds"] == 30


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("--file", "My own", "--yes"), "", "expected lower-case letters, digits, - and _"),
        (("--file", "bad", "--yes"), "", "mend this file first"),
        ((), "A\nnot one kind\n\n\n", "nothing was written, since that would not do"),
    ],
)
def test_new_never_spoils_a_file(home: Home, words: tuple[str, ...], stdin: str, said: str) -> None:
    """A name that is none, a file with mistakes, an answer that is none: all files stay as they are."""
    mine, bad = own(home), own(home, "[[routine]]\n", "bad.toml")
    found = home.breakd("routines", "new", *words, stdin=stdin)
    assert found.returncode in (1, 2)
    assert said in found.stderr
    assert (mine.read_text(), bad.read_text()) == (OWN, "[[routine]]\n")
    assert sorted(file.name for file in mine.parent.iterdir()) == ["bad.toml", "mine.toml"]


def test_new_takes_no_id_that_is_taken(home: Home) -> None:
    """Neither of a bundled routine, in whose place it would come, nor of one in another file of the person."""
    assert output(home, "new", "Corridor", "--yes", "--file", "walking").startswith("written: walking.corridor-2, in ")
    own(home, OWN.replace('"band"', '"mine.band"', 1), "other.toml")
    assert output(home, "new", "Band", "--yes").startswith("written: mine.band-2, in ")


def test_new_leaves_the_file_as_it_was_written(home: Home) -> None:
    """Its mark of UTF-8, its ends of lines, its rights; what is behind it is written the same way."""
    file = own(home)
    file.write_bytes(BOM_UTF8 + OWN.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    output(home, "new", "Wrists", "--yes")
    after = file.read_bytes()
    assert after.startswith(BOM_UTF8 + OWN.replace("\n", "\r\n").rstrip().encode() + b"\r\n\r\n[[routine]]\r\n")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("title", "kept"), [("\U0001f3c3\u200d\u2640\ufe0f", True), ("a\tb\n c", False), ("\x1b[1m", False)]
)
def test_new_keeps_what_a_title_is_made_of(home: Home, title: str, kept: bool) -> None:
    """Joined signs stay one; what moves the cursor does not get in."""
    name = output(home, "new", title, "--yes").split()[1].rstrip(",")
    found = json.loads(output(home, "show", name, "--json"))["title"]
    assert found == (title if kept else {"a": "a b c", "\x1b": "[1m"}[title[0]])


def test_new_does_without_a_schema(home: Home) -> None:
    """If there can be none, that is said, and the routine is written all the same."""
    folder = home.settings.parent / "routines"
    (folder / "breakd-routines.schema.json").mkdir(parents=True)
    found = home.breakd("routines", "new", "Wrists", "--yes")
    assert (found.returncode, found.stdout.startswith("written: mine.wrists")) == (0, True)
    assert found.stderr.startswith("without a schema for editors: ")


def test_new_tells_of_a_folder_that_is_none(home: Home) -> None:
    """One line that names the file, exit code 1."""
    home.settings.parent.mkdir(parents=True, exist_ok=True)
    (home.settings.parent / "routines").touch()
    found = home.breakd("routines", "new", "--yes")
    assert found.returncode == 1
    assert re.fullmatch(r"breakd: \S+/routines/mine\.toml: .+\n", found.stderr)


# -- check --------------------------------------------------------------------------------------------------------


def test_check_tells_all_mistakes_of_a_file(home: Home, tmp_path: Path) -> None:
    """Those that only show beside the other files too, each with its place; exit code 1. Other files are not."""
    own(home, "[[routine]]\n", "bad.toml")
    file = tmp_path / "mine.toml"
    file.write_text(OWN.replace("[[routine]]", '[[routine]]\neasier = "walking.coridor"'))
    found = home.breakd("routines", "check", str(file))
    assert found.returncode == 1
    assert found.stderr.replace(f"{tmp_path}/", "").splitlines() == [
        "mine.toml:2:10: routine[1].easier: there is no routine \"walking.coridor\", did you mean 'walking.corridor'?",
        'mine.toml:5:1: routine[1].needs: never offered as long as [me] equipment lacks "band"',
    ]
    file.write_text(OWN.replace("seconds", "second"))
    (told,) = json.loads(home.breakd("routines", "check", str(file), "--json").stdout)
    assert (told["level"], told["line"], told["key"]) == ("problem", 7, "routine[1].steps[2].second")


def test_check_without_mistakes(home: Home) -> None:
    """What will surprise is told all the same; exit code 0."""
    file = own(home)
    found = home.breakd("routines", "check")
    assert (found.returncode, found.stdout) == (0, "no mistakes: 1 routine in 1 file\n")
    assert found.stderr == f'{file}:4:1: routine[1].needs: never offered as long as [me] equipment lacks "band"\n'


def test_check_counts_files_without_routines(home: Home) -> None:
    """One may say only what is switched off."""
    own(home, 'off = ["walking.stairs"]\n')
    assert output(home, "check") == "no mistakes: 0 routines in 1 file\n"


def test_check_of_what_is_no_file(home: Home) -> None:
    """One line, exit code 1."""
    found = home.breakd("routines", "check", "none.toml")
    assert (found.returncode, found.stderr) == (1, "none.toml: no such file\n")


# -- demo ---------------------------------------------------------------------------------------------------------


def test_demo_shows_a_routine_in_every_break(home: Home) -> None:
    """One's own too, at once, whatever break it is for and whatever it needs."""
    own(home)
    found = home.breakd("demo", "--seconds", "0", "--no-notifications", "--routine", "band")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("Pull the band   mine.band\n")
    prompts = re.findall(r"^\d\d:\d\d  (prompt .*)$", found.stdout, re.MULTILINE)
    assert len(prompts) > 8
    assert all("Pull the band" in prompt for prompt in prompts)
