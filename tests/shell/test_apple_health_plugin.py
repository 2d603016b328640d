"""Apple Health: nights and workouts of an export, each once; what is damaged or hostile is refused, and why."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import breakd_apple_health
from breakd import Event, Exercised, Sleep
from breakd.plugin.testing import Refused, gather, load
from breakd_apple_health.nights import Sleeper, once
from breakd_apple_health.opening import DENSE
from breakd_apple_health.workouts import name_of
from tests.shell.health_parts import (
    BROKEN_DOCTYPE,
    EFFORT,
    HEART,
    SLEEP,
    asleep,
    at,
    export,
    record,
    workout,
    zipped,
)

IMPORTER = load(breakd_apple_health).importer
NIGHT = (asleep("03-01 23:00", "03-02 02:00"), asleep("03-02 02:00", "03-02 07:00", "AsleepREM"))
SLEPT = Sleep(at("03-01 23:00"), at("03-02 07:00"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an export is written."""
    return tmp_path / "export.xml"


def told(file: Path, *elements: str, toml: str = "", **more: str) -> tuple[list[Event], dict[str, int]]:
    """What an export with these elements tells, and what is left of it, by reason."""
    file.write_text(export(*elements, **more), encoding="utf-8")
    left: dict[str, int] = {}
    importer = load(breakd_apple_health, toml, name="apple_health").importer if toml else IMPORTER
    return [each.event for each in gather(importer, file, left)], left


def refusal(file: Path) -> str:
    """What is said against this file."""
    with pytest.raises((ValueError, OSError)) as caught:
        gather(IMPORTER, file)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# -- nights -----------------------------------------------------------------------------------------------------------


def test_stages_are_a_night(file: Path) -> None:
    """Stages one after the other are one sleep; what is no sleep is counted with its reason."""
    bed = asleep("03-01 22:30", "03-02 07:30", "InBed", "iPhone")
    assert told(file, *NIGHT, bed, record(HEART, "03-01 09:00", "03-01 09:01", "70")) == (
        [SLEPT],
        {"time in bed, which is no sleep": 1},
    )


def test_a_short_awakening_belongs_to_the_night_a_long_one_does_not(file: Path) -> None:
    """Ten minutes, as people tell of their nights; another length by the settings."""
    parts = (
        asleep("03-01 23:00", "03-02 02:00"),
        asleep("03-02 02:00", "03-02 02:08", "Awake"),
        asleep("03-02 02:08", "03-02 04:00", "AsleepDeep"),
        asleep("03-02 04:00", "03-02 04:40", "Awake"),
        asleep("03-02 04:40", "03-02 07:00", "AsleepREM"),
    )
    first, second = Sleep(at("03-01 23:00"), at("03-02 04:00")), Sleep(at("03-02 04:40"), at("03-02 07:00"))
    assert told(file, *parts)[0] == [first, second]
    assert told(file, *parts, toml="[plugins.apple_health]\nawake = 45")[0] == [SLEPT]


@pytest.mark.parametrize("stage", ["Asleep", "AsleepUnspecified", "AsleepCore", "AsleepDeep", "AsleepREM"])
def test_every_sort_of_sleep(file: Path, stage: str) -> None:
    """Those of before iOS 16 too."""
    assert told(file, asleep("03-01 23:00", "03-02 07:00", stage))[0] == [SLEPT]


def test_several_sources_tell_of_one_night(file: Path) -> None:
    """Stages are believed before an app that only guesses, whichever tells of more; other nights of it are taken."""
    app = (
        asleep("03-01 22:00", "03-02 08:00", "AsleepUnspecified", "SleepApp"),
        asleep("03-02 22:00", "03-03 06:00", "AsleepUnspecified", "SleepApp"),
    )
    other = asleep("03-02 22:30", "03-03 05:00", "Asleep", "Pillow")
    assert told(file, *app, *NIGHT, other) == (
        [SLEPT, Sleep(at("03-02 22:00"), at("03-03 06:00"))],
        {"a sleep of which a better source tells": 2},
    )


def test_a_night_that_may_go_on_waits_for_the_next_export(file: Path) -> None:
    """A sleep that ends just before the export is left, and said; a later export tells all of it."""
    found, left = told(file, asleep("03-01 23:00", "03-02 03:00"), made="03-02 03:10")
    assert found == []
    assert "import a later export" in next(iter(left))
    assert told(file, *NIGHT, made="03-02 07:45")[0] == [SLEPT]


@pytest.mark.parametrize(
    ("element", "why"),
    [
        (asleep("03-01 23:00", "03-03 07:00"), "a sleep of more than 20 h, a mistake"),
        (asleep("03-02 07:00", "03-01 23:00"), "a record that ends before it begins"),
        (asleep("07-01 23:00", "07-02 07:00"), "a record of the future"),
        (asleep("03-01 23:00", "03-02 07:00", "Dreaming"), "a record of sleep of an unknown sort"),
        (
            f'<Record type="{SLEEP}" startDate="yesterday" endDate="today"/>',
            "a record without a readable start and end",
        ),
        (f'<Record type="{SLEEP}"/>', "a record without a readable start and end"),
        (workout("03-01 10:00", "03-01 10:30", minutes=300), "a workout of an impossible length"),
        (workout("03-01 10:00", "03-05 10:30"), "a workout of an impossible length"),
    ],
)
def test_a_record_that_makes_no_sense_is_left_with_its_reason(file: Path, element: str, why: str) -> None:
    """It costs nothing else: the rest is taken."""
    assert told(file, *NIGHT, element) == ([SLEPT], {why: 1})


SPANS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60), st.booleans()), max_size=40)


@given(st.lists(SPANS, max_size=4), st.integers(0, 20))
def test_sleeps_never_overlap_and_are_never_more_than_was_told(
    sources: list[list[tuple[int, int, bool]]], awake: int
) -> None:
    """In any order of records, from any number of sources; the order of the records of one source does not matter."""
    sleepers, backwards = [], []
    for spans in sources:
        one, other = Sleeper(awake), Sleeper(awake)
        for start, long, staged in spans:
            one.add(start, start + long, staged)
        for start, long, staged in reversed(spans):
            other.add(start, start + long, staged)
        sleepers.append(one)
        backwards.append(other)
    found, left = once(sleepers)
    assert sorted(found) == sorted(once(backwards)[0])
    ordered = sorted(found)
    assert all(one.end <= other.start for one, other in pairwise(ordered))
    assert len(found) + left == sum(len(list(each.sleeps())) for each in sleepers)
    for each in found:
        assert any(start <= each.start < start + long for spans in sources for start, long, _ in spans), (
            "a sleep begins where nobody slept"
        )


# -- workouts ---------------------------------------------------------------------------------------------------------


def test_workouts_with_their_pauses_taken_out(file: Path) -> None:
    """`duration` is what counts; how hard it was is what is usual for it."""
    found, _ = told(file, workout("03-01 18:00", "03-01 18:50", minutes=45))
    assert found == [Exercised(45, 6, "running")]


def test_the_effort_that_was_said_is_believed(file: Path) -> None:
    """Said before estimated before usual; the person's own before ours."""
    walk = workout("03-01 18:00", "03-01 18:50", "Walking")
    estimated = EFFORT.replace("WorkoutEffort", "EstimatedWorkoutEffort")
    said = record(EFFORT, "03-01 18:00", "03-01 18:50", "7")
    guess = record(estimated, "03-01 18:00", "03-01 18:50", "3")
    other = record(EFFORT, "03-02 18:00", "03-02 18:50", "9")
    assert told(file, other, walk)[0] == [Exercised(50, 2, "walking")]
    assert told(file, other, guess, walk)[0] == [Exercised(50, 3, "walking")]
    assert told(file, other, guess, said, walk)[0] == [Exercised(50, 7, "walking")]
    moment = record(EFFORT, "03-01 18:49", "03-01 18:49", "8")
    assert told(file, moment, guess, walk) == ([Exercised(50, 8, "walking")], {})
    assert told(file, walk, toml="[plugins.apple_health.rpe]\nwalking = 1.5")[0] == [Exercised(50, 1.5, "walking")]


def test_a_workout_that_two_recorded_counts_once(file: Path) -> None:
    """The longer one; what only follows on it is another."""
    run, strava = workout("03-01 18:00", "03-01 18:50"), workout("03-01 18:01", "03-01 18:49", source="Strava")
    after = workout("03-01 18:45", "03-01 19:15", "TraditionalStrengthTraining")
    found, left = told(file, strava, run, after)
    assert found == [Exercised(50, 6, "running"), Exercised(30, 5, "traditional strength training")]
    assert left == {"a workout that was recorded twice": 1}


def test_names_of_workouts() -> None:
    """As people write them; what is unknown has a name too."""
    assert name_of("HKWorkoutActivityTypeHighIntensityIntervalTraining") == "high intensity interval training"
    assert name_of("HKWorkoutActivityTypeTaiChi") == "tai chi"
    assert name_of("") == "exercise"


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["apple_health_export/export.xml", "export.xml", "apple_health_export/导出.xml", "apple_health_export/Export.xml"],
)
def test_an_archive_is_read_without_unpacking(tmp_path: Path, name: str) -> None:
    """The file in it is named in the language of the phone; clinical documents and routes are not looked at."""
    others = [("apple_health_export/export_cda.xml", "<x"), ("apple_health_export/workout-routes/r.gpx", "<gpx")]
    path = zipped(tmp_path / "export.zip", [*others, (name, export(*NIGHT))])
    assert [each.event for each in gather(IMPORTER, path)] == [SLEPT]
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_the_broken_document_type_of_ios_16(file: Path) -> None:
    """It is passed over, and so are vertical tabs; a mistake after it has its own line all the same."""
    note = '<Record type="x" value="a\x0bb"/>'
    assert told(file, note, *NIGHT, doctype=BROKEN_DOCTYPE)[0] == [SLEPT]
    file.write_text(export("<oops", doctype=BROKEN_DOCTYPE))
    line = 1 + file.read_text().splitlines().index("</HealthData>")
    assert f"export.xml: line {line}: not well-formed" in refusal(file)


BOMB = '<!DOCTYPE HealthData [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
HOSTILE = {
    "billion laughs": BOMB + "]>",
    "external entity": '<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "parameter entity": '<!DOCTYPE HealthData [<!ENTITY % x SYSTEM "http://example.invalid/x.dtd"> %x;]>',
    "external document type": '<!DOCTYPE HealthData SYSTEM "http://example.invalid/x.dtd">',
    "entity behind a text that looks like the end": '<!DOCTYPE HealthData [<!-- ]> --><!ENTITY x "y">]>',
    "no end": '<!DOCTYPE HealthData [<!ELEMENT x "' + "y" * 200_000,
    "two of them": "<!DOCTYPE HealthData []>" + BOMB + "]>",
}


@pytest.mark.parametrize("doctype", HOSTILE.values(), ids=HOSTILE)
def test_entities_are_refused(file: Path, doctype: str) -> None:
    """None is ever looked up or expanded."""
    file.write_text(export('<Record type="&j;&x;"/>', *NIGHT, doctype=doctype))
    tracemalloc.start()
    assert "no export of Apple Health" in refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def test_entities_in_another_encoding_are_refused(file: Path) -> None:
    """UTF-16 would hide them from whoever looks for bytes."""
    file.write_bytes(export(*NIGHT, doctype=HOSTILE["external entity"]).replace("UTF-8", "UTF-16").encode("utf-16"))
    assert "it declares a document type of its own" in refusal(file)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """By what the archive says of itself; one that lies is ended where it lies."""
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("export.xml", "w", force_zip64=True) as inside,
    ):
        for _ in range(40):
            inside.write(b" " * 1_000_000)
    with zipfile.ZipFile(bomb) as archive:
        assert archive.infolist()[0].file_size > DENSE * archive.infolist()[0].compress_size
    assert "MiB of 0.0: refused" in refusal(bomb)


def test_paths_that_lead_elsewhere_lead_nowhere(tmp_path: Path) -> None:
    """Nothing is ever written, and only the export's own place is looked at."""
    names = ["../export.xml", "/export.xml", "apple_health_export/../../export.xml", "a/b/export.xml"]
    path = zipped(tmp_path / "export.zip", [(name, export(*NIGHT)) for name in names])
    assert "no export.xml in it" in refusal(path)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(tmp_path: Path, part: float) -> None:
    """Wherever it ends: the list of what is in it stands at its end."""
    whole = zipped(tmp_path / "export.zip", [("export.xml", export(*NIGHT))]).read_bytes()
    (tmp_path / "part.zip").write_bytes(whole[: int(len(whole) * part)])
    assert "the archive is damaged or not all there" in refusal(tmp_path / "part.zip")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    """A bit that fell over: the check sum tells, at the latest."""
    path = zipped(
        tmp_path / "export.zip", [("export.xml", export(*NIGHT, *(asleep("03-03 23:00", "03-04 07:00"),) * 50))]
    )
    whole = bytearray(path.read_bytes())
    for place in range(100, 400, 30):
        broken = bytearray(whole)
        broken[place] ^= 0x55
        path.write_bytes(broken)
        assert str(path) in refusal(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no element found"),
        (b"Date,Slept\n2026-03-01,8\n", "line 1: syntax error"),
        (b"\x89PNG\r\n\x1a\n\0\0", "line 1: not well-formed"),
        (b"PK\x03\x04 and no archive", "the archive is damaged"),
        (b"<html><body/></html>", "it begins with <html>, expected <HealthData>"),
        (export(*NIGHT).encode()[:900], "line 14: unclosed token"),
        (export("<Record></Workout>").encode(), "mismatched tag"),
        (export("<Record type='a' type='a'/>").encode(), "duplicate attribute"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused(file: Path, content: bytes, why: str) -> None:
    """In one line with the file and what is wrong; nothing is told of what was read before."""
    file.write_bytes(content)
    assert (str(file) in refusal(file)) and (why in refusal(file))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, and nothing at all."""
    assert str(tmp_path) in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "export.zip")


@pytest.mark.parametrize(
    ("bulk", "why"),
    [
        ("<Record>" * 500_000, "more than 20 elements in one another"),
        ("".join(f"<n{number}/>" for number in range(200_000)), "more in one element than there is"),
        (f'<Record type="{"x" * 8_000_000}"/>', "more in one element than there is"),
        ("<!--" + "x" * 8_000_000, "more in one element than there is"),
        ("".join(f"<Me a{number}='' b{number}=''/>" for number in range(100_000)), "more in one element than there is"),
    ],
    ids=["nested", "names", "one element", "one comment", "attributes"],
)
def test_what_a_parser_would_keep_in_memory_is_refused(file: Path, bulk: str, why: str) -> None:
    """Before it has grown: depth, names and single elements are bounded."""
    file.write_text(export(bulk))
    del bulk
    tracemalloc.start()
    said = refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
    assert why in said


@pytest.mark.parametrize(
    "head", [" " * 130_000, "<!--" * 30_000, "<!DOCTYPE x [" + "<!--" * 30_000, "<!DOCTYPE x [" + '"' * 99_999]
)
def test_a_hostile_head_is_refused_at_once(file: Path, head: str) -> None:
    """Whatever stands before the first element is looked at once."""
    file.write_text(head)
    assert refusal(file)


def heart_beats(count: int) -> Iterator[str]:
    """The bulk of an export."""
    one = record(HEART, "03-01 09:00", "03-01 09:01", "70")
    return (one for _ in range(count))


def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    """Ten times as much of what is not wanted takes no more than a tenth more."""
    peaks = []
    for count in (2_000, 20_000):
        path = tmp_path / f"{count}.xml"
        path.write_text(export(*NIGHT, *heart_beats(count)))
        tracemalloc.start()
        assert [each.event for each in gather(IMPORTER, path)] == [SLEPT]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] < 3_000_000


@pytest.mark.parametrize(
    "toml", ["awake = -1", "awake = 500", "rpe = {running = 0}", "rpe = {running = 11}", "naps = 1"]
)
def test_settings_that_make_no_sense(toml: str) -> None:
    """Are refused as those of any plugin."""
    with pytest.raises(Refused):
        load(breakd_apple_health, f"[plugins.apple_health]\n{toml}", name="apple_health")
