"""A real `breakd run` for tests: a home of its own, the lines it says, and hands that a test leads."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from breakd.daemon.store.journal import Journal
from tests.shell import warm

T = TypeVar("T")
Facts = dict[str, Any]

ROOT = Path(__file__).parents[2]
BREAKD = str(Path(sysconfig.get_path("scripts"), "breakd"))
PATIENCE = 20.0  # seconds until a test gives up; machines may be slow

# A break of half a second is due after half a second of input, and asked for at once.
QUICK = {
    "breaks.micro.enabled": "false",
    "breaks.move.every": "0.5s",
    "breaks.move.for": "0.5s",
    "breaks.move.longest": "1s",
    "presence.notice": "0.1s",
    "presence.away_prompted": "0.1s",
    "presence.away_resting": "0.1s",
    "prompt.patience": "0.1s",
    "prompt.after_absence": "0.1s",
    "prompt.per_hour": "1000",
    "limits.sitting": "10h",
}
PLUGINS = Path(__file__).parents[2] / "plugins"
# The bundled plugins that look at the machine: all but packs of routines and the console.
OURS = sorted(
    {file.parent.name.removeprefix("breakd_") for file in PLUGINS.glob("*/__init__.py")}
    - {"console"}
    - {pack.parent.name.removeprefix("breakd_") for pack in PLUGINS.glob("*/*.toml")}
)


def wait_for(what: Callable[[], str], found: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """What `found` gives, once that is true; after `seconds` an error that says what `what` then gives."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what()}"
        time.sleep(0.01)
    return result


class Home:
    """A person's folders and environment, and the hands of that person. `env`: has the folders, named as there."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.state = folder / "xdg_state_home" / "breakd"
        self.journal = self.state / "journal.db"
        self.socket = folder / "xdg_runtime_dir" / "breakd" / "control.sock"
        self.settings = folder / "xdg_config_home" / "breakd" / "breakd.toml"
        self._daemons: list[Daemon] = []
        self._hands = socket.socket(socket.AF_UNIX)
        self._hands.bind(str(folder / "hands"))
        self._hands.listen()
        self._hands.setblocking(False)

    def install(self, name: str, module: str, code: str | None = None) -> None:
        """Install a distribution with one plugin, as pip would; its module is made of `code`, or there already."""
        info = self.folder / "site" / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[breakd]\n{name} = {module}\n")
        if code is not None:
            (info.parent / f"{module}.py").write_text(code)

    def configure(self, text: str) -> Path:
        """Write the settings file."""
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(text, encoding="utf-8")
        return self.settings

    def breakd(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return warm.run([BREAKD, *words], env=self.env, stdin=stdin, timeout=PATIENCE)

    def run(self, *options: str, **sets: str) -> Daemon:
        """Start the daemon, and take its hands; `sets` with __ for dots."""
        values = {name.replace("__", "."): value for name, value in sets.items()}
        values |= {f"plugins.{name}.enabled": "false" for name in OURS}
        values["notify.order"] = '["remote"]'
        return self.begin(*(f"--set={key}={value}" for key, value in values.items()), *options).take_hands()

    def accepted(self) -> socket.socket | None:
        """The hands of a daemon that has reached for them; None while it has not."""
        with suppress(BlockingIOError):
            return self._hands.accept()[0]
        return None

    def begin(
        self, *options: str, stdout: IO[bytes] | int | None = None, command: Sequence[str] = (BREAKD, "run")
    ) -> Daemon:
        """Start the daemon as it is, with the plugins that look at this machine, and wait for nothing."""
        daemon = Daemon(self, [*command, *options], stdout)
        self._daemons.append(daemon)
        return daemon

    def quick(self, *options: str, **sets: str) -> Daemon:
        """Start the daemon with `QUICK` settings."""
        return self.run(*options, **{key.replace(".", "__"): value for key, value in QUICK.items()} | sets)

    def shown(self) -> list[Facts]:
        """Every note that was shown."""
        file = self.folder / "screen"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [note for line in lines if "show" in (note := json.loads(line))]

    def journalled(self, **facts: object) -> list[Facts]:
        """The lines of the journal's export that have these facts; read here: a process takes a while."""
        with Journal.open_reading(self.journal) as journal:
            lines: list[Facts] = list(map(json.loads, journal.lines()))
        return [line for line in lines if facts.items() <= line.items()]

    def close(self) -> None:
        """End what still runs."""
        for daemon in self._daemons:
            daemon.end(signal.SIGKILL)
        self._hands.close()


class Daemon:
    """A running daemon. `hands` is there once it has reached for them."""

    def __init__(self, home: Home, command: list[str], stdout: IO[bytes] | int | None) -> None:
        self.home = home
        self.hands: socket.socket | None = None
        # A file each, and a new one in each life: nobody has to read along, and nothing is lost.
        number = len(list(home.folder.glob("out*")))
        self._out, self._err = home.folder / f"out{number}", home.folder / f"err{number}"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command, env=home.env, stdin=subprocess.DEVNULL, stdout=out if stdout is None else stdout, stderr=err
            )

    @property
    def out(self) -> str:
        """Its standard output so far."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """Its standard error so far."""
        return self._err.read_text(encoding="utf-8")

    def take_hands(self) -> Daemon:
        """Wait until it reaches for the hands."""
        self.hands = wait_for(lambda: f"its hands; it said: {self.err!r}", self.home.accepted)
        return self

    def tell(self, event: str, ago: float = 0, **what: object) -> None:
        """Do something, as its source sees it."""
        assert self.hands, "it never reached for the hands"
        self.hands.sendall(json.dumps({"event": event, "ago": ago, "what": what}).encode() + b"\n")

    def ask(self, **request: object) -> Facts:
        """The answer of its control socket, once that is there."""
        wait_for(lambda: f"its socket; it said: {self.err!r}", self.home.socket.exists)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.home.socket))
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer: Facts = json.loads(connection.makefile("rb").readline())
        return answer

    @property
    def status(self) -> Facts:
        """What `breakd status --json` would print."""
        status: Facts = self.ask(do="status")["status"]
        return status

    def command(self, name: str, for_: str | None = None) -> Facts:
        """Ask for something, as `breakd NAME` does."""
        return self.ask(do="command", name=name, **{"for": for_})

    def until(self, phase: str | None) -> Facts:
        """The status, once the prompt is in this phase (None: once there is no prompt)."""

        def reached() -> Facts | None:
            found = self.status
            now = found["prompt"]["phase"] if found["prompt"] else None
            return found if now == phase else None

        return wait_for(lambda: f"the phase {phase}; now: {self.status['prompt']}", reached)

    def until_said(self, words: str, *, error: bool = False) -> str:
        """What it said so far, once `words` are in it."""
        return wait_for(
            lambda: f"{words!r}; it said: {self.out!r}, {self.err!r}",
            lambda: said if words in (said := self.err if error else self.out) else "",
        )

    def introduced(self) -> Daemon:
        """Wait for its introduction, which waits a little itself, for a first word of a source."""
        self.until_said("next: ")
        return self

    def end(self, how: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        if self.hands:
            self.hands.close()
            self.hands = None
        return code


@contextmanager
def new_home() -> Iterator[Home]:
    """A home from which nothing of the machine can be seen, closed on the way out."""
    folder = Path(tempfile.mkdtemp(prefix="breakd-home-"))  # short: a socket's path holds 107 bytes
    env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    env |= {
        "BREAKD_TEST_FOLDER": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/none",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/none",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{folder}/site{os.pathsep}{ROOT}",
        "TZ": "UTC",
    }
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        place = folder / name.lower()
        place.mkdir(mode=0o700)
        env[name] = str(place)
    home = Home(folder, env)
    home.install("remote", "tests.shell.remote_source")
    try:
        yield home
    finally:
        home.close()
        shutil.rmtree(folder, ignore_errors=True)
