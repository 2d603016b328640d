"""What keeps a service from being installed or run, in a line with what to do about it."""

from __future__ import annotations


class ServiceError(Exception):
    """It could not be done; the text says why, and what to do."""


class NotKnown(ServiceError):  # noqa: N818  reads as what happened
    """Whether there is a service manager cannot be told from here."""


class Misused(ServiceError):  # noqa: N818  reads as what happened
    """It must not be done like this."""
