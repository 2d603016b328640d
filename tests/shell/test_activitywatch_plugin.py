"""ActivityWatch: when somebody was there, of all its computers, each moment once; nothing else is looked at."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import breakd_activitywatch
from breakd import Event, Present
from breakd.plugin.testing import gather, load
from breakd_activitywatch.reading import joined
from tests.shell.watched_parts import bucket, event, export, minutes

IMPORTER = load(breakd_activitywatch).importer
WINDOW = bucket(
    {"timestamp": "2026-03-02T09:00:00Z", "duration": 5, "data": {"app": "mail", "title": "secret"}},
    kind="currentwindow",
)
DAY = bucket(event(60, 120), event(40, 60, "afk"), event(0, 40))  # the latest first


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an export is written."""
    return tmp_path / "aw-buckets-export.json"


def told(file: Path, text: str, toml: str = "") -> tuple[list[Event], dict[str, int]]:
    """What this export tells, and what is left of it."""
    file.write_text(text)
    left: dict[str, int] = {}
    importer = load(breakd_activitywatch, toml, name="activitywatch").importer if toml else IMPORTER
    return [each.event for each in gather(importer, file, left)], left


def test_presence_is_what_the_watcher_saw(file: Path) -> None:
    """In order of time; other buckets are counted, not read."""
    found, left = told(file, export(WINDOW, DAY))
    assert found == [Present(minutes(0), minutes(40)), Present(minutes(60), minutes(120))]
    assert left == {"bucket that is not about presence": 1, "stretch away from the keyboard": 1}


def test_one_bucket_and_bare_events(file: Path) -> None:
    """The export of one bucket, and what the server answers when it is asked for events."""
    expected = [Present(minutes(0), minutes(40)), Present(minutes(60), minutes(120))]
    assert told(file, export(DAY))[0] == expected
    assert told(file, "\n " + json.dumps(DAY["events"]))[0] == expected


def test_two_computers_are_one_person(file: Path) -> None:
    """What overlaps counts once; one can be left out by its name."""
    laptop = bucket(event(30, 50), event(120.2, 130), host="laptop")
    both = [Present(minutes(0), minutes(50)), Present(minutes(60), minutes(130))]
    assert told(file, export(DAY, laptop))[0] == both
    found, left = told(file, export(DAY, laptop), '[plugins.activitywatch]\nhosts = ["laptop"]')
    assert found == [Present(minutes(30), minutes(50)), Present(minutes(120.2), minutes(130))]
    assert left["bucket of a computer that is not in hosts"] == 1


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (event(200, 200), "event without length"),
        (event(200, 199), "event of an impossible length"),
        (event(200, 200 + 60 * 24 * 30), "event of an impossible length"),
        (event(60 * 24 * 365 * 50, 60 * 24 * 365 * 50 + 1), "event of the future"),
    ],
)
def test_an_event_that_makes_no_sense_is_left_with_its_reason(file: Path, odd: dict[str, Any], why: str) -> None:
    """The others are taken."""
    assert told(file, export(bucket(event(0, 40), odd))) == ([Present(minutes(0), minutes(40))], {why: 1})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty, no export of ActivityWatch"),
        ("<HealthData/>", "invalid character (byte 0)"),
        (export(DAY)[:-40], "truncated"),
        ("{}", "missing required field `buckets`"),
        (export(WINDOW), "none of its 1 buckets is about presence"),
        (export(), "none of its 0 buckets"),
        (export(bucket({"timestamp": "noon", "duration": 1, "data": {}})), "Invalid RFC3339"),
        (export(bucket({"timestamp": "2026-03-02T09:00:00Z", "data": {}})), "missing required field `duration`"),
        (export(bucket(event(0, 1, "away"))), "the status 'away'"),
        ("[" * 100_000, "expected `object`, got `array`"),
        ('{"buckets": ' + "[" * 100_000, "array"),
        ('{"x": ' + "[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_export_is_refused(file: Path, text: str, why: str) -> None:
    """In one line that names the file and what is wrong."""
    file.write_text(text)
    with pytest.raises(ValueError, match="aw-buckets-export") as caught:
        gather(IMPORTER, file)
    assert why.lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


def test_memory_does_not_grow_with_what_is_not_wanted(file: Path) -> None:
    """Titles of windows are never made into objects."""
    peaks = []
    for count in (1_000, 20_000):
        file.write_text(export(bucket(*WINDOW["events"] * count, kind="currentwindow"), DAY))
        tracemalloc.start()
        assert len(gather(IMPORTER, file)) == 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] < 2_000_000


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=30))
def test_each_moment_counts_once(spans: list[tuple[int, int]]) -> None:
    """In any order, told any number of times: the minutes of presence are those of the union."""
    stretches = [(minutes(start), minutes(start + long)) for start, long in spans]
    found = list(joined(stretches + stretches))
    assert found == list(joined(reversed(stretches)))
    there = {minute for start, long in spans for minute in range(start, start + long)}
    assert sum((end - start).total_seconds() for start, end in found) == 60 * len(there)
