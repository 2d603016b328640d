"""CSV: any table by a mapping in the settings; a row that cannot be read ends the import, with its line."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

import breakd_activitywatch
import breakd_apple_health
import breakd_csv
from breakd import Event, Exercised, Felt, Present, Sleep
from breakd.plugin.testing import Refused, check, gather, load
from tests.docs.blocks import written_in


def mapping(toml: str) -> str:
    """`[plugins.csv.files.x]` with these keys."""
    return f"[plugins.csv.files.x]\n{toml}"


def told(tmp_path: Path, toml: str, text: str | bytes) -> list[tuple[Event, datetime]]:
    """What the file says by this mapping."""
    file = tmp_path / "x.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    plugin = load(breakd_csv, mapping(toml), name="csv")
    return [(each.event, each.at) for each in gather(plugin.things("importer")[1].target, file)]


def utc(text: str) -> datetime:
    """`03-01 23:10` of 2026."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


SLEEP = 'kind = "sleep"\nstart = "Bedtime"\nend = "Up"\nzone = "Europe/Berlin"'
NIGHT = Sleep(utc("03-01 22:10"), utc("03-02 06:40"))


@pytest.mark.parametrize(
    ("toml", "text"),
    [
        (SLEEP, "Bedtime,Up\n2026-03-01 23:10,2026-03-02 07:40\n"),
        (SLEEP, "\ufeffNote, Bedtime ,Up\r\n\r\n,,\r\n\"a,\nb\",2026-03-01T23:10:00,2026-03-02T06:40Z\r\n"),
        (
            'kind = "sleep"\nstart = "start"\nduration = "long"\nzone = "Europe/Berlin"',
            "start,long\n2026-03-01 23:10,510\n",
        ),
        (
            'kind = "sleep"\nstart = 2\nduration = 1\nunit = "h"\nheader = false\ndelimiter = ";"\ndecimal = ","\n'
            'format = "%d.%m.%Y %H:%M"\nzone = "Europe/Berlin"',
            "8,5;01.03.2026 23:10\n",
        ),
        (
            'kind = "sleep"\nend = "up"\nduration = "slept"\nzone = "UTC"',
            "up,slept\n2026-03-02 06:40,8:30\n",
        ),
        (
            'kind = "sleep"\ndate = "Date"\nstart = "from"\nend = "to"\nzone = "Europe/Berlin"\n'
            'format = "%d/%m/%y %I:%M %p"',
            "Date,from,to\n01/03/26,11:10 PM,07:40 AM\n",
        ),
        (SLEEP + '\nencoding = "utf-16"', "Bedtime,Up\n2026-03-01 23:10,2026-03-02 07:40\n".encode("utf-16")),
        (SLEEP + '\nonly = {Sort = "night"}', "Sort,Bedtime,Up\nnap,,\nnight,2026-03-01 23:10,2026-03-02 07:40\n"),
    ],
)  # fmt: skip
def test_a_night_however_it_is_written(tmp_path: Path, toml: str, text: str | bytes) -> None:
    """Headings or numbers, an end or a length, dates apart, any format, unit, separator, encoding and time zone."""
    assert told(tmp_path, toml, text) == [(NIGHT, NIGHT.end)]


def test_the_other_kinds(tmp_path: Path) -> None:
    """Exercise at its end and without its pauses, feelings as they are, presence."""
    toml = 'kind = "exercise"\nstart = "s"\nend = "e"\nduration = "min"\nrpe = "effort"\nwhat = "=run"\nzone = "UTC"'
    found = told(tmp_path, toml, "s,e,min,effort\n2026-03-01 10:00,2026-03-01 11:00,45,6.5\n2026-03-02 10:00,,20,3\n")
    assert found == [(Exercised(45, 6.5, "run"), utc("03-01 11:00")), (Exercised(20, 3, "run"), utc("03-02 10:20"))]
    toml = 'kind = "felt"\nstart = "at"\npain = "p"\nsleepiness = "k"\nwhere = "w"\nzone = "UTC"'
    assert told(
        tmp_path, toml, "at,p,w,k\n2026-03-01 10:00,3.0,neck,\n2026-03-01 11:00,,,\n2026-03-01 12:00,,,7\n"
    ) == [
        (Felt(3, "neck"), utc("03-01 10:00")),
        (Felt(None, "", 7), utc("03-01 12:00")),
    ]
    toml = 'kind = "present"\nstart = "s"\nend = "e"\nzone = "UTC"'
    there = Present(utc("03-01 10:00"), utc("03-01 11:00"))
    assert told(tmp_path, toml, "s,e\n2026-03-01 10:00,2026-03-01 11:00\n") == [(there, there.end)]


def test_daylight_saving(tmp_path: Path) -> None:
    """A night in which the clock is set ahead is an hour shorter; of an hour that comes twice the first counts."""
    (spring, _), (autumn, _) = told(
        tmp_path,
        SLEEP,
        "Bedtime,Up\n2026-03-28 23:00,2026-03-29 07:00\n2026-10-25 02:30,2026-10-25 07:00\n",
    )
    assert isinstance(spring, Sleep)
    assert isinstance(autumn, Sleep)
    assert spring.end - spring.start == timedelta(hours=7)
    assert autumn.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_what_is_left_is_told(tmp_path: Path) -> None:
    """Rows that lack what they need are counted by reason; empty ones are no rows."""
    file, left = tmp_path / "x.csv", dict[str, int]()
    file.write_text("Bedtime,Up\n,2026-03-02 07:40\n,\n2026-03-01 23:10,\n")
    assert gather(load(breakd_csv, mapping(SLEEP), name="csv").things("importer")[1].target, file, left) == []
    assert left == {"a row without start": 1, "a row without duration": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Bed,Up\n", "x.csv:1: no column 'Bedtime'; there are: 'Bed', 'Up'"),
        ("", "x.csv:0: no column 'Bedtime'; there are: none"),
        (
            "Bedtime,Up\n2026-03-01 23:10,2026-03-02 07:40\nlate,2026-03-02 07:40\n",
            "x.csv:3: start is 'late', expected ISO",
        ),
        ("Bedtime,Up\n2026-03-01 23:10\n", "x.csv:2: 1 columns, expected at least 2"),
        ("Bedtime,Up\n2026-03-01 23:10,2026-03-01 22:40\n", "x.csv:2: it ends at"),
        ("Bedtime,Up\n2026-03-01 03:10,2026-03-02 09:40\n", "are 30 h, expected at most 20"),
        ("Bedtime,Up\n2126-03-01 23:10,2126-03-02 07:40\n", "an event cannot lie in the future"),
        ("Bedtime,Up\n\xff\xfe", "x.csv:1: not utf-8-sig from about here on"),
        ('Bedtime,Up\n"2026-03-01 23:10,2026-03-02 07:40\n', "unexpected end of data"),
        ("Bedtime,Up\n" + "9" * 200_000, "field larger than field limit"),
        ("PK\x03\x04\0\0\0", "no column 'Bedtime'"),
    ],
)
def test_a_wrong_file_or_row_ends_it_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    """Nothing is taken over, and the line says what was expected."""
    with pytest.raises(ValueError, match=r"x\.csv") as caught:
        told(tmp_path, SLEEP, text.encode("latin-1"))
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-03-01 10:00,hard,30", "rpe is 'hard', expected a number"),
        ("2026-03-01 10:00,11,30", "rpe is 11"),
        ("2026-03-01 10:00,5,0", "duration is 0 s"),
        ("2026-03-01 10:00,5,-3", "duration is -180 s"),
        ("2026-03-01 10:00,5,nan", "expected a number"),
        ("2026-03-01 10:00,inf,30", "rpe is 'inf', expected a number"),
        ("2026-03-01 10:00,5,1e300", "expected"),
        ("2026-03-01 10:00,5,1:2:3:4", "expected a number, or h:mm"),
    ],
)
def test_numbers_that_make_no_sense(tmp_path: Path, row: str, why: str) -> None:
    """Are refused with their row."""
    toml = 'kind = "exercise"\nstart = "s"\nrpe = "r"\nduration = "m"\nzone = "UTC"'
    with pytest.raises(ValueError, match=r"x\.csv:2") as caught:
        told(tmp_path, toml, f"s,r,m\n{row}\n")
    assert why in str(caught.value)


def test_pain_of_eleven_and_half_a_pain(tmp_path: Path) -> None:
    """The scale ends at ten and has no halves."""
    toml = 'kind = "felt"\nstart = "s"\npain = "p"\nzone = "UTC"'
    for pain, why in (("11", "pain is 11"), ("2.5", "a whole number")):
        with pytest.raises(ValueError, match=why):
            told(tmp_path, toml, f"s,p\n2026-03-01 10:00,{pain}\n")


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ('kind = "food"', "kind is 'food', expected one of: sleep, exercise, felt, present"),
        ('kind = "sleep"\nstart = "s"', "two of start, end and duration are needed"),
        ('kind = "sleep"\nstart = "s"\nend = "e"\nrpe = "r"', "no key rpe for sleep"),
        ('kind = "exercise"\nend = "e"\nrpe = "=4"', "two of start, end and duration are needed"),
        ('kind = "sleep"\nstart = 0\nend = 1', "counted from 1"),
        ('kind = "sleep"\nstart = ""\nend = "="', "start is '', expected a heading"),
        ('kind = "sleep"\nstart = true\nend = 1', "start is True"),
        (SLEEP + '\nunit = "d"', "unit is 'd'"),
        (SLEEP + '\ndelimiter = ";;"', "delimiter is ';;'"),
        (SLEEP + '\ndecimal = "x"', "decimal is 'x'"),
        (SLEEP + "\nheader = false", "expected the numbers of columns"),
        (SLEEP + '\nencoding = "utf-9"', "encoding is 'utf-9'"),
        (SLEEP.replace("Berlin", "Atlantis"), "zone is 'Europe/Atlantis'"),
        (SLEEP + "\nformat = 3", "format is 3, expected a str"),
    ],
)
def test_a_mapping_that_makes_no_sense(toml: str, why: str) -> None:
    """Is told like any mistake in the settings."""
    with pytest.raises(Refused) as caught:
        load(breakd_csv, mapping(toml), name="csv")
    assert why in str(caught.value)


def test_each_mapping_is_an_importer_of_its_name(tmp_path: Path) -> None:
    """`breakd import csv.NAME`; the plain name says how a mapping is written, with the columns that there are."""
    two = mapping(SLEEP) + f"\n[plugins.csv.files.y]\n{SLEEP}"
    assert [thing.name for thing in load(breakd_csv, two, name="csv").things("importer")] == ["csv", "csv.x", "csv.y"]
    file = tmp_path / "x.csv"
    file.write_text('"Went to bed";Up\n1;2\n')
    with pytest.raises(ValueError, match=r"begins with 'Went to bed', 'Up'; .*: write one"):
        gather(load(breakd_csv, name="csv").importer, file)
    with pytest.raises(ValueError, match=r"\(csv.x, csv.y\)"):
        gather(load(breakd_csv, two, name="csv").importer, file)


@pytest.mark.parametrize("plugin", [breakd_csv, breakd_apple_health, breakd_activitywatch])
def test_contracts(plugin: ModuleType) -> None:
    """What is asked of every importer is asked of those that come along."""
    assert [found for found in check(load(plugin)) if found.verdict == "failed"] == []


def test_the_tables_of_the_documentation() -> None:
    """Each is taken by the plugin it is for."""
    plugins = {"csv": breakd_csv, "apple_health": breakd_apple_health, "activitywatch": breakd_activitywatch}
    shown = [
        block.text for block in written_in("toml") if block.page == "docs/importing.md" and "[plugins." in block.text
    ]
    names = [name for text in shown for name in tomllib.loads(text)["plugins"]]
    assert sorted(names) == sorted(plugins)
    for text, name in zip(shown, names, strict=True):
        assert load(plugins[name], text, name=name).things("importer")
