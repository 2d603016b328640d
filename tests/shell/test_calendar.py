"""Alarms by the calendar: the day, quiet hours and breaks at fixed times, on clocks that daylight saving sets."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core import engine
from breakd.core.events import Alarm
from breakd.core.units import DAY, HOUR, MINUTE
from breakd.daemon.timing.calendar import Calendar, local_zone, zone
from breakd.daemon.timing.weeks import instant, next_span
from breakd.settings.hours import Range, free_from, parse_range, quiet_spans
from breakd.settings.load import load
from tests.shell.test_hours import tables

BERLIN = "Europe/Berlin"
NIGHTS = 'hours.quiet="22:00-07:00"'


def wall(text: str) -> int:
    """Wall-clock ms of an ISO time with its offset, UTC if none is said."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def calendar(*sets: str, name: str = "UTC") -> Calendar:
    """The calendar of these settings in this zone."""
    return Calendar.of(load(None, sets), zone(name))


def rung(made: Calendar, since: str, until: str) -> list[tuple[str, str, str]]:
    """All alarms in between, with when by the local clock."""
    found, at = [], wall(since)
    while (at := made.next_after(at)) <= wall(until):
        local = datetime.fromtimestamp(at / 1000, made.zone).isoformat(timespec="minutes")
        found += [(local, alarm.what, alarm.label) for alarm in made.alarms(at, 0)]
    return found


def hours(made: Calendar, at: str) -> tuple[str, str] | None:
    """The quiet hours that are on at this time or come next, by the local clock."""
    alarm, _ = made.hours(wall(at), 0)
    if alarm.from_ms is None or alarm.until_ms is None:
        return None
    since, until = (datetime.fromtimestamp(each / 1000, made.zone) for each in (alarm.from_ms, alarm.until_ms))
    return since.isoformat(timespec="minutes"), until.isoformat(timespec="minutes")


def test_a_day_without_hours_has_one_alarm() -> None:
    """By the shipped settings only the day starts: nothing else wakes the daemon."""
    assert rung(calendar(), "2026-03-02T00:00", "2026-03-03T00:00") == [("2026-03-02T04:00+00:00", "day", "")]
    assert calendar().hours(wall("2026-03-02T00:00"), 0) == (Alarm(engine.QUIET), Alarm(engine.SILENCE))


def test_breaks_ring_at_their_times() -> None:
    """On their days, every one of its times; of two at one moment the later named."""
    sets = (
        "schedule.lunch.at=['mon-fri 12:30', 'sat 10:00']",
        "schedule.walk.at='mon 12:30'",
        "schedule.off={at='13:00', enabled=false}",
    )
    made = calendar(*sets)
    assert [each for each in rung(made, "2026-03-06T05:00", "2026-03-10T00:00") if each[1] == "break"] == [
        ("2026-03-06T12:30+00:00", "break", "lunch"),
        ("2026-03-07T10:00+00:00", "break", "lunch"),
        ("2026-03-09T12:30+00:00", "break", "walk"),
    ]


def test_quiet_hours_ring_when_they_end() -> None:
    """Once a span: then the next is told, with both its ends. Outside working hours is not quiet for fixed times."""
    made = calendar(NIGHTS, "hours.work='mon-fri 08:00-17:00'", "day_start='12:00'")
    rang = rung(made, "2026-03-05T12:00", "2026-03-09T12:00")
    assert [at for at, what, _ in rang if what == "silence"] == [f"2026-03-0{day}T07:00+00:00" for day in range(6, 10)]
    assert [each[:2] for each in rang if each[1] != "silence"] == [
        ("2026-03-06T08:00+00:00", "quiet"),
        ("2026-03-06T12:00+00:00", "day"),
        ("2026-03-07T12:00+00:00", "day"),
        ("2026-03-08T12:00+00:00", "day"),
        ("2026-03-09T08:00+00:00", "quiet"),
        ("2026-03-09T12:00+00:00", "day"),
    ]
    assert hours(made, "2026-03-06T08:00") == ("2026-03-06T17:00+00:00", "2026-03-09T08:00+00:00")
    assert hours(made, "2026-03-06T07:59") == ("2026-03-05T17:00+00:00", "2026-03-06T08:00+00:00")


def test_quiet_hours_are_told_in_core_time() -> None:
    """The offset is how far the wall clock is ahead of core time."""
    made = calendar(NIGHTS)
    for told in made.hours(wall("2026-03-02T12:00"), HOUR):
        assert (told.from_ms, told.until_ms) == (wall("2026-03-02T21:00"), wall("2026-03-03T06:00"))


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        ("02:30-05:00", "2026-03-29T00:00+01:00", ("2026-03-29T03:00+02:00", "2026-03-29T05:00+02:00")),
        ("00:30-02:30", "2026-03-29T00:00+01:00", ("2026-03-29T00:30+01:00", "2026-03-29T03:00+02:00")),
        ("02:10-02:50", "2026-03-29T00:00+01:00", ("2026-03-30T02:10+02:00", "2026-03-30T02:50+02:00")),
        ("02:30-05:00", "2026-10-25T00:00+02:00", ("2026-10-25T02:30+02:00", "2026-10-25T05:00+01:00")),
        ("00:30-02:30", "2026-10-25T00:00+02:00", ("2026-10-25T00:30+02:00", "2026-10-25T02:30+02:00")),
        ("02:10-02:50", "2026-10-25T02:10+01:00", ("2026-10-26T02:10+01:00", "2026-10-26T02:50+01:00")),
        ("22:00-07:00", "2026-03-28T23:00+01:00", ("2026-03-28T22:00+01:00", "2026-03-29T07:00+02:00")),
    ],
)
def test_hours_when_the_clock_is_set(quiet: str, at: str, expected: tuple[str, str]) -> None:
    """What begins or ends in the hour that is skipped does so with the jump; of an hour that comes twice the first."""
    assert hours(calendar(f"hours.quiet='{quiet}'", name=BERLIN), at) == expected


@pytest.mark.parametrize("asked", ["01:30+01:00", "03:05+02:00", "03:29+02:00"])
def test_a_break_in_the_skipped_hour_comes_whenever_that_is_asked(asked: str) -> None:
    """As much later as the clock is set ahead, even for a daemon that starts between the jump and that moment."""
    made = calendar("schedule.night.at='02:30'", name=BERLIN)
    at = made.next_after(wall(f"2026-03-29T{asked}"))
    assert at == wall("2026-03-29T03:30+02:00")
    assert made.alarms(at, 0) == [Alarm(engine.BREAK, "night")]
    assert made.next_after(at) == wall("2026-03-29T04:00+02:00")  # the day
    assert made.next_after(wall("2026-03-29T04:00+02:00")) == wall("2026-03-30T02:30+02:00")


def test_a_break_in_the_repeated_hour_comes_once() -> None:
    """At the first 02:30; whoever starts after it waits for the next day."""
    made = calendar("schedule.night.at='02:30'", name=BERLIN)
    assert rung(made, "2026-10-25T00:00+02:00", "2026-10-26T03:00+01:00") == [
        ("2026-10-25T02:30+02:00", "break", "night"),
        ("2026-10-25T04:00+01:00", "day", ""),
        ("2026-10-26T02:30+01:00", "break", "night"),
    ]
    assert made.next_after(wall("2026-10-25T02:10+01:00")) == wall("2026-10-25T04:00+01:00")


def test_a_day_that_never_was() -> None:
    """Samoa had no 30 December 2011: hours of that day are none, those across it are cut."""
    samoa = ZoneInfo("Pacific/Apia")
    jump = wall("2011-12-30T10:00+00:00")
    assert instant(datetime(2011, 12, 30, 12), samoa) == jump
    spans = quiet_spans((), (Range("fri 08:00-12:00"),))
    assert next_span(spans, jump - HOUR, samoa) == (wall("2012-01-06T08:00+14:00"), wall("2012-01-06T12:00+14:00"))


zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"])
moments = st.integers(wall("2026-01-01T00:00") // MINUTE, wall("2027-01-01T00:00") // MINUTE)


@given(tables, tables, zones, moments)
def test_quiet_is_what_the_clock_shows(work: list[Range], quiet: list[Range], name: str, minute: int) -> None:
    """Whatever the hours and the zone: it is quiet when the clock on the wall says so, away from where that is set."""
    spans, at = quiet_spans(work, quiet), minute * MINUTE
    found = next_span(spans, at, zone(name))
    local = datetime.fromtimestamp(at / 1000, zone(name))
    near = [local + timedelta(hours=each) for each in range(-30, 31)]
    if len({each.astimezone(zone(name)).utcoffset() for each in (near[0], local, near[-1])}) > 1:
        return
    inside = free_from(spans, local.weekday() * 1440 + local.hour * 60 + local.minute) > (
        local.weekday() * 1440 + local.hour * 60 + local.minute
    )
    assert inside == (found is not None and found[0] <= at < found[1])


@given(tables, tables, zones, moments)
def test_quiet_hours_follow_each_other(work: list[Range], quiet: list[Range], name: str, minute: int) -> None:
    """Told at the end of each, they come in order, do not touch, and are the same whenever they are asked for."""
    spans = quiet_spans(work, quiet)
    if not spans or sum(span.end - span.start for span in spans) == 7 * 1440:
        return
    at = minute * MINUTE
    for _ in range(20):
        found = next_span(spans, at, zone(name))
        assert found is not None
        begin, end = found
        assert max(begin, at) < end <= at + 16 * DAY
        assert next_span(spans, (max(begin, at) + end) // 2, zone(name)) == found
        after = next_span(spans, end, zone(name))
        assert after is not None
        assert after[0] > end
        at = end


def test_every_minute_of_a_range_is_in_it() -> None:
    """A range over midnight on one day: friday 22:00 to saturday 02:00, and nothing else of the week."""
    made = calendar("hours.quiet='fri 22:00-02:00'")
    assert hours(made, "2026-03-06T12:00") == ("2026-03-06T22:00+00:00", "2026-03-07T02:00+00:00")
    assert hours(made, "2026-03-07T01:59") == ("2026-03-06T22:00+00:00", "2026-03-07T02:00+00:00")
    assert hours(made, "2026-03-07T02:00") == ("2026-03-13T22:00+00:00", "2026-03-14T02:00+00:00")
    assert [tuple(span) for span in parse_range("fri 22:00-02:00")] == [(7080, 7320)]


@pytest.fixture
def localtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where /etc/localtime is to lie, beside the folder of zones, without `tzlocal` to be asked."""
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setitem(sys.modules, "tzlocal", None)
    (tmp_path / "zoneinfo" / "Europe").mkdir(parents=True)
    (tmp_path / "zoneinfo" / "Europe" / "Berlin").touch()
    monkeypatch.setattr("breakd.daemon.timing.calendar.LOCALTIME", tmp_path / "etc")
    return tmp_path / "etc"


@pytest.mark.parametrize("absolute", [True, False])
def test_the_zone_is_what_localtime_links_to(localtime: Path, absolute: bool) -> None:
    """Wherever the files of zones lie."""
    localtime.symlink_to(
        (localtime.parent if absolute else Path("..", localtime.parent.name)) / "zoneinfo/Europe/Berlin"
    )
    assert local_zone() == "Europe/Berlin"


@pytest.mark.parametrize("case", ["TZ", "no file", "no link", "no such zone", "linked elsewhere"])
def test_else_tzlocal_is_asked(case: str, localtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets TZ means it, and a link that leads to no zone tells nothing."""
    to = {"no such zone": "zoneinfo/Europe/Atlantis", "linked elsewhere": "copy", "TZ": "zoneinfo/Europe/Berlin"}
    (localtime.parent / "copy").touch()
    if case == "TZ":
        monkeypatch.setenv("TZ", "Asia/Tokyo")
    if case == "no link":
        localtime.touch()
    elif case in to:
        localtime.symlink_to(localtime.parent / to[case])
    with pytest.raises(ImportError):
        local_zone()
