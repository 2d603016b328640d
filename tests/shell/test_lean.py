"""What the daemon does to stay small leaves everything working."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest

from breakd.settings.paths import config_file, state_folder

START = "from breakd.daemon.lean import import_asyncio; import_asyncio(); import asyncio, sys"

OVER_TLS = """
import ssl

async def tls():
    async def served(reader, writer):
        writer.write(b"no TLS here")
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(served, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    try:
        await asyncio.open_connection(*address, ssl=ssl.create_default_context())
    except ssl.SSLError as error:
        print("the handshake said", error.reason)
    server.close()

asyncio.run(tls())
"""

PLAIN = """
import socket

async def plain():
    loop, (one, other) = asyncio.get_running_loop(), socket.socketpair()
    one.setblocking(False)
    other.setblocking(False)
    await loop.sock_sendall(one, b"hello")
    print((await loop.sock_recv(other, 5)).decode(), "ssl" in sys.modules, "_ssl" in sys.modules)
    one.close()
    other.close()

asyncio.run(plain())
"""


def ran(program: str) -> str:
    """What a fresh interpreter prints that has imported asyncio as the daemon does."""
    command = [sys.executable, "-c", f"{START}\n{program}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


def test_plain_sockets_do_not_load_openssl() -> None:
    """Sockets without TLS work, and OpenSSL is not in memory."""
    assert ran(PLAIN) == "hello False False"


def test_a_plugin_can_use_tls() -> None:
    """Whoever asks asyncio for TLS gets the real one: its handshake finds that the other side speaks none."""
    assert ran(OVER_TLS) == "the handshake said WRONG_VERSION_NUMBER"


def test_import_ssl_gives_the_real_module() -> None:
    """`import ssl` is the module of the standard library, whole."""
    assert ran("import ssl; print(type(ssl).__name__, issubclass(ssl.SSLSocket, object))") == "module True"


def test_a_command_is_imported_lightly() -> None:
    """Commands do without OpenSSL and what msgspec asks little of, and garbage is looked for again afterwards."""
    program = """
import gc, sys
from breakd.cli.commands import cli
cli.get_command(None, "simulate")
print([name for name in ("ssl", "_ssl", "typing_extensions") if name in sys.modules], gc.isenabled())
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[] True", "")


def test_the_daemon_does_without_click() -> None:
    """`breakd run` without options, as services start it, does not load what parses options."""
    program = "import breakd.cli.main, breakd.cli.starting, breakd.cli.foreground; print('click' in sys.modules)"
    assert ran(program) == "False"


SCHEDULED = """
from datetime import UTC, datetime
from breakd.daemon.lean import import_cron, import_scheduler

async def scheduled():
    from apscheduler.triggers.date import DateTrigger
    scheduler, rung = import_scheduler()(timezone=UTC), asyncio.Event()
    scheduler.start()
    async def ring():
        rung.set()
    scheduler.add_job(ring, DateTrigger(datetime.now(UTC), timezone=UTC), misfire_grace_time=None)
    await rung.wait()
    scheduler.shutdown(wait=False)

print(import_cron()(hour=4, timezone=UTC).get_next_fire_time(None, datetime(2026, 3, 2, 9, tzinfo=UTC)).hour)
asyncio.run(scheduled())
print([name for name in ("importlib.metadata", "email", "multiprocessing") if name in sys.modules])
import importlib.metadata, apscheduler.executors.pool
print(importlib.metadata.version("apscheduler") >= "3", apscheduler.executors.pool.ThreadPoolExecutor.__name__)
"""


def test_the_scheduler_comes_without_what_one_job_needs_not() -> None:
    """A job and a calendar work; whoever imports afterwards what was spared gets the real thing."""
    assert ran(SCHEDULED).splitlines() == ["4", "[]", "True ThreadPoolExecutor"]


CONVERTED = """
from typing import Annotated, NotRequired, TypedDict
from breakd.daemon.lean import import_msgspec

import_msgspec()
print([name for name in ("platform", "typing_extensions") if name in sys.modules])
import msgspec
from uuid import UUID

class Table(TypedDict):
    id: UUID
    size: NotRequired[Annotated[int, msgspec.Meta(gt=0)]]

print(msgspec.convert({"id": "12345678-1234-4234-8234-123456789abc"}, Table)["id"].version)
import platform
print(platform.system() == __import__("os").uname().sysname)
from importlib.util import find_spec
if find_spec("typing_extensions"):  # from Python 3.12 on nothing here needs it
    import typing_extensions
    print(typing_extensions.get_type_hints.__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there `uuid` does not ask for the system")
def test_msgspec_comes_without_what_it_asks_one_question_of() -> None:
    """UUIDs and typed dictionaries work; whoever imports afterwards what was spared gets the real thing."""
    assert ran(CONVERTED).splitlines() == [
        "[]",
        "4",
        "True",
        *["get_type_hints"] * bool(find_spec("typing_extensions")),
    ]


def test_the_public_face_does_not_import_asyncio() -> None:
    """`import breakd` leaves asyncio to whoever needs it, or the daemon could not choose how it is imported."""
    program = "import breakd, breakd.cli.main, breakd.cli.run, sys; print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
@pytest.mark.parametrize("said", [None, "", "/elsewhere", "/with blank /x", "relative", "~/tilde"])
def test_folders_are_where_platformdirs_says(said: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Linux the folders are found without platformdirs, and are the same."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
        if said is not None:
            monkeypatch.setenv(name, said)
    assert platformdirs.user_config_path("breakd") / "breakd.toml" == config_file()
    assert platformdirs.user_state_path("breakd") == state_folder()
