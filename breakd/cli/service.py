"""`breakd service`: have it run by itself, and see whether it does."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable

import click
from msgspec import structs

import breakd
from breakd.cli.client import Failure, WrongUse
from breakd.cli.findings import exit_code, facts, show
from breakd.service.autostart import run_here
from breakd.service.health import Service
from breakd.service.installing import chosen, data, purge, uninstall
from breakd.service.installing import install as do_install
from breakd.service.kind import Kind
from breakd.service.problems import Misused, NotKnown, ServiceError
from breakd.service.systemd import Systemd

NOT_RUNNING = 3
NO_LOGS = (
    "systemd keeps no log that you may read: `sudo mkdir -p /var/log/journal` changes that from the next start of the "
    "machine on; until then: `sudo journalctl _SYSTEMD_USER_UNIT=breakd.service`"
)


@click.group("service")
def service() -> None:
    """Have breakd start by itself with your desktop, and run on its own.

    Under systemd as a unit of your own, elsewhere by the autostart of the desktop. It needs no root.
    """


@service.command("install")
@click.option("--force", is_flag=True, help="Overwrite a file that was changed by hand; it is kept beside.")
def install(force: bool) -> None:
    """Have it start by itself from now on, and start it. After an upgrade or a move: install it again."""
    kind, why = system()
    if why:
        click.echo(f"breakd: {why}; what is left is the {kind.title}", err=True)
    told(do_install(kind, force))


@service.command("uninstall")
@click.option("--purge", "delete", is_flag=True, help="Delete journal and settings too, after asking.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Remove also a file that was changed by hand.")
def remove(delete: bool, yes: bool, force: bool) -> None:
    """Stop it, and take away all but your data."""
    if delete and not yes and not confirmed():
        raise Failure("nothing was done")
    with_kind(lambda kind: uninstall(kind, force))
    if delete:
        told(purge())
    else:
        for path, what in data():
            click.echo(f"kept {path}: {what}")


def confirmed() -> bool:
    """Ask whether the data may go, saying what that is."""
    if not sys.stdin.isatty():
        raise WrongUse("--purge asks before it deletes, but there is nobody to ask: say --yes")
    click.echo("This would be deleted, and could not be brought back:")
    for path, what in data():
        click.echo(f"  {path}: {what}")
    return click.confirm("Delete it?", default=False)


@service.command("start")
@click.option("--session", is_flag=True, help="For the start of a desktop session: tell the service of its screen.")
def start(session: bool) -> None:
    """Start it. Where there is no service manager, --session becomes the daemon itself."""
    if session:
        _join()
        return
    with_kind(lambda kind: _started(kind, kind.start, "started"))


def _join() -> None:
    try:
        with contextlib.suppress(NotKnown):
            kind, _ = chosen()
            if isinstance(kind, Systemd) and kind.join():
                return
        run_here()
    except ServiceError as error:
        raise Failure(str(error)) from None


@service.command("stop")
def stop() -> None:
    """Stop it until the next login, or `breakd service start`."""
    with_kind(_stopped)


@service.command("restart")
def restart() -> None:
    """Stop and start it. Nothing is lost: it goes on where it was."""
    with_kind(lambda kind: _started(kind, kind.restart, "restarted"))


@service.command("status")
@click.option("--json", "as_json", is_flag=True, help="All of it, as one object.")
def status(as_json: bool) -> None:
    """Whether it is installed, enabled and running, in which version. Exit code 3 if it does not run."""
    kind, why = system()
    try:
        found = Service.look(kind, why)
    except ServiceError as error:
        raise Failure(str(error)) from None
    findings = list(found.findings())
    if as_json:
        click.echo(json.dumps(_facts(found) | {"findings": [facts(finding) for finding in findings]}))
    else:
        show([("service", finding) for finding in findings])
        if found.state.says:
            click.echo(f"{'':9}it says: {found.state.says}")
    sys.exit(exit_code(findings) if found.daemon or found.state.activity == "running" else NOT_RUNNING)


def _facts(found: Service) -> dict[str, object]:
    return {
        "kind": found.kind.name,
        "experimental": found.kind.experimental,
        "installed": found.installed,
        "files": {str(path): condition for path, condition in found.conditions.items()},
        **structs.asdict(found.state),
        "running_version": found.daemon.version if found.daemon else None,
        "installed_version": breakd.__version__,
    }


@service.command("logs")
@click.option("-n", "--lines", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what it says from now on.")
def logs(lines: int, follow: bool) -> None:
    """What it said."""
    kind, _ = system()
    try:
        command = kind.logs(lines, follow)
        code = subprocess.run(command, check=False).returncode
    except ServiceError as error:
        raise Failure(str(error)) from None
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed, which keeps what the service says") from None
    if code == 1 and kind.name == "systemd":
        raise Failure(NO_LOGS)
    sys.exit(code)


def with_kind(work: Callable[[Kind], Iterable[str]]) -> None:
    """Do it with the service of this system, and say what comes of it."""
    told(work(system()[0]))


def system() -> tuple[Kind, str]:
    """The kind of service of this system, and why there is no better one."""
    try:
        return chosen()
    except ServiceError as error:
        raise Failure(str(error)) from None


def told(lines: Iterable[str]) -> None:
    """Say what is done while it is done; a problem is one line and its exit code."""
    try:
        for line in lines:
            click.echo(line)
    except Misused as error:
        raise WrongUse(str(error)) from None
    except ServiceError as error:
        raise Failure(str(error)) from None


def _stopped(kind: Kind) -> Iterable[str]:
    found = Service.look(kind)
    if not found.installed and found.daemon is None:
        raise ServiceError("it is not installed, and does not run")
    yield from _done(kind.stop, "stopped; it starts again with the next login" if found.installed else "stopped")


def _started(kind: Kind, work: Callable[[], None], what: str) -> Iterable[str]:
    found = Service.look(kind)
    if not found.installed:
        raise ServiceError("it is not installed: `breakd service install` does that, and starts it")
    if found.stranger:
        raise ServiceError(
            f"a daemon runs already, process {found.stranger}, started by hand: end it with Ctrl-C first"
        )
    yield from _done(work, what)


def _done(work: Callable[[], None], what: str) -> Iterable[str]:
    work()
    yield what


COMMANDS = {"service": service}
