"""How a service is doing, as findings: from what its kind, its files and the daemon itself say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

import breakd
from breakd.service.answering import Answering, answering
from breakd.service.finding import Finding, failed, ok, warning
from breakd.service.kind import AWAY, Kind, State
from breakd.service.problems import ServiceError
from breakd.service.written import Condition
from breakd.settings.paths import config_file

INSTALL = "`breakd service install` makes it start by itself"
LOGS = "`breakd service logs` tells why"
AGAIN = "`breakd service install` sets that right"
FORCE = "`breakd service install --force` sets that right, and leaves the file beside"
RESTART = "`breakd service restart`"


class Service(Struct, frozen=True):
    """Everything there is to know. `conditions`: of each file, by its path; `why`: why there is no better kind."""

    kind: Kind
    state: State
    conditions: dict[Path, Condition]
    daemon: Answering | None
    why: str = ""

    @classmethod
    def look(cls, kind: Kind, why: str = "") -> Service:
        """As it is now. Raises ServiceError if the system does not tell."""
        conditions = {file.path: file.condition for file in kind.files()}
        return cls(kind, kind.state(), conditions, answering(), why)

    @property
    def installed(self) -> bool:
        """Whether any of its files is there."""
        return any(condition != "missing" for condition in self.conditions.values())

    @property
    def stranger(self) -> int:
        """The process of a daemon that runs without the service, 0 if there is none or it cannot be told."""
        return self.daemon.pid if self.daemon and self.daemon.pid not in (0, self.state.pid) else 0

    def findings(self) -> Iterator[Finding]:
        """What is so, and what is not as it should be, from the installation to the running daemon."""
        if not self.installed and self.state.away:
            yield warning(*AWAY)
            return
        if not self.installed:
            yield warning("not installed, so breakd does not start by itself", INSTALL)
            return
        if self.why:
            yield warning(f"nobody restarts it if it dies: {self.why}")
        if self.kind.experimental:
            yield warning(f"{self.kind.title}: experimental, not yet tried on a real machine", "tell us how it goes")
        yield from self._written()
        yield self._enabled()
        yield self._running()
        yield from self._version()
        yield from self._settings()

    def _written(self) -> Iterator[Finding]:
        program = self.state.starts
        gone = Path(program).is_absolute() and not Path(program).exists()
        other = program != "" and not gone and not _is_this(Path(program))
        for path, condition in self.conditions.items():
            if condition == "missing":
                yield warning(f"{path} is missing", AGAIN)
            elif condition == "edited":
                keep = "keep that as a drop-in (`systemctl --user edit breakd`); " if path.suffix == ".service" else ""
                todo = f"{keep}`breakd service install --force` writes it anew, and leaves yours beside"
                yield warning(f"{path} was changed by hand, so `install` leaves it alone", todo)
            elif condition == "older" and not gone and not other:
                yield warning(f"{path} is not what this version would write", AGAIN)
        again = FORCE if "edited" in self.conditions.values() else AGAIN
        if gone:
            yield failed(f"it starts {program}, which is gone: the environment was moved or removed", again)
        elif other:
            yield warning(f"it starts {program}, but this is {sys.executable}", again)

    def _enabled(self) -> Finding:
        if self.state.enabled:
            return ok(f"enabled: {self.kind.title}")
        return warning("not enabled, so it does not start by itself", AGAIN)

    def _running(self) -> Finding:
        state = self.state
        if self.stranger and state.activity != "running":
            todo = "end that one with Ctrl-C; then `breakd service start`"
            return warning(f"a daemon runs in its place, process {self.stranger}, started by hand", todo)
        if state.activity == "running":
            since = f", since {state.since}" if state.since else ""
            again = f", restarted {state.restarts} times" if state.restarts > 1 else ""
            return ok(f"running: process {state.pid}{since}{again}")
        if state.activity == "starting":
            return warning("not running yet: it is starting", f"look again in a moment; {LOGS}")
        if state.activity == "failed" or state.detail:
            todo = state.todo or f"{LOGS}; `breakd service start` tries again"
            return failed(f"not running: {state.detail or 'it failed'}", todo)
        return warning("not running: it was stopped", "`breakd service start`")

    def _version(self) -> Iterator[Finding]:
        if self.daemon is None:
            if self.state.activity == "running":
                todo = "compare XDG_RUNTIME_DIR and XDG_STATE_HOME here with `systemctl --user show-environment`"
                yield failed("it runs, but does not answer at the control socket that this shell leads to", todo)
            return
        running = self.daemon.version
        if not running:
            yield failed("it runs, but does not answer", RESTART)
        elif running != breakd.__version__:
            text = f"the running version is {running}, the installed one {breakd.__version__}"
            if self.stranger:
                yield warning(text, f"end process {self.stranger}, and start it anew")
            else:
                yield warning(text, RESTART, self._fresh)
        else:
            yield ok(f"version {running}, as installed")

    def _settings(self) -> Iterator[Finding]:
        found = self.daemon.status.get("settings") if self.daemon and not self.stranger else None
        theirs = str(found.get("file", "")) if isinstance(found, dict) else ""
        ours = str(config_file())
        if theirs not in ("", ours):
            todo = "where that is not meant so, have XDG_CONFIG_HOME the same here as when you log in"
            yield warning(f"it reads its settings from {theirs}, but here they are {ours}", todo)

    def _fresh(self) -> str:
        self.kind.restart()
        found = answering()
        if found is None or found.version != breakd.__version__:  # it starts the program of another environment
            raise ServiceError(f"restarted, and it is version {found.version if found else 'unknown'} all the same")
        return f"restarted, now version {found.version}"


def _is_this(program: Path) -> bool:
    """Whether it is the interpreter that runs us: `python` and `python3` of one environment are the same."""
    here = Path(sys.executable)
    return program.parent == here.parent and program.resolve() == here.resolve()
