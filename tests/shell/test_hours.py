"""Working hours, quiet hours and breaks at fixed times, as they are written in TOML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.settings.errors import SettingsError
from breakd.settings.hours import (
    DAYS,
    WEEK,
    Moments,
    Range,
    Span,
    free_from,
    parse_range,
    parse_when,
    quiet_spans,
)
from breakd.settings.load import load

H = 60
EVERY = tuple(range(7))

RANGES = {
    "mon-fri 08:00-12:00": [(day * 24 * H + 8 * H, day * 24 * H + 12 * H) for day in range(5)],
    "sat,sun 00:00-24:00": [(120 * H, 144 * H), (144 * H, 168 * H)],
    "fri 22:00-02:00": [(118 * H, 122 * H)],  # into saturday
    "sun 22:00-24:00": [(166 * H, 168 * H)],
    "sun 22:00-07:00": [(166 * H, 175 * H)],  # into monday
    "sat-mon 9:00-9:30": [(9 * H, 9 * H + 30), (129 * H, 129 * H + 30), (153 * H, 153 * H + 30)],
    " Monday ,WED  08:00 - 09:00 ": [(8 * H, 9 * H), (56 * H, 57 * H)],
    "22:00-00:00": [(day * 24 * H + 22 * H, day * 24 * H + 24 * H) for day in EVERY],
    "daily 01:00-02:00": [(day * 24 * H + H, day * 24 * H + 2 * H) for day in EVERY],
}
WHENS = {
    "mon-fri 12:30": Moments((0, 1, 2, 3, 4), 750),
    "12:30": Moments(EVERY, 750),
    "daily 00:00": Moments(EVERY, 0),
    "sun, tue 23:59": Moments((1, 6), 1439),
    "fri-sun 7:05": Moments((4, 5, 6), 425),
}


@pytest.mark.parametrize("text", RANGES)
def test_ranges(text: str) -> None:
    """A range has a span for each day it begins on; it runs into the next day if its end is not after its start."""
    assert [tuple(span) for span in parse_range(text)] == RANGES[text]


@pytest.mark.parametrize("text", WHENS)
def test_moments(text: str) -> None:
    """A time holds on the days it names, or on every day."""
    assert parse_when(text) == WHENS[text]


WRONG_RANGES = ["", "mon", "08:00", "mon-fri", "8-12", "mon 08:00", "08:00-12:00 mon", "mon 08:00-12:00-14:00", "a-b"]
WRONG_DAYS = ["mun 08:00-12:00", "mon- 08:00-12:00", ", 08:00-12:00", "mon;tue 08:00-12:00", "mon-wed-fri 08:00-12:00"]
WRONG_TIMES = ["24:00-08:00", "08:60-12:00", "08:00-24:01", "25:00-08:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, "expected days and hours such as") for text in WRONG_RANGES),
        *((text, "expected days such as") for text in WRONG_DAYS),
        *((text, "expected a time of day from 00:00 to 23:59") for text in WRONG_TIMES),
        ("12:00-12:00", 'a whole day is "00:00-24:00"'),
    ],
)
def test_what_is_no_range_says_what_is(text: str, expected: str) -> None:
    """Each mistake says what is expected in its place."""
    with pytest.raises(ValueError, match=expected):
        parse_range(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected days and a time"),
        ("mon", "expected days and a time"),
        ("mon 12:30 tue", "expected days such as"),
        ("lunch 12:30", "expected days such as"),
        ("mon 24:00", "expected a time of day from 00:00 to 23:59$"),
    ],
)
def test_what_is_no_moment_says_what_is(text: str, expected: str) -> None:
    """Each mistake says what is expected in its place."""
    with pytest.raises(ValueError, match=expected):
        parse_when(text)


clocks = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
days = st.sampled_from(["", "daily ", "mon-fri ", "sat,sun ", "fri-mon ", *(f"{day} " for day in DAYS)])
ranges = st.builds("{}{}-{}".format, days, clocks, clocks | st.just("24:00")).filter(
    lambda text: len(set(text.rpartition(" ")[2].split("-"))) == 2
)
tables = st.lists(ranges.map(Range), max_size=4)


@given(tables, tables, st.integers(0, WEEK - 1))
def test_a_minute_is_quiet_by_its_ranges(work: list[Range], quiet: list[Range], minute: int) -> None:
    """Quiet is what lies in a quiet range, or outside all working hours if there are any."""

    def within(texts: list[Range]) -> bool:
        spans = [span for text in texts for span in parse_range(text)]
        return any(span.start <= at < span.end for span in spans for at in (minute, minute + WEEK))

    spans = quiet_spans(work, quiet)
    expected = within(quiet) or (bool(work) and not within(work))
    assert (free_from(spans, minute) > minute) == expected
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert not spans or (edges[-1] - WEEK < edges[0] or spans == (Span(0, WEEK),))


MISTAKES = {
    "hours.work=[8]": "hours.work[1]: expected days and hours such as",
    "hours.quiet=['22:00-07:00', 'sat']": "hours.quiet[2]: expected days and hours such as",
    "hours.quiet=7": "hours.quiet: expected days and hours such as",
    "hours.quiet='00:00-24:00'": "hours.quiet: leaves no hour of the week for prompts",
    "hours.wrok=[]": "hours.wrok: unknown key, did you mean 'work'?",
    "schedule.a.at=[]": "schedule.a.at: expected days and a time",
    "schedule.a.at='mon'": "schedule.a.at: expected days and a time",
    "schedule.a.at=[7]": "schedule.a.at[1]: expected days and a time",
    "schedule.a={routine='walking.stairs'}": "schedule.a.at: missing",
    "schedule.a={at='12:30', break='moves'}": """schedule.a.break: expected a break that is enabled, found "moves",""",
    "schedule.a={at='12:30', routine=3}": "schedule.a.routine: expected text, found 3",
    "schedule.a={at='12:30', late='0s'}": "schedule.a.late: expected a duration of more than nothing",
    "schedule.a='12:30'": "schedule.a: expected a table",
}


@pytest.mark.parametrize("single", MISTAKES)
def test_mistakes_are_told_with_their_key(single: str) -> None:
    """A mistake in the settings is one line with the key, what was expected and what was found."""
    with pytest.raises(SettingsError) as caught:
        load(None, [single])
    assert MISTAKES[single] in str(caught.value)


def test_a_time_that_can_never_be_shown_is_a_mistake() -> None:
    """A break at a time that is quiet for as long as it is worth asking for is told; one that can wait is not."""
    work = "hours.quiet=['17:30-08:00', 'sat,sun 00:00-24:00']"
    with pytest.raises(SettingsError, match=r"schedule.a.at\[2\]: expected a time outside quiet hours"):
        load(None, [work, "schedule.a.at=['mon-sun 12:30', '20:00']"])
    load(None, [work, "schedule.a.at=['mon-fri 07:45', 'sat,mon 12:30']"])
    load(None, [work, "schedule.a={at='fri 18:00', late='7d'}"])
    load(None, ["hours.work='mon-fri 08:00-17:30'", "schedule.a.at='daily 20:00'"])  # somebody wants it then
