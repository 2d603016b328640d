"""Clocks, calendar, and the one timer."""
