"""What a table of `[plugins.csv.files.NAME]` says: which columns mean what, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SPAN = {"start", "end", "duration"}  # two of them say when something was that took time
TIMELESS = "felt"
# For each kind the columns that it needs beside, one of each group, and those that it may have.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "sleep": (),
    "exercise": (("rpe",),),
    TIMELESS: (("start",), ("pain", "sleepiness")),
    "present": (),
}
MAY: dict[str, tuple[str, ...]] = {"sleep": (), "exercise": ("what",), TIMELESS: ("where",), "present": ()}
COLUMNS = ("date", "start", "end", "duration", "rpe", "what", "pain", "sleepiness", "where")
UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
DECIMALS = (".", ",")


@dataclass(frozen=True)
class Mapped:
    """A mapping. `columns`: what is meant -> a heading, a number from 1, or "=" and the value itself;

    `format`: as of strptime, "" for ISO 8601; `zone`: of times without offset, "" for this machine's; `unit`: of
    durations; `only`: heading -> the one value of rows that count.
    """

    name: str
    kind: str
    columns: Mapping[str, str | int]
    format: str = ""
    zone: str = ""
    unit: str = "min"
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"
    header: bool = True
    only: Mapping[str, str] = field(default_factory=dict)


OPTIONS: dict[str, type] = {
    "format": str, "zone": str, "unit": str, "delimiter": str, "decimal": str, "encoding": str, "header": bool,
    "only": Mapping,
}  # fmt: skip


def mapped(name: str, table: Mapping[str, Any]) -> Mapped:
    """The mapping. Raises ValueError with everything that is wrong with it."""
    kind = table.get("kind")
    if kind not in NEEDS:
        raise ValueError(f"files.{name}.kind is {kind!r}, expected one of: {', '.join(NEEDS)}")
    allowed = {column for group in NEEDS[kind] for column in group} | {"date", *MAY[kind]}
    allowed |= SPAN if kind != TIMELESS else set()
    problems = [_problem(key, value, kind, allowed) for key, value in table.items()]
    given = allowed & table.keys()
    problems += [f"{' or '.join(group)} is missing" for group in NEEDS[kind] if not given & set(group)]
    if kind != TIMELESS and len(given & SPAN) < 2:
        problems.append("two of start, end and duration are needed")
    found = Mapped(
        name,
        kind,
        {key: table[key] for key in COLUMNS if key in given},
        **{key: table[key] for key in OPTIONS if key in table},
    )
    problems += _of_values(found) if not any(problems) else []
    wrong = [problem for problem in problems if problem]
    if wrong:
        raise ValueError(f"files.{name}: {'; '.join(wrong)}")
    return found


def _problem(key: str, value: object, kind: str, allowed: set[str]) -> str:
    if key == "kind":
        return ""
    if key in OPTIONS:
        expected = OPTIONS[key]
        return "" if isinstance(value, expected) else f"{key} is {value!r}, expected a {expected.__name__.lower()}"
    if key not in allowed:
        known = ", ".join(sorted(allowed | OPTIONS.keys()))
        return f"no key {key} for {kind}; those are: {known}"
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value in ("", "="):
        return f"{key} is {value!r}, expected a heading, the number of a column, or a value such as '=4'"
    return f"{key} is {value}, expected columns to be counted from 1" if isinstance(value, int) and value < 1 else ""


def _of_values(found: Mapped) -> list[str]:
    import codecs
    from zoneinfo import ZoneInfo

    problems = []
    if found.unit not in UNITS:
        problems.append(f"unit is {found.unit!r}, expected one of: {', '.join(UNITS)}")
    if len(found.delimiter) != 1 or found.delimiter in '\r\n"':
        problems.append(f"delimiter is {found.delimiter!r}, expected one character such as ';'")
    if found.decimal not in DECIMALS:
        problems.append(f"decimal is {found.decimal!r}, expected '.' or ','")
    if not found.header and any(isinstance(column, str) and column[0] != "=" for column in found.columns.values()):
        problems.append("header is false, expected the numbers of columns, since there are no headings")
    if not found.header and found.only:
        problems.append("only needs headings, expected header to be true")
    try:
        codecs.lookup(found.encoding)
    except LookupError:
        problems.append(f"encoding is {found.encoding!r}, expected one such as 'utf-8'")
    try:
        ZoneInfo(found.zone or "UTC")
    except (LookupError, ValueError, OSError):
        problems.append(f"zone is {found.zone!r}, expected a time zone such as 'Europe/Berlin'")
    return problems
