"""What `--help` of the commands looks like in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from breakd.cli.commands import cli


def groups(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All commands that have commands."""
    if isinstance(command, click.Group):
        yield path
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from groups(found, (*path, name))


@pytest.mark.parametrize("path", list(groups(cli)), ids=" ".join)
def test_a_command_is_told_in_one_line(path: tuple[str, ...]) -> None:
    """A list of commands has a line for each: none is cut off, none goes on in the next line."""
    done = CliRunner().invoke(cli, [*path, "--help"], prog_name="breakd", terminal_width=80)
    lines = done.output.partition("Commands:\n")[2].splitlines()
    assert lines
    assert [line for line in lines if line.endswith("...") or line.startswith("   ")] == []
