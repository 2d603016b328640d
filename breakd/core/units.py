"""Units of time in the core: whole milliseconds of boot time, so that every sum is exact."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
