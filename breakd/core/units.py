"""Units in the core: whole milliseconds of boot time, so that every sum is exact."""

from typing import NewType

Ms = NewType("Ms", int)  # in settings written "20m"
Share = NewType("Share", float)  # more than 0, at most 1
Met = NewType("Met", float)  # metabolic equivalents, 1 to 12

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
