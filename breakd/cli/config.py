"""`breakd config ...`: the settings, looked at, checked and changed."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import click

from breakd.cli.config_plugins import complaints
from breakd.settings.errors import Problem, SettingsError
from breakd.settings.load import loaded
from breakd.settings.paths import config_file, presets, routines_folder, shipped

# command -> the module it is in, which is imported only when the command is used
ELSEWHERE = {
    "init": "config_init",
    "edit": "config_edit",
    "set": "config_change",
    "unset": "config_change",
    "show": "config_show",
}


class Config(click.Group):
    """The commands of this module, and those of `ELSEWHERE`, in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use, not of the alphabet."""
        return [*ELSEWHERE, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None if there is none."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"breakd.cli.{ELSEWHERE[cmd_name]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found


@click.group("config", cls=Config)
@click.option("--config", type=click.Path(path_type=Path, readable=False), help="Another settings file than your own.")
@click.pass_context
def config(ctx: click.Context, config: Path | None) -> None:
    """Your settings: begin, change, check and show them. What every key means: docs/settings.md."""
    ctx.obj = config or config_file()


@config.command("check", short_help="Tell every mistake, with line and column.")
@click.argument("file", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--json", "as_json", is_flag=True, help="The result as one object.")
@click.pass_obj
def check(own: Path, file: Path | None, as_json: bool) -> None:
    """Tell every mistake in FILE, or in your own settings, with line and column; exit code 1 if there is one."""
    missing = file is None and not own.is_symlink() and not own.exists()
    file, found = file or own, None
    try:
        found = loaded(None if missing else file)
        problems, notes = [], list(found.notes)
        about_plugins = complaints(found, file)
    except SettingsError as error:
        problems, notes, about_plugins = list(error.problems), [], []
    if as_json:
        wrong = [_facts(problem) for problem in problems] + [{"message": line} for line in about_plugins]
        notes_ = [_facts(note) for note in notes]
        click.echo(json.dumps({"file": str(file), "ok": not wrong, "problems": wrong, "notes": notes_}))
    else:
        for line in (*problems, *about_plugins, *notes):
            click.echo(str(line), err=True)
        if found is not None and not about_plugins:
            click.echo(f"{file}: not there, so the defaults are in force" if missing else f"{file}: no mistakes")
    if problems or about_plugins:
        raise SystemExit(1)


def _facts(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key,
        "message": problem.message,
        "expected": problem.expected,
        "found": problem.found,
        "instead": problem.instead,
    }


@config.command("path", short_help="Print where your settings file is.")
@click.option("--json", "as_json", is_flag=True, help="All places, as one object.")
@click.pass_obj
def path(own: Path, as_json: bool) -> None:
    """Print where your settings file is, or would be."""
    if not as_json:
        click.echo(str(own))
        return
    places = {
        "file": str(own),
        "exists": own.is_file(),
        "routines": str(routines_folder(own)),
        "defaults": str(shipped() / "breakd.toml"),
        "presets": {name: str(preset) for name, preset in presets().items()},
    }
    click.echo(json.dumps(places))


@config.command("schema", short_help="Print the JSON Schema, for editors.")
def schema() -> None:
    """Print the JSON Schema of the settings, for editors that complete and check TOML."""
    from breakd.settings import schema

    click.echo(schema.text(), nl=False)


COMMANDS = {"config": config}
