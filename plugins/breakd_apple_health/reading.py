"""Reads an export: element by element, so that 5 GB take no more memory than their nights and workouts.

Format: the document type at the head of each export; values are those of Apple's documentation of HealthKit.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from breakd import Emit, Exercised, Sleep
from breakd_apple_health import nights, workouts
from breakd_apple_health.opening import chunks, opened

# What a parser keeps in memory while it reads on, of which exports have little: elements in elements (5), sorts of
# elements and attributes (100), bytes of one element (2,000).
DEEPEST, NAMES, ELEMENT = 20, 2_000, 1 << 20
NO_EXPORT = "this is no export of Apple Health"
EVERY = 1 << 24  # bytes between two reports of how far it is
LARGEST = 3_155_673_600.0  # s since the epoch: the year 2070
EFFORTS = (workouts.SAID, workouts.ESTIMATED)
WANTED = {nights.KIND, *EFFORTS}


def import_(path: Path, emit: Emit, awake: float, usual: Mapping[str, float]) -> None:
    """Tell what is in the export. Raises ValueError with what is wrong with it, OSError.

    `awake`: s; shorter awakenings belong to the night. `usual`: RPE by the name of a workout, beside our own.
    """
    export = Export(awake)
    try:
        with opened(path) as (file, size):
            _parse(file, size, export, emit)
    except expat.ExpatError as error:
        where = f"{path}: line {error.lineno}"
        raise ValueError(f"{where}: {expat.ErrorString(error.code)}: damaged, or no export of Apple Health") from None
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from None
    export.tell(emit, usual)


def _parse(file: IO[bytes], size: int, export: Export, emit: Emit) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True  # a list costs half as much as a dict
    parser.buffer_text = True
    parser.StartElementHandler = export.root
    parser.EndElementHandler = export.end
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    export.parser = parser
    read = told = 0
    for chunk in chunks(file):
        parser.Parse(chunk, False)
        read += len(chunk)
        if read - parser.CurrentByteIndex > ELEMENT + len(chunk) or len(parser.intern) > NAMES:
            raise ValueError(f"line {parser.CurrentLineNumber}: more in one element than there is: {NO_EXPORT}")
        if read >= told + EVERY:
            told = read
            emit.progress(min(1.0, read / max(size, 1)))
    parser.Parse(b"", True)
    emit.progress(1.0)


def _refuse(*_declared: object) -> None:
    raise ValueError("it declares a document type of its own, which no export of Apple Health does: refused")


class Export:
    """What of an export has been read. `awake`: s; shorter awakenings belong to the night."""

    parser: expat.XMLParserType

    def __init__(self, awake: float) -> None:
        self._awake = awake
        self._depth = 0
        self._slept = 0  # sleeps of all sources
        self._sleepers: dict[str, nights.Sleeper] = {}
        self._workouts: list[workouts.Workout] = []
        self._efforts: list[workouts.Effort] = []
        self._left: Counter[str] = Counter()
        self._written = time.time()  # when the export was made, until it says so

    def root(self, name: str, _attributes: list[str]) -> None:
        """The first element."""
        if name != "HealthData":
            raise ValueError(f"it begins with <{name[:40]}>, expected <HealthData>: no export of Apple Health")
        self.parser.StartElementHandler = self.start

    def start(self, name: str, attributes: list[str]) -> None:
        """An element begins. Nine of ten are records that nobody here wants: they are seen off by the first look."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(
                f"line {self.parser.CurrentLineNumber}: more than {DEEPEST} elements in one another: {NO_EXPORT}"
            )
        if name == "Record":
            kind = attributes[1] if attributes and attributes[0] == "type" else dict(_pairs(attributes)).get("type", "")
            if kind in WANTED:
                self._record(kind, dict(_pairs(attributes)))
        elif name == "Workout":
            self._workout(dict(_pairs(attributes)))
        elif name == "ExportDate":
            value = dict(_pairs(attributes)).get("value", "")
            self._written = _moment(value) or self._written

    def end(self, _name: str) -> None:
        """An element ends."""
        self._depth -= 1

    def _record(self, kind: str, record: dict[str, str]) -> None:
        times = self._times(record, instant=kind in EFFORTS)
        if times is None:
            return
        value = record.get("value", "")
        if kind in EFFORTS:
            self._effort(times, value, kind == workouts.SAID)
        elif value in nights.ASLEEP:
            self._asleep(times, record.get("sourceName", ""), value in nights.STAGES)
        elif value == nights.IN_BED:
            self._left["time in bed, which is no sleep"] += 1
        elif value != nights.AWAKE:
            self._left["a record of sleep of an unknown sort"] += 1

    def _asleep(self, times: tuple[float, float], source: str, staged: bool) -> None:
        if times[1] - times[0] > nights.LONGEST:
            self._left[f"a sleep of more than {nights.LONGEST // 3600} h, a mistake"] += 1
            return
        if source not in self._sleepers and len(self._sleepers) >= 1000:
            raise ValueError(f"more than 1000 sources of sleep: {NO_EXPORT}")
        self._slept += self._sleepers.setdefault(source, nights.Sleeper(self._awake)).add(*times, staged)
        if self._slept > nights.MOST:
            raise ValueError(f"more than {nights.MOST} sleeps: {NO_EXPORT}")

    def _effort(self, times: tuple[float, float], value: str, said: bool) -> None:
        score = _number(value)
        if score is not None and 0 < score <= 10 and len(self._efforts) < workouts.MOST:
            self._efforts.append(workouts.Effort(*times, score, said))

    def _workout(self, workout: dict[str, str]) -> None:
        times = self._times(workout)
        if times is None:
            return
        unit = workouts.UNITS.get(workout.get("durationUnit", "min"))
        said = _number(workout.get("duration", ""))
        seconds = said * unit if said and unit else times[1] - times[0]
        if not 0 < seconds <= times[1] - times[0] + 60 or times[1] - times[0] > workouts.LONGEST:
            self._left["a workout of an impossible length"] += 1
            return
        if len(self._workouts) >= workouts.MOST:
            raise ValueError(f"more than {workouts.MOST} workouts: {NO_EXPORT}")
        what = workouts.name_of(workout.get("workoutActivityType", ""))
        self._workouts.append(workouts.Workout(*times, round(seconds / 60, 2), what))

    def _times(self, record: dict[str, str], instant: bool = False) -> tuple[float, float] | None:
        """From when to when; None if it is left out. `instant`: it may take no time."""
        start, end = _moment(record.get("startDate", "")), _moment(record.get("endDate", ""))
        if start is None or end is None:
            self._left["a record without a readable start and end"] += 1
        elif end < start or (end == start and not instant):
            self._left["a record that ends before it begins"] += 1
        elif end > self._written + nights.DAY or end > time.time():
            self._left["a record of the future"] += 1
        else:
            return start, end
        return None

    def tell(self, emit: Emit, usual: Mapping[str, float]) -> None:
        """Emit what it comes to, and what is left."""
        sleeps, others = nights.once(self._sleepers.values())
        emit.left("a sleep of which a better source tells", others)
        for sleep in sleeps:
            if sleep.end > self._written - nights.SETTLED:
                emit.left("a sleep that may not have been over when this was exported: import a later export")
            elif sleep.end - sleep.start > nights.LONGEST:
                emit.left(f"a sleep of more than {nights.LONGEST // 3600} h, a mistake")
            else:
                emit(Sleep(_when(sleep.start), _when(sleep.end)))
        efforts = workouts.Efforts(self._efforts, usual)
        found, others = workouts.once(self._workouts)
        emit.left("a workout that was recorded twice", others)
        for workout in found:
            rpe, _ = efforts.of(workout)
            emit(Exercised(workout.minutes, rpe, workout.what), at=_when(workout.end))
        for why, count in self._left.items():
            emit.left(why, count)


def _pairs(attributes: list[str]) -> zip[tuple[str, str]]:
    return zip(attributes[::2], attributes[1::2], strict=True)


def _moment(text: str) -> float | None:
    """`2026-03-01 23:10:00 +0100` in s since the epoch; None if it is none."""
    try:
        found = datetime.fromisoformat(f"{text[:19]}{text[20:]}")
        moment = (found - EPOCH) / SECOND
    except (ValueError, TypeError, OverflowError):  # TypeError: without its offset
        return None
    return moment if 0 <= moment <= LARGEST else None


EPOCH, SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)


def _when(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
