"""How fast an export of Apple Health is read, and in how much memory, beside the bare XML parser.

    python -m benchmarks.apple_health [--records 200000] [--runs 5]

The export is made here: heart beats with their metadata, as nine of ten records are, and two years of nights and
workouts. `expat` is the parser of the standard library without a handler, so that it does nothing but parse;
`iterparse` is the usual way, which makes each element and drops it. Each run is a process of its own: CPU seconds, and
the most memory it had at a time; the second export is ten times as large. A ratio of speeds above 0.5 was asked for.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.table import medians, show

STAMP = "%Y-%m-%d %H:%M:%S +0000"
DEVICE = (
    "&lt;&lt;HKDevice: 0x2830f4e10&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1&gt;"
)
COMMON = f'sourceName="Apple Watch" sourceVersion="9.1" device="{DEVICE}"'
STAGES = ("Core", "Deep", "Core", "REM", "Core", "REM")
NIGHTS = 730
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def times(start: datetime, length: timedelta) -> str:
    """The attributes that say when."""
    begin, end = start.strftime(STAMP), (start + length).strftime(STAMP)
    return f'creationDate="{end}" startDate="{begin}" endDate="{end}"'


def write(path: Path, records: int) -> None:
    """An export with so many heart beats."""
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData ANY>\n]>\n')
        out.write('<HealthData locale="en_DE">\n <ExportDate value="2026-01-02 12:00:00 +0000"/>\n')
        for number in range(records):
            when = times(FIRST + timedelta(minutes=5 * (number % 200_000)), timedelta(seconds=0))
            out.write(
                f' <Record type="HKQuantityTypeIdentifierHeartRate" {COMMON} unit="count/min" {when} '
                f'value="{number % 90}">\n'
                '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="0"/>\n </Record>\n'
            )
        for night in range(NIGHTS):
            for number, stage in enumerate(STAGES):
                when = times(FIRST + timedelta(days=night, hours=22, minutes=80 * number), timedelta(minutes=80))
                value = f"HKCategoryValueSleepAnalysisAsleep{stage}"
                out.write(f' <Record type="HKCategoryTypeIdentifierSleepAnalysis" {COMMON} {when} value="{value}"/>\n')
            when = times(FIRST + timedelta(days=night, hours=17), timedelta(minutes=40))
            kind = "HKWorkoutActivityTypeRunning"
            out.write(f' <Workout workoutActivityType="{kind}" duration="40" durationUnit="min" {COMMON} {when}/>\n')
        out.write("</HealthData>\n")


RUN = """
import json, sys, time
way, path = sys.argv[1:]
if way == "breakd":
    from pathlib import Path
    import breakd, breakd_apple_health.reading as reading
    class Emit:
        told = 0
        def __call__(self, event, *, ago=0, at=None): Emit.told += 1
        def progress(self, done): pass
        def left(self, why, count=1): pass
    def run(): reading.import_(Path(path), Emit(), 600.0, {})
elif way == "expat":
    from xml.parsers import expat
    def run():
        with open(path, "rb") as file: expat.ParserCreate().ParseFile(file)
else:
    from xml.etree.ElementTree import iterparse
    def run():
        with open(path, "rb") as file:
            root = None
            for what, element in iterparse(file, ("start", "end")):
                if root is None: root = element
                elif what == "end" and element.tag in ("Record", "Workout"): root.clear()
def kib(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))
before = kib("VmRSS")
began = time.process_time()
run()
seconds = time.process_time() - began
after = kib("VmHWM")
if way == "breakd": assert Emit.told == 1460, Emit.told
print(json.dumps({"seconds": seconds, "MiB more": (after - before) / 1024}))
"""


def measured(way: str, path: Path) -> dict[str, float]:
    """One run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", RUN, way, str(path)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.xml"), Path(folder, "large.xml")
        write(small, args.records // 10)
        write(large, args.records)
        for way in ("expat", "iterparse", "breakd"):  # one after the other in each run would warm up no better
            rows[way] = medians([measured(way, large) for _ in range(args.runs)])
        size = large.stat().st_size / 2**20
        for way, row in rows.items():
            row["MiB/s"] = size / row["seconds"]
            row["of expat"] = rows["expat"]["seconds"] / row["seconds"]
            row["tenth: MiB"] = measured(way, small)["MiB more"]
    show(f"reading an export of {size:.0f} MiB", rows, as_json=args.json)


if __name__ == "__main__":
    main()
