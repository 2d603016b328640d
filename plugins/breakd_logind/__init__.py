"""Locks and suspends, as systemd-logind (or elogind) tells them on the system bus."""

from __future__ import annotations

from breakd import Register
from breakd_logind.lock import locks
from breakd_logind.suspend import suspends


def breakd_register(register: Register) -> None:
    """Two sources that do not depend on each other: a service may see suspends without having a session."""
    register.source(suspends, name="suspend")
    register.source(locks, name="lock")
