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
        except (SettingsError, ServiceError) as error:
            if str(error) not in told:  # such as that there is no home, which all checks need
                yield name, failed(str(error), "mend that, and look once more")
            told.add(str(error))
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            yield (
                name,
                failed(f"could not be looked at: {what}", "this is a mistake of breakd: report it with that line"),
            )
