"""Subjects in a few words: sizes by lesion, days from the first dose, or responses alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.records import Assessment, Contact, Dated, Measurement, SubjectRecords
from endpoints.arithmetic.rows import OutcomeRow, Time
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan

START = date(2008, 1, 7)
DERIVED = AnalysisPlan(response_source="derived")
NEWER = AnalysisPlan(response_source="derived", recist_version="1.1")
INVESTIGATOR = AnalysisPlan()

Size = Any  # "42.1" mm, ("15", "10") fragments, "TSTM", "gone" or None for not assessed


def on(day: int) -> str:
    """The date of a study day; the first dose is day 1, the day before it day -1."""
    return (START + timedelta(days=day - 1 if day > 0 else day)).isoformat()


def lesion(name: str, size: Size) -> Measurement:
    node = name.startswith("N")
    if size == "TSTM":
        return Measurement(name, too_small=True, node=node)
    if size == "gone":
        return Measurement(name, absent=True, node=node)
    if size is None:
        return Measurement(name, node=node)
    fragments = size if isinstance(size, tuple) else (size,)
    return Measurement(name, tuple(Decimal(mm) for mm in fragments), node=node)


def scan(when: int | str, sizes: Mapping[str, Size] | None = None, **more: Any) -> Assessment:
    day = on(when) if isinstance(when, int) else when
    measurements = tuple(lesion(name, size) for name, size in (sizes or {}).items())
    return Assessment(more.pop("ref", f"scan {day}"), day, measurements, **more)


def subject(
    *assessments: Assessment,
    baseline: Mapping[str, Size] | None = None,
    baselines: tuple[Assessment, ...] | None = None,
    non_target: Any = None,
    death: int | str | None = None,
    alive: int | str | None = None,
    therapy: int | str | None = None,
    clinical: int | None = None,
    start: date | None = START,
) -> SubjectRecords:
    """Lesions whose name starts with N are nodes. Without `baseline` there is one lesion T1 of 50 mm."""
    return SubjectRecords(
        ref="subject",
        treatment_start=start,
        treatment_ref="dose 1",
        baselines=baselines if baselines is not None else (scan(-6, baseline or {"T1": "50"}, non_target=non_target),),
        assessments=assessments,
        death=Dated(_text(death), "death") if death else None,
        contacts=(Contact(_text(alive), "visit", "contact"),) if alive else (),
        new_therapies=(Dated(_text(therapy), "therapy"),) if therapy else (),
        clinical_progression=Dated(on(clinical), "clinical") if clinical else None,
    )


def _text(when: int | str) -> str:
    return on(when) if isinstance(when, int) else when


def course_of_scans(course: str) -> tuple[Assessment, ...]:
    """Assessments by the investigator's response alone: "57 PR, 113 SD"."""
    pairs = (step.split() for step in course.split(",") if step.strip())
    return tuple(scan(int(day), investigator=response) for day, response in pairs)


def outcome_of(course: str, plan: AnalysisPlan = INVESTIGATOR, **more: Any) -> SubjectOutcome:
    return derive(subject(*course_of_scans(course), **more), plan)


def with_times(row: OutcomeRow, **times: Time | None) -> OutcomeRow:
    """The row with other times, by their codes; None: the subject has none."""
    merged = row.times | times
    return replace(row, times={code: time for code, time in merged.items() if time is not None})


def time(result: Any) -> tuple[int, bool, str] | None:
    return (result.days, result.event, result.reason) if result else None
