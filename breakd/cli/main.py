"""The command `breakd`: where it begins, and what an error becomes that nobody else could do anything about."""

from __future__ import annotations

import contextlib
import os
import sys


def main() -> None:
    """The entry point: exit codes 0 done, 1 failed, 2 wrong usage, 3 no daemon running."""
    try:
        _begin(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(1)
    except BrokenPipeError:  # `breakd status | head -1`
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # such as `breakd journal export > file` on a full disk
        sys.stderr.write(f"breakd: {error.filename or 'standard output'}: {error.strerror or error}\n")
        _drop_output()
        sys.exit(1)
    except Exception as error:
        from breakd.settings.errors import SettingsError  # here: a short command has no use for it

        if not isinstance(error, SettingsError):
            raise
        sys.stderr.write(f"breakd: {error}\n")  # where nothing better could be done about it
        sys.exit(1)


def _drop_output() -> None:
    """What could not be written would be tried once more at the exit, and make its code another one."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(nothing, sys.stdout.fileno())


def _begin(words: list[str]) -> None:
    """Two ways around click, which is a tenth of the daemon's start and memory, and most of a short command."""
    if words == ["run"]:  # as services start it
        from breakd.cli.starting import watch

        watch()
        return
    if words[:1] == ["status"]:  # as status bars call it
        from breakd.cli.quick import tell, wanted

        what = wanted(words[1:])
        if what is not None:
            sys.exit(tell(what))
    from breakd.cli.commands import cli

    cli()
