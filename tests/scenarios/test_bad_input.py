"""What `breakd simulate` says to what is no trace: one line, where it is wrong and what was expected; exit code 1."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakd.cli.commands import cli

AT_NINE = '{"at": "2026-03-02T09:00:00+00:00", '
ACTIVE = AT_NINE + '"event": "active"}\n'
HEAVY = 50_000_000  # bytes

# What follows a good first line -> what is said of the second one.
SECOND_LINES = {
    '{"at": "2026-03-02T08:59:59+00:00", "event": "active"}': '"at" goes back by 1s behind line 1, expected lines in '
    "order of arrival (only an idle may lie in the past)",
    AT_NINE + '"event": "activ"}': 'unknown event "activ", expected "active"?',
    AT_NINE + '"event": "lunch"}': 'unknown event "lunch", expected one of active, idle, locked, ',
    AT_NINE + '"event": "active", "wich": 1}': 'active has an unknown field "wich", expected none of its own',
    AT_NINE + '"event": "busy"}': 'busy without "reason", expected one of call, fullscreen, do-not-disturb, sharing',
    AT_NINE + '"event": "busy", "reason": "lunch"}': '"reason" is "lunch", expected one of call, ',
    AT_NINE + '"event": "command", "name": "snooze", "for": 10}': '"for" is 10, expected a duration such as "10m"',
    AT_NINE + '"event": "active", "seen": "2026-03-02T08:59:00+00:00"}': '"seen" is 1m before "at", expected at that ',
    AT_NINE + '"event": "started", "alive": "2026-03-02T10:00:00+00:00"}': '"alive" is 1h after "at", expected that ',
    AT_NINE + '"event": "clock", "shift": "9999999d"}': '"shift" is 239999976h, expected one that stays in the years ',
    AT_NINE + '"event": "zone", "name": "Europe/Atlantis"}': '"name" is "Europe/Atlantis", expected a time zone such ',
    AT_NINE + '"event": "felt", "pain": 11}': "pain is 11, expected 0 to 10",
    AT_NINE + '"event": "slept", "from": "2026-03-02T08:00:00+00:00", "to": "2026-03-02T07:00:00+00:00"}': "the sleep "
    "ends before it begins",
    '{"event": "active"}': 'no "at", expected a moment with UTC offset',
    '{"at": "2026-03-02T09:00:00", "event": "active"}': '"at" is "2026-03-02T09:00:00", expected a moment with UTC ',
    '{"at": "2026-02-30T09:00:00+00:00", "event": "active"}': '"at" is "2026-02-30T09:00:00+00:00", expected a moment ',
    '{"at": "9999-12-31T23:59:59+00:00", "event": "end"}': '"at" is "9999-12-31T23:59:59+00:00", expected a moment ',
    AT_NINE[: -len(", ")] + "}": 'a line without "event", expected one such as {"at": ',
    "hello": "no JSON (",
    ACTIVE[:20]: "no JSON (",
    "[1]": "no JSON object, expected one such as {",
    "[" * 100_000: "maximum recursion depth exceeded",
}
# A whole file -> what is said of it, behind its name.
FILES = {
    b"": ": no events, so there is nothing to simulate",
    b"\n \n\n": ": no events, so there is nothing to simulate",
    bytes(range(256)) * 10: ":1: not UTF-8 from about here on, expected JSON Lines in UTF-8",
    b"\0" * 1000: ":1: no JSON (",
    ACTIVE.encode("utf-16"): ":1: not UTF-8 from about here on, expected JSON Lines in UTF-8",
}


def simulate(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    """`breakd simulate` in this process."""
    return CliRunner().invoke(cli, ["simulate", *map(str, arguments)], input=stdin)


def refused(result: Result, code: int = 1) -> str:
    """The one line that is said on standard error, and nothing else."""
    assert isinstance(result.exception, SystemExit), f"a traceback: {result.exception!r}"
    assert result.exit_code == code
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1
    return result.stderr.rstrip("\n")


@pytest.mark.parametrize(("line", "said"), SECOND_LINES.items(), ids=[said[:40] for said in SECOND_LINES.values()])
def test_a_wrong_line_is_shown(line: str, said: str, tmp_path: Path) -> None:
    """Unsorted, impossible, unknown, misspelt, broken: FILE:LINE, what is wrong, what was expected."""
    trace = tmp_path / "day.jsonl"
    trace.write_text(ACTIVE + line + "\n", encoding="utf-8")
    assert refused(simulate(trace, "--json")).startswith(f"breakd: {trace}:2: {said}")


@pytest.mark.parametrize(("content", "said"), FILES.items(), ids=["empty", "blank", "binary", "zeros", "UTF-16"])
def test_a_file_that_is_no_trace_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """Empty, binary, in another encoding; from a file and from standard input."""
    trace = tmp_path / "day.jsonl"
    trace.write_bytes(content)
    assert refused(simulate(trace)).startswith(f"breakd: {trace}{said}")
    assert refused(simulate("-", stdin=content)).startswith(f"breakd: -{said}")


@pytest.mark.parametrize("begins", ["", AT_NINE + '"event": "', '{"at": "'], ids=["no JSON", "a name", "a moment"])
def test_a_line_of_50_mb_is_refused_in_a_line(begins: str, tmp_path: Path) -> None:
    """Whatever is in it, the answer does not repeat all of it, and comes soon."""
    trace = tmp_path / "day.jsonl"
    with trace.open("w", encoding="utf-8") as file:
        file.write(begins)
        file.write("x" * HEAVY)
        file.write('"}\n' if begins else "\n")
    said = refused(simulate(trace))
    trace.unlink()  # temporary folders are kept for a while
    assert said.startswith(f"breakd: {trace}:1: ")
    assert len(said) < 1000


def test_no_file_no_trace(tmp_path: Path) -> None:
    """A missing file and a folder are told as the system tells them."""
    missing = tmp_path / "missing.jsonl"
    assert refused(simulate(missing)) == f"breakd: {missing}: No such file or directory"
    assert refused(simulate(tmp_path)) == f"breakd: {tmp_path}: Is a directory"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_what_editors_do_to_a_file_does_not_matter(mark: str, newline: str, tmp_path: Path) -> None:
    """A byte order mark, CRLF, blank lines and a missing last newline: the trace is the same."""
    lines = [ACTIVE.strip(), "", '{"at": "2026-03-02T09:25:00+00:00", "event": "end"}']
    written = (mark + newline.join(lines)).encode()
    trace = tmp_path / "day.jsonl"
    trace.write_bytes(written)
    results = [simulate(trace, "--json"), simulate("-", "--json", stdin=written)]
    assert [result.exit_code for result in results] == [0, 0]
    assert [len(result.stdout.splitlines()) for result in results] == [3, 3]  # prompt, withdraw, summary


@pytest.mark.parametrize(
    "arguments",
    [
        ["--set", "breaks.move.every=soon"],
        ["--set", "breaks.move.evry=20m"],
        ["--set", "nothing"],
        ["--config", "missing.toml"],
    ],
    ids=" ".join,
)
def test_wrong_settings_are_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    """Exit code 2, a line, and no word about the trace."""
    trace = tmp_path / "day.jsonl"
    trace.write_text(ACTIVE, encoding="utf-8")
    assert refused(simulate(trace, *arguments), code=2).startswith("breakd: ")


@pytest.mark.parametrize("arguments", [["day.jsonl", "--jsn"], ["one.jsonl", "two.jsonl"]], ids=" ".join)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """An unknown option, two traces: the usage, and no traceback."""
    result = simulate(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")
