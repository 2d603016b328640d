"""The page `commands.md`: every command with its arguments and options, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from breakd.cli.commands import COMMANDS, cli

HEAD = """# Commands

Made from the commands themselves by `python docs/make.py`; `breakd COMMAND --help` says the same. Exit codes: 0 done,
1 failed, 2 wrong usage, 3 no daemon running. An error is a line on standard error: what is wrong, where, what to do.
"""


def page() -> str:
    """The page."""
    context = click.Context(cli, info_name="breakd")
    parts = [HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, f"breakd {name}", "##")
    return "\n".join(parts)


def _command(command: click.Command, path: str, mark: str) -> Iterator[str]:
    arguments = " ".join(_argument(each) for each in command.params if isinstance(each, click.Argument))
    yield f"{mark} `{' '.join(filter(None, (path, arguments)))}`\n"
    yield f"{_text(command.help or '')}\n"
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if options:
        yield "| option | |\n|---|---|"
        yield from (_option(each) for each in options)
        yield ""
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _command(each, f"{path} {name}", mark + "#")


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    if isinstance(argument.type, click.Choice) and not argument.metavar:
        name = "|".join(map(str, argument.type.choices))
    name = name.strip("[].")
    many = "..." if argument.nargs == -1 else ""
    return f"{name}{many}" if argument.required else f"[{name}]{many}"


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else f" {_value(option)}"
    about = (option.help or "").replace("|", "\\|")
    default = option.default if option.show_default and not callable(option.default) else None
    return f"| {names}{value} | {about}{f' Default: {default}.' if default is not None else ''} |"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "\\|".join(map(str, option.type.choices))
    return option.metavar or (option.name or "").upper()


def _text(text: str) -> str:
    """Help as Markdown: what click is not to wrap is as it stands."""
    parts = [part.strip("\n") for part in inspect.cleandoc(text).split("\n\n")]
    return "\n\n".join(
        "\n".join(f"    {line.strip()}" for line in part.split("\n")[1:]) if part.lstrip().startswith("\b") else part
        for part in parts
    )
