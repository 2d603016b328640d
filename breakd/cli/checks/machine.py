"""The checks of the machine: the program itself, its service, the clocks and the time zone."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import breakd
from breakd.cli.checks.look import Look
from breakd.daemon.timing.calendar import local_zone, zone
from breakd.service.finding import Finding, failed, ok, warning

SINCE = datetime(2026, 1, 1, tzinfo=UTC)  # earlier than this there was no breakd
DRIFT = 5.0  # seconds between two readings of one clock


def version(_look: Look) -> Iterator[Finding]:
    """Which program this is."""
    yield ok(f"breakd {breakd.__version__}, Python {platform.python_version()}, {Path(breakd.__file__).parent}")


def service(look: Look) -> Iterator[Finding]:
    """Whether it starts by itself, runs, and in this version."""
    yield from look.service.findings()
    if look.daemon is None and look.service.state.activity != "running":
        yield warning("no daemon is running", "`breakd service install`, or `breakd run` in a terminal")


def clock(look: Look) -> Iterator[Finding]:
    """Whether the clocks are to be trusted."""
    now = datetime.now(UTC)
    if now < SINCE:
        yield failed(f"the clock says {now:%Y-%m-%d}", "set it: `timedatectl set-ntp true`")
        return
    if look.daemon and abs(look.daemon.ahead) > DRIFT:
        yield warning(f"the daemon's clock is {look.daemon.ahead:+.0f} s off", "`breakd service restart`")
    elif not hasattr(time, "CLOCK_BOOTTIME"):
        yield ok("no clock that counts sleep: suspends are known only as far as the system tells")
    else:
        yield ok(f"{now.astimezone():%Y-%m-%d %H:%M:%S}, and a clock that counts sleep")


def time_zone(look: Look) -> Iterator[Finding]:
    """Whether the day starts when the person's does."""
    name = local_zone()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield warning(f"{name} is not known here, so times are in UTC", "install your system's tzdata")
        return
    now = datetime.now(UTC)
    here, there = now.astimezone(zone(name)).utcoffset(), now.astimezone().utcoffset()
    told = look.daemon.status.get("at") if look.daemon else None
    daemon = datetime.fromisoformat(told).utcoffset() if told else here
    if here != there:
        yield warning(f"{name} is {here} from UTC, the system's clock {there}", "set /etc/localtime, or TZ")
    elif daemon != here:
        yield warning(
            f"{name} here, but the daemon lives {daemon} from UTC", "`breakd service restart`, or set TZ alike"
        )
    else:
        yield ok(f"{name}, {now.astimezone(zone(name)):%H:%M} now")


def system(_look: Look) -> Iterator[Finding]:
    """Whether this is a system that breakd was tried on."""
    if sys.platform == "linux":
        yield ok(f"Linux {platform.release()}")
    else:
        yield warning(f"{platform.system()} {platform.release()}: experimental", "tell us how it goes")
