"""How long it takes from the moment a prompt is due until the notification server is called, through the real daemon.

    python -m benchmarks.prompt_latency [--prompts 20] [--siege]

A small notification server in a process of its own notes when each `Notify` reaches it, by the boot clock that the
daemon goes by too. In between lie the timer, the core, the journal on the disk, the host, and a real session bus.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from benchmarks.desk import Desk, end, wait_for
from benchmarks.table import show
from breakd import Active, Emit, Record, Register, Stream

NAME = "org.freedesktop.Notifications"
QUICK = (  # a prompt every few seconds
    "breaks.move.every=2s",
    "breaks.move.for=1s",
    "breaks.move.longest=2s",
    "breaks.micro.enabled=false",
    "prompt.lull=1s",
    "prompt.patience=1s",
    "prompt.skip=1s",
    "prompt.per_hour=1000",
)


def serve(out: Path) -> None:
    """The notification server: writes the boot time, ns, of each Notify."""
    from jeepney import HeaderFields, MessageType, message_bus, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    answers: dict[str, tuple[str, tuple[object, ...]]] = {
        "Notify": ("u", (1,)),
        "GetCapabilities": ("as", (["actions"],)),
        "GetServerInformation": ("ssss", ("bench", "breakd", "1", "1.2")),
    }
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    with out.open("a", encoding="ascii") as lines:
        lines.write("ready\n")
        lines.flush()
        while True:
            message = connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            member = message.header.fields[HeaderFields.member]
            if member == "Notify":
                lines.write(f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)}\n")
                lines.flush()
            connection.send(new_method_return(message, *answers.get(member, (None, ()))))


class Person:
    """A plugin: types without end, and notes when each prompt was decided, wall-clock ms."""

    def __init__(self) -> None:
        self.prompts: list[float] = []

    def breakd_register(self, register: Register) -> None:
        """The hook."""
        register.source(self.types)
        register.observer(self.watches)

    async def types(self, emit: Emit) -> None:
        """Input, and nothing else."""
        emit(Active())
        await asyncio.Event().wait()

    async def watches(self, records: Stream[Record]) -> None:
        """Note the prompts."""
        async for record in records:
            if record.name == "prompt":
                self.prompts.append(record.at.timestamp() * 1000)


async def latencies(desk: Desk, out: Path, wanted: int) -> list[float]:
    """Let the daemon prompt so many times; ms from due to Notify of each."""
    from breakd.daemon.control.requests import Places
    from breakd.daemon.daemon import Daemon
    from breakd.daemon.watching.reload import Files
    from breakd.settings.load import load

    person = Person()
    silent = SimpleNamespace(say=_nothing, log=_nothing, warn=lambda line: sys.stderr.write(line + "\n"))
    places = Places(desk.folder / "journal.db", desk.control)
    daemon = Daemon(load(None, QUICK), places, silent, Files(desk.folder / "breakd.toml"))
    daemon.host.add("person", person)
    await daemon.start()
    ahead = daemon.loop.now() - time.clock_gettime_ns(time.CLOCK_BOOTTIME) / 1e6
    try:
        skipped = 0
        while len(calls := notified(out)) < wanted:
            await asyncio.sleep(0.05)
            if skipped < len(calls):
                skipped = len(calls)
                daemon.loop.command("skip", None, "bench")
    finally:
        await daemon.stop()
    return [call + ahead - due for call, due in zip(calls, person.prompts, strict=False)]


def notified(out: Path) -> list[float]:
    """The Notify calls so far, ms of boot time."""
    return [int(line) / 1e6 for line in out.read_text(encoding="ascii").split() if line.isdigit()]


def _nothing(_line: str) -> None:
    """Nobody listens."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=20)
    parser.add_argument("--siege", action="store_true", help="with all that means no good at the control socket")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve)
        return
    with Desk() as desk:
        desk.bus()
        out = desk.folder / "notified"
        server = desk.start([sys.executable, "-m", "benchmarks.prompt_latency", "--serve", str(out)])
        wait_for("the notification server", out.exists)
        os.environ.clear()
        os.environ.update(desk.env)
        if args.siege:
            desk.start([sys.executable, "-m", "benchmarks.besiegers", str(desk.control)])
        found = asyncio.run(latencies(desk, out, args.prompts))
        end(server)
    row = {"median_ms": statistics.median(found), "max_ms": max(found), "first_ms": found[0]}
    show(f"due to notified: {len(found)} prompts", {"besieged" if args.siege else "breakd": row}, as_json=args.json)


if __name__ == "__main__":
    main()
