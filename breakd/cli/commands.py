"""The subcommands of `breakd`: each is found in its own file, and nothing else is imported."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

import click

import breakd
from breakd.daemon.lean import lightly

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# command -> (module, its help in a line); the module is imported only when the command is used
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Watch and remind, in the foreground."),
    "demo": ("demo", "A working day in a minute."),
    "status": ("status", "How you sit, and when the next break is due."),
    "start": ("orders", "Start a break now."),
    "stop": ("orders", "End the break that is on."),
    "snooze": ("orders", "Put the break that is due off."),
    "skip": ("orders", "Let the break that is due go."),
    "pause": ("orders", "No prompts for a while."),
    "resume": ("orders", "End the pause."),
    "posture": ("posture", "Say that you sit, stand or walk at the desk."),
    "slept": ("body", "Say how you slept."),
    "felt": ("body", "Say how you feel: pain, sleepiness."),
    "exercised": ("body", "Say what exercise you had."),
    "limits": ("limits", "Where every limit stands, and what it comes from."),
    "doctor": ("doctor", "Look at every part for real, and say what to do."),
    "service": ("service", "Have it start by itself, and see whether it does."),
    "routines": ("routines", "What to do in a break: list, show, try, write your own."),
    "why": ("why", "What a prompt or a limit comes from, now or in the past."),
    "log": ("log", "What happened and what was decided."),
    "history": ("history", "A day a row: sitting, rest, prompts."),
    "report": ("report", "What went wrong at a moment, fit to be attached to an issue."),
    "usage": ("usage", "What came of the prompts, and which never work."),
    "reload": ("reload", "Read the settings again, at once."),
    "plugins": ("plugins", "Which there are, how they do; begin and check your own."),
    "import": ("importing", "Nights, exercise and more, read by a plugin."),
    "completion": ("completion", "The Tab key for bash, zsh or fish."),
    "simulate": ("simulate", "Run the real core over a trace."),
    "config": ("config", "Your settings: begin, change, check and show them."),
    "forget": ("forget", "Delete a span of time from the journal, for good."),
    "journal": ("journal", "Export, import or verify the journal."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, breakd's own or a plugin's; None if there is none."""
        if cmd_name not in COMMANDS:
            return _of_a_plugin(cmd_name)
        with lightly():
            module = importlib.import_module(f"breakd.cli.{COMMANDS[cmd_name][0]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names with their help, without importing what they name."""
        from click.shell_completion import CompletionItem

        from breakd.cli.plugin_commands import others

        named = [(name, text) for name, (_, text) in COMMANDS.items()] + others()
        found = [CompletionItem(name, help=text) for name, text in named if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])
        from breakd.cli.plugin_commands import others

        found = others()
        if found:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(found)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint at the command that was probably meant."""
        import difflib

        if args and not args[0].startswith("-") and args[0] not in COMMANDS and _of_a_plugin(args[0]) is None:
            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " See `breakd --help`."
            raise click.UsageError(f"there is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@functools.cache
def _of_a_plugin(name: str) -> click.Command | None:
    """The command that a plugin registers as its own; only that plugin is imported."""
    from breakd.cli.plugin_commands import made

    return made(name)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(breakd.__version__, message="breakd %(version)s")
def cli() -> None:
    """Exercise-break reminders for tired, sore backs.

    `breakd demo` shows a day in a minute, `breakd run` is the real thing.
    """
