"""`breakd config ...` as people type it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import tomli
from click.testing import CliRunner, Result

from breakd.cli.commands import cli
from breakd.cli.config_edit import AT, WAITS, command
from breakd.settings import schema
from breakd.settings.edit import with_values, without
from breakd.settings.errors import Problem
from breakd.settings.layers import has, leaves
from breakd.settings.load import load

ODD = [
    'breaks.move.every = "1h"\n[breaks.micro]\nfor = "20s"\n',
    '[breaks.move]\nevery = "1h"\n[prompt]\nlull = "3s"\n[breaks.micro]\nfor = "20s"\n',
    '[breaks]\nmove.every = "1h"\nmicro = { for = "20s" }\n',
    "[prompt]\n\"lull\" = '3s'\n'snooze' = \"1m\"\n",
    '[breaks.move.a]\nx = 1\n[breaks.move]\nevery = "1h"\n',
    'breaks = {\n  # over several lines, which is TOML 1.1\n  move = { every = "1h" },\n}\n',
    "[[routine]]\nid = 1\n[breaks]\n[breaks.move]\n[[routine]]\nid = 2\n",
    "d = 1979-05-27 07:32\nt = 07:32\n",
    "prompt = {}\n[breaks]\n",
    "[a.b.c]\nx = 1\n[a]\ny = 1\n[a.b]\nz = 1\n",
    "# only a comment",
    "",
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings file of a new user would be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "breakd" / "breakd.toml"


def config(*words: str | Path, typed: str | None = None) -> Result:
    """`breakd config ...` in this process; never a traceback."""
    result = CliRunner().invoke(cli, ["config", *map(str, words)], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), f"a traceback: {result.exception!r}"
    return result


def did(*words: str | Path) -> str:
    """What a command prints that does what it should."""
    result = config(*words)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def write(own: Path, text: str) -> Path:
    """A settings file with this text."""
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(text.encode())
    return own


# -- path, schema, check ----------------------------------------------------------------------------------------------


def test_path_tells_where_everything_is(own: Path) -> None:
    """The file, whether it is there or not; with --json the other places too, all of which are there."""
    assert did("path") == f"{own}\n"
    places = json.loads(did("path", "--json"))
    assert (places["file"], places["exists"]) == (str(own), False)
    assert all(Path(place).is_file() for place in (places["defaults"], *places["presets"].values()))


def test_schema_is_printed() -> None:
    """As one JSON document."""
    assert json.loads(did("schema")) == schema.schema()


def test_check_says_that_all_is_well(own: Path) -> None:
    """Of one's own file, and of any other."""
    write(own, '[breaks.move]\nevery = "20m"\n')
    assert did("check") == f"{own}: no mistakes\n"
    assert did("check", own) == f"{own}: no mistakes\n"
    assert json.loads(did("check", "--json")) == {"file": str(own), "ok": True, "problems": [], "notes": []}


def test_check_without_a_file(own: Path) -> None:
    """Nothing is wrong with having none; a file that was asked for has to be there."""
    assert did("check") == f"{own}: not there, so the defaults are in force\n"
    result = config("check", own)
    assert (result.exit_code, result.stderr) == (1, f"{own}: no such file\n")


def test_check_tells_every_mistake(own: Path) -> None:
    """A line each on standard error and exit code 1; with --json the parts of each."""
    write(own, '[breaks.move]\nevery = 20\n[promt]\nlull = "5s"\n')
    result = config("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f'{own}:2:9: breaks.move.every: expected a duration such as "20m", found 20',
        f"{own}:3:1: promt: unknown key, did you mean 'prompt'?",
    ]
    result = config("check", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    first, second = json.loads(result.stdout)["problems"]
    assert first == {
        "file": str(own),
        "line": 2,
        "column": 9,
        "key": "breaks.move.every",
        "message": 'expected a duration such as "20m", found 20',
        "expected": 'a duration such as "20m"',
        "found": "20",
        "instead": "",
    }
    assert (second["key"], second["instead"]) == ("promt", "prompt")


def test_check_asks_the_plugins_about_their_tables(own: Path) -> None:
    """A plugin that is not there, and a setting that one does not have."""
    write(own, "[plugins.nosuch]\na = 1\n[plugins.walking]\nb = 1\n")
    result = config("check")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{own}:1:1: plugins.nosuch: no such plugin",
        "plugins.walking: it has no settings, so these do nothing: b",
    ]


@pytest.mark.parametrize("command", [("check",), ("show",), ("set", "prompt.snooze", "5m"), ("unset", "prompt.snooze")])
def test_a_file_that_is_no_toml_is_left_alone(own: Path, command: tuple[str, ...]) -> None:
    """Each command says where, and none changes it."""
    write(own, "[prompt\n")
    result = config(*command)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{own}:1:8: not valid TOML: " in result.stderr
    assert own.read_text() == "[prompt\n"


# -- show -------------------------------------------------------------------------------------------------------------


def test_show_is_toml_that_says_the_same(own: Path, tmp_path: Path) -> None:
    """What is printed, loaded again, is what was in force."""
    write(own, 'preset = "workrave"\n[breaks."my own"]\ncounts = "screen"\nevery = "1h"\nfor = "5m"\n')
    for words in ((), ("--origin",)):
        shown = tmp_path / "shown.toml"
        shown.write_text(did("show", *words))
        assert load(shown) == load(own)


def test_show_tells_where_each_value_comes_from(own: Path) -> None:
    """The default, the preset by its name, the file with line and column."""
    write(own, 'preset = "workrave"\n[breaks.move]\nevery = "50m"\n')
    lines = did("show", "--origin").splitlines()
    assert 'every = "50m"                           # ' + f"{own}:3:1" in lines
    assert 'for = "10m"                             # preset workrave' in lines
    assert 'lull = "5s"                             # default' in lines
    assert did("show", "breaks.move.every", "--origin") == f'"50m"  # {own}:3:1\n'
    assert did("show", "breaks.move.for") == '"10m"\n'
    facts = json.loads(did("show", "breaks.move", "--json"))
    assert facts["breaks.move.every"] == {"value": "50m", "origin": "file", "file": str(own), "line": 3, "column": 1}
    assert facts["breaks.move.for"]["origin"] == "preset"
    assert facts["breaks.move.counts"]["value"] == "input"


def test_show_without_a_file_is_the_defaults(own: Path, tmp_path: Path) -> None:
    """And of what nobody says it tells what that means; of what there is not, what was meant."""
    shown = tmp_path / "shown.toml"
    shown.write_text(did("show"))
    assert load(shown) == load()
    assert not own.exists()
    result = config("show", "breaks.move.longest")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("breakd: breaks.move.longest: not set; an overdue break grows up to this")
    assert did("show", "schedule") == ""
    result = config("show", "breaks.move.duration")
    assert (result.exit_code, "did you mean breaks.move.for" in result.stderr) == (2, True)


# -- set, unset -------------------------------------------------------------------------------------------------------


def test_set_keeps_everything_else(own: Path) -> None:
    """Comments, order, blank lines, other ways of writing."""
    write(own, "# mine\n\n[prompt]   # about prompts\nsnooze = '5m'   # short\nlull='3s'\n\n# end\n")
    assert did("set", "prompt.snooze", "15m") == f'prompt.snooze = "15m"\nin {own}\n'
    assert own.read_text() == "# mine\n\n[prompt]   # about prompts\nsnooze = \"15m\"   # short\nlull='3s'\n\n# end\n"


def test_set_begins_a_file(own: Path) -> None:
    """Where there is none, for its owner alone; several settings go in at once."""
    did("set", "breaks.eyes.counts", "screen", "breaks.eyes.every", "20m", "breaks.eyes.for", "20s")
    assert load(own).breaks["eyes"].every == 20 * 60_000
    assert [stat.S_IMODE(path.stat().st_mode) for path in (own, own.parent)] == [0o600, 0o700]
    assert json.loads(did("set", "preset", "20-20-20", "--json")) == {
        "file": str(own), "changed": {"preset": "20-20-20"},
    }  # fmt: skip
    assert own.read_text().startswith('preset = "20-20-20"\n')


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("me.avoid", "floor, overhead", '["floor", "overhead"]'),
        ("me.avoid", '["floor"]', '["floor"]'),
        ("me.avoid", "", "[]"),
        ("hours.work", "mon-fri 09:00-17:00", '"mon-fri 09:00-17:00"'),
        ("prompt.attempts", "3", "3"),
        ("prompt.done", "0.5", "0.5"),
        ("breaks.move.enabled", "false", "false"),
        ("day_start", "05:00", '"05:00"'),
        ('breaks."my own"', '{counts = "input", every = "1h", for = "5m"}', None),
    ],
)
def test_values_need_no_quotes_of_toml(own: Path, key: str, value: str, found: str | None) -> None:
    """Text, numbers, lists and tables as one would type them."""
    did("set", key, value)
    load(own)
    if found is not None:
        assert did("show", key) == f"{found}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("breaks.move.evry", "20m"), "breaks.move.evry: unknown key, did you mean breaks.move.every "),
        (("snoze", "20m"), "snoze: unknown key, did you mean prompt.snooze"),
        (("breaks.move.every", "soon"), 'breaks.move.every: expected a duration such as "20m", "1h30m" or "90s", '),
        (("breaks.move.for", "40m"), 'breaks.move.for: expected at most `every`, which is "30m", found "40m"'),
        (("breaks.move.every", "2m"), 'breaks.move.every: expected at least `for`, which is "3m", found "2m"'),
        (("preset", "ofice"), "preset: expected one of 20-20-20, "),
        (("breaks.eyes.every", "20m"), "breaks.eyes.counts: missing"),
        (("a = 1\nb", "1"), "a = 1\\nb: expected one key, such as breaks.move.every"),
        (("day_start", "5\n6"), 'day_start: expected a time of day such as "04:00", found "5\\n6"'),
        (("", "1"), "expected a key, such as breaks.move.every"),
        (("prompt", "1"), "prompt: unknown key"),
        (("plugins.nosuch.a", "1"), "plugins.nosuch: no such plugin"),
        (("plugins.walking.enabled", "3"), "plugins.walking.enabled: expected true or false, found 3"),
    ],
)
def test_set_refuses_what_would_be_wrong(own: Path, words: tuple[str, str], said: str) -> None:
    """One line for each, exit code 2, and the file is as it was."""
    write(own, "# mine\n")
    result = config("set", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"breakd: {said}")
    assert own.read_text() == "# mine\n"


def test_set_without_a_value_is_wrong_usage(own: Path) -> None:
    """The usage is shown."""
    assert [config("set", *words).exit_code for words in ((), ("a",), ("a", "1", "b"))] == [2, 2, 2]


def test_a_mistake_that_is_there_can_be_mended_key_by_key(own: Path) -> None:
    """Of two mistakes one goes; a third is refused."""
    write(own, "[prompt]\nlull = 5\nsnooze = 6\n")
    did("set", "prompt.lull", "5s")
    assert config("set", "prompt.skip", "7").exit_code == 2
    assert own.read_text() == '[prompt]\nlull = "5s"\nsnooze = 6\n'
    did("unset", "prompt.snooze")
    load(own)


def test_unset_gives_the_default_back(own: Path) -> None:
    """A key, or a table; what is not there needs nothing, what cannot be is refused."""
    write(own, '# mine\n\n[prompt]\nsnooze = "5m"\nlull = "3s" # short\n\n[limits]\ndesk = "7h"\n')
    assert did("unset", "prompt.snooze") == f"prompt.snooze taken out\nin {own}\n"
    assert own.read_text() == '# mine\n\n[prompt]\nlull = "3s" # short\n\n[limits]\ndesk = "7h"\n'
    did("unset", "limits.desk")
    assert "limits" not in own.read_text()
    assert did("unset", "prompt.skip") == f"prompt.skip is not in {own}: nothing to do\n"
    assert config("unset", "prompt.skipp").exit_code == 2
    did("unset", "prompt")
    assert load(own) == load()


def test_a_key_that_there_is_not_can_be_taken_out(own: Path) -> None:
    """That is how a slip is mended."""
    write(own, '[promt]\nlull = "5s"\n')
    did("unset", "promt")
    load(own)


def test_a_link_stays_one_and_rights_stay_as_they_are(own: Path, tmp_path: Path) -> None:
    """Settings kept among dotfiles are changed where they are."""
    kept = tmp_path / "dotfiles" / "breakd.toml"
    write(kept, "# mine\n").chmod(0o640)
    own.parent.mkdir(parents=True)
    own.symlink_to(kept)
    did("set", "prompt.snooze", "5m")
    assert own.is_symlink()
    assert kept.read_text() == '# mine\n\n[prompt]\nsnooze = "5m"\n'
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert [path.name for path in kept.parent.iterdir()] == ["breakd.toml"]


def test_line_ends_and_marks_of_windows_stay(own: Path) -> None:
    """As Notepad saved it, so it is saved again."""
    write(own, "\ufeff[prompt]\r\nlull = '3s'\r\n")
    did("set", "prompt.snooze", "5m", "limits.desk", "7h")
    assert own.read_bytes() == (
        b'\xef\xbb\xbf[prompt]\r\nlull = \'3s\'\r\nsnooze = "5m"\r\n\r\n[limits]\r\ndesk = "7h"\r\n'
    )


def test_a_new_table_stands_apart(own: Path) -> None:
    """With a blank line above and below, unless the file is written without."""
    write(own, '[breaks.move]\nevery = "45m"\n\n[prompt]\nlull = "3s"\n')
    did("set", "breaks.micro.every", "25m")
    assert own.read_text() == (
        '[breaks.move]\nevery = "45m"\n\n[breaks.micro]\nevery = "25m"\n\n[prompt]\nlull = "3s"\n'
    )


def test_inline_and_dotted_tables_are_changed_as_they_are_written(own: Path) -> None:
    """Nobody's way of writing is mended on the way."""
    write(own, 'prompt = { lull = "3s" }  # short\nlimits.desk = "7h"\n')
    did("set", "prompt.snooze", "5m")
    did("set", "limits.desk", "6h")
    assert own.read_text() == 'prompt = { lull = "3s", snooze = "5m"}  # short\nlimits.desk = "6h"\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [("prompt = 3\n", "prompt is no table"), ("[[prompt]]\nlull = 3\n", "prompt is no table")],
)
def test_what_cannot_be_changed_is_left_as_it_is(own: Path, text: str, reason: str) -> None:
    """A key below something that is no table: the reason, and what to do."""
    write(own, text)
    result = config("set", "prompt.snooze", "5m")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"breakd: {own}: left as it is: {reason}; `breakd config edit` opens it\n"
    assert own.read_text() == text


@pytest.mark.parametrize("text", ODD, ids=repr)
def test_odd_ways_of_writing_are_kept(own: Path, text: str) -> None:
    """Whatever TOML allows: one key changes or comes in, all others say what they said."""
    before = tomli.loads(text)
    for key, value in (("prompt.snooze", "7m"), ("breaks.move.every", "44m"), ("breaks.new", {"every": "1h"})):
        path = tuple(key.split("."))
        after = tomli.loads(with_values(own, text, {path: value}))
        assert (
            dict(leaves(after)).items()
            >= {key: it for key, it in leaves(before) if it != {} and key[: len(path)] != path}.items()
        )
        assert has(after, path)
        assert tomli.loads(without(own, with_values(own, text, {path: value}), path)) is not None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written(own: Path) -> None:
    """Write-protected, or in a folder that is: one line, and nothing is lost."""
    write(own, "# mine\n").chmod(0o400)
    assert config("set", "prompt.snooze", "5m").exit_code == 1
    own.chmod(0o600)
    own.parent.chmod(0o500)
    result = config("set", "prompt.snooze", "5m")
    own.parent.chmod(0o700)
    assert result.stderr == f"breakd: {own}: cannot be written: Permission denied\n"
    assert own.read_text() == "# mine\n"


def test_places_where_no_file_can_be(own: Path) -> None:
    """A folder in its place, a file in the place of its folder: one line each."""
    own.mkdir(parents=True)
    assert config("set", "prompt.snooze", "5m").stderr == f"breakd: {own}: expected a file, found a folder\n"
    below = write(own.parent / "file", "") / "breakd.toml"
    result = config("--config", below, "set", "prompt.snooze", "5m")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert f"{below}: cannot be written: " in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="there are no locks")
def test_several_changes_at_once_lose_none(own: Path) -> None:
    """Six commands at the same time: each finds its key in the file."""
    keys = [f"prompt.{key}" for key in ("snooze", "skip", "pause", "silence", "stays", "patience")]
    words = [sys.executable, "-m", "breakd", "config", "--config", str(own), "set"]
    running = [subprocess.Popen([*words, key, "7m"], stdout=subprocess.DEVNULL) for key in keys]
    assert [process.wait() for process in running] == [0] * len(keys)
    assert own.read_text().count('"7m"') == len(keys)
    assert [path.name for path in own.parent.iterdir()] == [own.name]


# -- init -------------------------------------------------------------------------------------------------------------


def test_init_without_questions(own: Path) -> None:
    """A file that changes nothing, with the schema beside it, that its first line names."""
    assert did("init", "--yes") == f"{own}: written\n"
    assert load(own) == load()
    first = own.read_text().splitlines()[0]
    assert json.loads((own.parent / first.removeprefix("#:schema ")).read_text()) == schema.schema()
    result = config("init", "--yes")
    assert (result.exit_code, result.stderr) == (1, f"breakd: {own}: there already; `breakd config edit` opens it\n")


def test_init_asks_four_questions(own: Path) -> None:
    """Preset, minutes, what is sore, what to avoid; slips are asked again."""
    result = config("init", typed="office\n45\nlower bck\nlower back, neck\nfloor\n")
    assert result.exit_code == 0, result.output
    assert "did you mean 'lower back'?" in result.output
    found = load(own)
    assert (found.preset, found.breaks["move"].every) == ("office", 45 * 60_000)
    assert (found.me.sore, found.me.avoid) == (("lower back", "neck"), ("floor",))


def test_answers_that_change_nothing_are_not_written(own: Path) -> None:
    """Enter four times is the same as --yes."""
    assert config("init", typed="\n\n\n\n").exit_code == 0
    answered = own.read_text()
    own.unlink()
    did("init", "--yes")
    assert own.read_text() == answered


def test_nobody_there_to_answer(own: Path) -> None:
    """Nothing is written, and it is said how to do without."""
    done = config("init", typed="")
    assert (done.exit_code, "say --yes to be asked nothing; nothing was written" in done.stderr) == (2, True)
    assert not own.exists()


# -- edit -------------------------------------------------------------------------------------------------------------


def editor(tmp_path: Path, text: str) -> str:
    """An editor that saves this text."""
    script = tmp_path / "editor.py"
    script.write_text(f"import sys\nopen(sys.argv[-1], 'w').write({text!r})\n")
    return f"{sys.executable} {script}"


def test_edit_checks_what_was_saved(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is begun if there is none; mistakes are told, and what was typed is kept."""
    monkeypatch.setenv("VISUAL", editor(tmp_path, '[prompt]\nlull = "3s"\n'))
    assert did("edit") == f"{own}: no mistakes\n"
    assert load(own).prompt.lull == 3000
    (own.parent / schema.FILE).write_text("{}")  # of a former version
    monkeypatch.setenv("VISUAL", editor(tmp_path, "[prompt]\nlull = 3\n"))
    result = config("edit")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f'{own}:2:8: prompt.lull: expected a duration such as "20m", found 3',
        f"breakd: {own}: saved with 1 mistake",
    ]
    assert own.read_text() == "[prompt]\nlull = 3\n"
    assert json.loads((own.parent / schema.FILE).read_text()) == schema.schema()


def test_editors_that_fail(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there, one that ends badly, none at all."""
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert config("edit").stderr.startswith("breakd: no-such-editor: No such file or directory")
    monkeypatch.setenv("VISUAL", "false")
    assert config("edit").stderr == f"breakd: false {own}: ended with exit code 1\n"
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    result = config("edit")
    assert (result.exit_code, result.stderr.startswith("breakd: no editor: set VISUAL or EDITOR")) == (2, True)


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_edit_offers_to_go_on_at_the_mistake(own: Path, tmp_path: Path, answer: str, code: int) -> None:
    """In a terminal: the mistake is told, and the editor opened again where it is, as often as one wants."""
    log, script = tmp_path / "log", tmp_path / "vim"
    script.write_text(
        f'#!/bin/sh\necho "$@" >>{log}\n'
        f'[ $# = 1 ] && echo \'day_start = 4\' >"$1" || echo \'day_start = "05:00"\' >"$2"\n'
    )
    script.chmod(0o700)
    ours, theirs = os.openpty()
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "VISUAL": str(script)}
    words = [sys.executable, "-m", "breakd", "config", "edit"]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = ""
        while "[Y/n]" not in said:
            said += os.read(ours, 4096).decode()
        os.write(ours, f"{answer}\n".encode())
        with suppress(OSError):  # the end of the other side is an error on Linux
            while more := os.read(ours, 4096):
                said += more.decode()
    os.close(ours)
    assert f"{own}:1:13: day_start: expected a time of day" in said
    opened = [f"{own}", f"+1 {own}"] if answer == "y" else [f"{own}"]
    assert (process.returncode, log.read_text().splitlines()) == (code, opened)


@pytest.mark.parametrize(
    ("said", "opened"),
    [
        (["vim"], ["vim", "+3", "FILE"]),
        (["/usr/bin/nano", "-w"], ["/usr/bin/nano", "-w", "+3,7", "FILE"]),
        (["hx"], ["hx", "FILE:3:7"]),
        (["code"], ["code", "--wait", "--goto", "FILE:3:7"]),
        (["code", "--wait"], ["code", "--wait", "--goto", "FILE:3:7"]),
        (["emacs", "-nw"], ["emacs", "-nw", "+3:7", "FILE"]),
        (["kate"], ["kate", "--block", "--line", "3", "--column", "7", "FILE"]),
        (["ed"], ["ed", "FILE"]),
    ],
)
def test_editors_open_at_the_mistake(said: list[str], opened: list[str]) -> None:
    """Each in its own way; one that is not known opens the file."""
    file = Path("FILE")
    assert command(said, file, Problem("FILE", 3, "x", "wrong", 7)) == opened
    assert command(said, file, None)[-1] == "FILE"


def test_editors_that_wait_can_be_told_where() -> None:
    """Whoever is told to wait is known otherwise too."""
    assert WAITS.keys() <= AT.keys()
