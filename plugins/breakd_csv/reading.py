"""Reads a CSV file row by row, by a mapping. A row that cannot be read ends it, with its line: nothing is guessed."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from io import TextIOWrapper
from pathlib import Path

from breakd import Emit, Event, Exercised, Felt, Present, Sleep
from breakd_csv.mapping import UNITS, Mapped

EVERY = 5000  # rows between two reports of how far it is
LONGEST = timedelta(hours=20)  # a longer sleep, exercise or presence is a mistake
DAY = timedelta(days=1)
HUGE = 1e6  # more than any number means here


class Left(Exception):  # noqa: N818  a reason, not an error
    """The row is left out, and why."""


def import_(path: Path, emit: Emit, mapping: Mapped) -> None:
    """Tell what the rows say. Raises ValueError with FILE:LINE and what is wrong, OSError."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, TextIOWrapper(raw, mapping.encoding, newline="") as file:
        rows = csv.reader(file, delimiter=mapping.delimiter, strict=True)
        try:
            read = Reader(mapping, next(rows, []) if mapping.header else None)
            for number, row in enumerate(rows):
                if not number % EVERY:
                    emit.progress(min(1.0, raw.tell() / size))
                _tell(read, row, emit)
        except UnicodeDecodeError as error:
            where = f"{path}:{rows.line_num + 1}: not {mapping.encoding} from about here on"
            raise ValueError(f"{where} ({error.reason}): set encoding, or is this no CSV file?") from None
        except (ValueError, OverflowError, csv.Error) as error:
            raise ValueError(f"{path}:{rows.line_num}: {error}") from None
    emit.progress(1.0)


def headings(path: Path) -> list[str]:
    """What the first row has, as far as it can be shown. Raises OSError."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline(2000)
    separator = max(",;\t", key=line.count)
    return [cell.strip().strip('"')[:40] for cell in line.split(separator)[:12]]


def _tell(read: Reader, row: list[str], emit: Emit) -> None:
    if not any(cell.strip() for cell in row):
        return
    try:
        event, at = read.report(row)
    except Left as why:
        emit.left(str(why))
    else:
        emit(event, at=at)


class Reader:
    """Rows as reports. `headings`: the first row; None: there is none. Raises ValueError if it lacks a column."""

    def __init__(self, mapping: Mapped, headings: list[str] | None) -> None:
        self._mapping = mapping
        self._zone = _zone(mapping.zone)
        self._places = dict(self._find(headings))
        self._only = [(self._place(headings or [], column), value) for column, value in mapping.only.items()]

    def _find(self, headings: list[str] | None) -> Iterator[tuple[str, int]]:
        for meaning, column in self._mapping.columns.items():
            if isinstance(column, int):
                yield meaning, column - 1
            elif not column.startswith("="):
                yield meaning, self._place(headings or [], column)

    def _place(self, headings: list[str], column: str) -> int:
        names = [heading.strip() for heading in headings]
        if column not in names:
            known = ", ".join(repr(name[:40]) for name in names[:12])
            raise ValueError(f"no column {column!r}; there are: {known or 'none'}")
        return names.index(column)

    def report(self, row: list[str]) -> tuple[Event, datetime]:
        """What the row says, and the moment it is about. Raises Left, or ValueError with what is wrong."""
        if any(_cell(row, place) != value for place, value in self._only):
            raise Left("a row of another sort (only)")
        kind = self._mapping.kind
        if kind == "felt":
            return self._felt(row)
        start, end = self._span(row)
        if end - start > LONGEST:
            raise ValueError(
                f"from {start} to {end} are {(end - start) / timedelta(hours=1):.0f} h, expected at most 20"
            )
        if kind == "sleep":
            return Sleep(start, end), end
        if kind == "present":
            return Present(start, end), end
        return self._exercised(row, (end - start) / timedelta(minutes=1)), end

    def _felt(self, row: list[str]) -> tuple[Event, datetime]:
        pain, sleepiness = self._whole(row, "pain"), self._whole(row, "sleepiness")
        if pain is None and sleepiness is None:
            raise Left("a row that says nothing of pain or sleepiness")
        return Felt(pain, self._text(row, "where"), sleepiness), self._moment(row, "start")

    def _exercised(self, row: list[str], minutes: float) -> Event:
        said = self._number(row, "duration")  # without the pauses in it
        if said:
            minutes = said * UNITS[self._mapping.unit] / 60
        rpe = self._number(row, "rpe")
        if rpe is None:
            raise Left("a row without rpe")
        return Exercised(round(minutes, 2), rpe, self._text(row, "what"))

    def _span(self, row: list[str]) -> tuple[datetime, datetime]:
        seconds = self._number(row, "duration")
        length = None if seconds is None else timedelta(seconds=seconds * UNITS[self._mapping.unit])
        if "start" not in self._mapping.columns:
            end = self._moment(row, "end")
            return end - self._needed(length, "duration"), end
        start = self._moment(row, "start")
        if not self._text(row, "end"):
            return start, start + self._needed(length, "duration")
        end = self._moment(row, "end")
        if end <= start and "date" in self._mapping.columns:  # the date is that of the evening
            end = self._moment(row, "end", DAY)
        if end <= start:
            raise ValueError(f"it ends at {end}, expected a moment after {start}")
        return start, end

    def _needed(self, length: timedelta | None, meaning: str) -> timedelta:
        if length is None:
            raise Left(f"a row without {meaning}")
        if length <= timedelta(0):
            raise ValueError(f"{meaning} is {length.total_seconds():g} s, expected more than 0")
        return length

    def _moment(self, row: list[str], meaning: str, later: timedelta = timedelta(0)) -> datetime:
        time = self._text(row, meaning)
        if not time:
            raise Left(f"a row without {meaning}")
        text = f"{self._text(row, 'date')} {time}".strip()
        form = self._mapping.format
        try:
            found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
        except ValueError:
            expected = f"a time as in {form!r}" if form else "ISO 8601, such as 2026-03-01 23:10, or another format="
            raise ValueError(f"{meaning} is {text[:40]!r}, expected {expected}") from None
        found += later  # by the clock on the wall
        return found if found.tzinfo else found.replace(tzinfo=self._zone).astimezone(UTC)

    def _number(self, row: list[str], meaning: str) -> float | None:
        text = self._text(row, meaning)
        if not text:
            return None
        if ":" in text and meaning == "duration":
            return _clock(text) / UNITS[self._mapping.unit]
        try:
            number = float(text.replace(self._mapping.decimal, "."))
        except ValueError:
            number = math.nan
        if not abs(number) < HUGE:  # nan is not less either
            raise ValueError(f"{meaning} is {text[:40]!r}, expected a number")
        return number

    def _whole(self, row: list[str], meaning: str) -> int | None:
        number = self._number(row, meaning)
        if number is not None and number != int(number):
            raise ValueError(f"{meaning} is {number:g}, expected a whole number")
        return None if number is None else int(number)

    def _text(self, row: list[str], meaning: str) -> str:
        column = self._mapping.columns.get(meaning, "=")
        if isinstance(column, str) and column.startswith("="):
            return column[1:]
        return _cell(row, self._places[meaning])


def _cell(row: list[str], place: int) -> str:
    if place >= len(row):
        raise ValueError(f"{len(row)} columns, expected at least {place + 1}")
    return row[place].strip()


def _clock(text: str) -> float:
    """Seconds of `7:30` (hours and minutes) or `7:30:15`."""
    parts = text.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"duration is {text[:40]!r}, expected a number, or h:mm, or h:mm:ss")
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    return hours * 3600.0 + minutes * 60 + seconds


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name:
        return ZoneInfo(name)
    from tzlocal import get_localzone

    return get_localzone()
