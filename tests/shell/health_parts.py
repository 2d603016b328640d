"""Exports of Apple Health, as a phone writes them: the parts that matter here and the bulk that does not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

DOCTYPE = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord|VisionPrescription)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records in this document. -->
]>"""
# The end of a list of attributes is missing, as in the exports of iOS 16.0 (HealthKit Export Version 12).
BROKEN_DOCTYPE = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout|VisionPrescription)*)>
<!ATTLIST VisionPrescription
  type             CDATA #REQUIRED
  brand            CDATA #IMPLIED
<!ELEMENT RightEye EMPTY>
]>"""
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
EFFORT = "HKQuantityTypeIdentifierWorkoutEffortScore"
HEART = "HKQuantityTypeIdentifierHeartRate"
DEVICE = (
    "&lt;&lt;HKDevice: 0x2830f4e10&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1&gt;"
)


def stamp(moment: datetime) -> str:
    """`2026-03-01 23:10:00 +0100`."""
    return moment.strftime("%Y-%m-%d %H:%M:%S %z")


def at(text: str) -> datetime:
    """`03-01 23:10` of 2026, an hour ahead of UTC."""
    return datetime.fromisoformat(f"2026-{text}+01:00")


def record(kind: str, start: str, end: str, value: str, source: str = "Apple Watch") -> str:
    """A record with the attributes in the order in which phones write them."""
    begin, until = stamp(at(start)), stamp(at(end))
    return (
        f' <Record type="{kind}" sourceName="{source}" sourceVersion="9.1" device="{DEVICE}" unit="count/min" '
        f'creationDate="{until}" startDate="{begin}" endDate="{until}" value="{value}">\n'
        '  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n </Record>'
    )


def asleep(start: str, end: str, stage: str = "AsleepCore", source: str = "Apple Watch") -> str:
    """A record of sleep."""
    return record(SLEEP, start, end, f"HKCategoryValueSleepAnalysis{stage}", source)


def workout(start: str, end: str, kind: str = "Running", minutes: float | None = None, source: str = "Watch") -> str:
    """A workout."""
    begin, until = at(start), at(end)
    long = (until - begin) / timedelta(minutes=1) if minutes is None else minutes
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" duration="{long}" durationUnit="min" '
        f'sourceName="{source}" creationDate="{stamp(until)}" startDate="{stamp(begin)}" endDate="{stamp(until)}">\n'
        f'  <WorkoutStatistics type="{HEART}" startDate="{stamp(begin)}" endDate="{stamp(until)}" average="150"/>\n'
        " </Workout>"
    )


def export(*elements: str, doctype: str = DOCTYPE, made: str = "06-01 12:00") -> str:
    """The text of `export.xml`."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            doctype,
            '<HealthData locale="de_DE">',
            f' <ExportDate value="{stamp(at(made))}"/>',
            ' <Me HKCharacteristicTypeIdentifierDateOfBirth="1980-01-01"/>',
            *elements,
            "</HealthData>\n",
        ]
    )


def zipped(path: Path, files: Iterable[tuple[str, str]]) -> Path:
    """An archive of these files, (name, text) each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return path
