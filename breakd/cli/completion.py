"""`breakd completion bash | zsh | fish`: what makes the Tab key know commands, options, routines and settings."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "breakd"
VARIABLE = "_BREAKD_COMPLETE"  # by which click knows that it is a shell that asks


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion for your shell; where it goes:

    \b
    bash   eval "$(breakd completion bash)"      in ~/.bashrc
    zsh    eval "$(breakd completion zsh)"       in ~/.zshrc, behind compinit
    fish   breakd completion fish > ~/.config/fish/completions/breakd.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(click.Command(PROGRAM), {}, PROGRAM, VARIABLE).source())


COMMANDS = {"completion": completion}
