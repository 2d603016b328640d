"""Exports of ActivityWatch, as its server writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=count)


def event(start: float, end: float, status: str = "not-afk") -> dict[str, Any]:
    """An event as `aw-watcher-afk` tells it."""
    at = minutes(start).isoformat().replace("+00:00", "Z")
    return {"id": 1, "timestamp": at, "duration": (end - start) * 60, "data": {"status": status}}


def bucket(*events: dict[str, Any], kind: str = "afkstatus", host: str = "desk") -> dict[str, Any]:
    """A bucket as it is exported."""
    return {
        "id": f"aw-watcher-afk_{host}",
        "created": "2026-01-01T00:00:00.000000+00:00",
        "name": None,
        "type": kind,
        "client": "aw-watcher-afk",
        "hostname": host,
        "data": {},
        "events": list(events),
    }


def export(*buckets: dict[str, Any]) -> str:
    """What "Export all buckets as JSON" writes."""
    return json.dumps({"buckets": {f"{number}": each for number, each in enumerate(buckets)}})
