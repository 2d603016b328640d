"""The table of checks, in the order in which they are told: first what all else stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from breakd.cli.checks import live, machine, own
from breakd.cli.checks.look import Look
from breakd.service.finding import Finding, failed
from breakd.service.problems import ServiceError
from breakd.settings.errors import SettingsError

Check = Callable[[Look], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "program": machine.version,
    "system": machine.system,
    "folders": own.folders,
    "permissions": own.permissions,
    "settings": own.settings,
    "routines": own.routines,
    "plugins": live.plugins,
    "journal": own.journal,
    "clock": machine.clock,
    "time zone": machine.time_zone,
    "service": machine.service,
    "presence": live.presence,
    "notifications": live.notifications,
    "sound": live.sound,
}


def findings(look: Look) -> Iterator[tuple[str, Finding]]:
    """What every check found, one after the other; one that breaks is a finding too."""
    told: set[str] = set()
    for name, check in CHECKS.items():
        try:
            yield from ((name, finding) for finding in check(look))
        except Exception as error:
            finding = _broken(error)
            if finding.text not in told:  # such as that there is no home, which all checks need
                yield name, finding
            told.add(finding.text)


def _broken(error: Exception) -> Finding:
    """Why something could not be looked at."""
    if isinstance(error, SettingsError | ServiceError):
        return failed(str(error), "mend that, and look once more")
    if isinstance(error, OSError) and error.filename is not None:
        return failed(f"{error.filename}: {error.strerror}", "make it yours, to read and to write")
    what = f"{type(error).__name__}: {error}"
    return failed(f"could not be looked at: {what}", "this is a mistake of breakd: report it with that line")
