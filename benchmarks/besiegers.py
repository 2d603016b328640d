"""Everything that may sit at the other end of the control socket and mean no good, all at once, until it is killed.

    python -m benchmarks.besiegers SOCKET

It says `ready` once every one of them has begun.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable

CROWD = 1000  # connections that say nothing
DEAF = 40  # followers that never read
PAUSE = 0.001  # seconds between two blows: it is the daemon that is to be held up, not the machine

RUBBISH = (b"[" * 5000 + b"\n", b'{"do": 1}\n', b"\x00" * 70_000)


def connected(path: str) -> socket.socket:
    """A new connection."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(1)
    connection.connect(path)
    return connection


def crowd(path: str) -> None:
    """A thousand connections that say nothing; each that is closed is opened again."""
    everybody: list[socket.socket] = []
    while True:
        everybody.append(connected(path))
        if len(everybody) > CROWD:
            everybody.pop(0).close()
            time.sleep(PAUSE)


def rubbish(path: str) -> None:
    """What is no request, without end."""
    for number in itertools.count():
        with connected(path) as one:
            for _ in range(20):
                one.sendall(
                    (os.urandom(200) + b"\n", b"[" * 5000 + b"\n", b'{"do": 1}\n', b"\x00" * 70_000)[number % 4]
                )
                time.sleep(PAUSE)


def flood(path: str) -> None:
    """Requests faster than they can be answered, and no ear for the answers."""
    while True:
        with connected(path) as one:
            while True:
                one.sendall(b'{"do": "status"}\n' * 100)


def deaf(path: str) -> None:
    """Followers that never read."""
    everybody: list[socket.socket] = []
    while True:
        one = connected(path)
        one.sendall(json.dumps({"do": "log"}).encode() + b"\n")
        everybody.append(one)
        if len(everybody) > DEAF:
            everybody.pop(0).close()
        time.sleep(10 * PAUSE)


def halves(path: str) -> None:
    """Half a request, and then nothing; or the half of a connection that only listens."""
    everybody: list[socket.socket] = []
    while True:
        one = connected(path)
        one.sendall(b'{"do": "sta')
        if len(everybody) % 2:
            one.shutdown(socket.SHUT_WR)
        everybody.append(one)
        if len(everybody) > 20:
            everybody.pop(0).close()
        time.sleep(10 * PAUSE)


def forever(way: Callable[[str], None], path: str) -> None:
    """Begin again whenever the daemon closes the door."""
    while True:
        try:
            way(path)
        except OSError:
            time.sleep(10 * PAUSE)


def main() -> None:
    """Besiege."""
    ways = (crowd, rubbish, flood, deaf, halves)
    threads = [threading.Thread(target=forever, args=(way, sys.argv[1]), daemon=True) for way in ways]
    for thread in threads:
        thread.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
