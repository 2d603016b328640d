"""What the measurements print: a small table for people, or JSON for programs."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from math import isnan

Row = Mapping[str, float]


def medians(rows: Sequence[Row]) -> dict[str, float]:
    """The median of each column."""
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def show(title: str, rows: Mapping[str, Row], *, as_json: bool) -> None:
    """Print the rows, each under its name; what was not measured is null in JSON."""
    if as_json:
        plain = {
            name: {key: None if isnan(value) else value for key, value in row.items()} for name, row in rows.items()
        }
        sys.stdout.write(json.dumps({"title": title, "rows": plain}, indent=1) + "\n")
        return
    columns = list(next(iter(rows.values())))
    width = max(len(name) for name in rows)
    lines = [title, " " * width + "".join(f"{column:>12}" for column in columns)]
    lines += [f"{name:{width}}" + "".join(f"{row[column]:12.2f}" for column in columns) for name, row in rows.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
