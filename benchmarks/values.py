"""What a value of many fields costs, as a named tuple and as a `Struct`: a field read, and one replaced.

    python -m benchmarks.values [--fields 22] [--runs 5]

`read_x` and `replace_x` are over those of the `Struct`. See docs/decisions/0022-values-are-structs.md.
"""

from __future__ import annotations

import argparse
import timeit
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from benchmarks.table import medians, show

TIMES = 100_000
LAST = "last"


def ns(statement: str, **names: Any) -> float:
    """Nanoseconds for the statement."""
    return timeit.timeit(statement, globals=names, number=TIMES) / TIMES * 1e9


def row(value: Any, other: Callable[..., Any]) -> dict[str, float]:
    """What it takes to read one field, and to replace one."""
    assert attrgetter(LAST)(other(value)) != attrgetter(LAST)(value)
    return {"read_ns": ns(f"value.{LAST}", value=value), "replace_ns": ns("other(value)", other=other, value=value)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", type=int, default=22, help="as many as the state has")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    names = [*(f"field_{number}" for number in range(args.fields - 1)), LAST]
    values = range(args.fields)
    tuple_ = NamedTuple("tuple_", [(name, int) for name in names])(*values)  # type: ignore[operator]  # made to measure
    struct = msgspec.defstruct("Values", [(name, int) for name in names], frozen=True, gc=False)(*values)
    kinds: dict[str, Callable[[], dict[str, float]]] = {
        "struct": lambda: row(struct, lambda value: replace(value, last=-1)),
        "named tuple": lambda: row(tuple_, lambda value: value._replace(last=-1)),
    }
    rows = {name: medians([run() for _ in range(args.runs)]) for name, run in kinds.items()}
    floor = rows["struct"]
    for found in rows.values():
        found["read_x"] = found["read_ns"] / floor["read_ns"]
        found["replace_x"] = found["replace_ns"] / floor["replace_ns"]
    show(f"{args.fields} fields, {args.runs} run(s)", rows, as_json=args.json)


if __name__ == "__main__":
    main()
