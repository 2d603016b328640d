"""Durations as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.settings.durations import parse, show


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("20m", 1_200_000),
        ("1h30m", 5_400_000),
        ("90s", 90_000),
        ("-1h", -3_600_000),
        ("+1d", 86_400_000),
        ("1.5s", 1_500),
        ("0s", 0),
        (" 5m ", 300_000),
    ],
)
def test_reads_what_people_write(text: str, ms: int) -> None:
    """Days, hours, minutes and seconds, largest first; a sign; a fraction of seconds."""
    assert parse(text) == ms


@pytest.mark.parametrize("text", ["", "-", "h", "20", "1.5h", "30m1h", "1h 30m", "1h1h", "٣m", "9" * 13 + "s", "20M"])
def test_refuses_the_rest_and_says_what_is_expected(text: str) -> None:
    """What is no duration is an error that shows one."""
    with pytest.raises(ValueError, match='expected a duration such as "20m"'):
        parse(text)


@given(st.integers(-(10**14), 10**14))
def test_what_is_shown_is_read_back(ms: int) -> None:
    """`show` loses nothing: `parse` gives the same milliseconds."""
    assert parse(show(ms)) == ms


@pytest.mark.parametrize(("ms", "text"), [(5_400_000, "1h30m"), (90_500, "1m30.5s"), (0, "0s"), (-60_000, "-1m")])
def test_shows_the_shortest_form(ms: int, text: str) -> None:
    """Units that are zero are left out."""
    assert show(ms) == text
