"""The course of a subject's lesions for the casebook: diameters as recorded, sums as the stored outcome has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.codelists import LesionState
from assessments.models import CaseForm, Lesion, LesionResult, TumourAssessment, TumourBaseline
from assessments.reading.deidentified import masked
from cohorts.models import Subject
from endpoints.models import Outcome
from values.dates import middle_of, shown_date
from values.numbers import written

WIDTH, HEIGHT, EDGE = 640, 180, 30


@dataclass(frozen=True, slots=True)
class CourseColumn:
    """One assessment; sum and changes are None until the outcome has been derived from it."""

    form_id: int
    date: str
    is_baseline: bool
    is_complete: bool
    investigator: str = ""
    sum: Decimal | None = None
    sum_is_complete: bool = False
    change: Decimal | None = None
    nadir_change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LesionLine:
    lesion: Lesion
    where: str
    found: list[str]


@dataclass(frozen=True, slots=True)
class CoursePoint:
    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class LesionCourse:
    columns: list[CourseColumn]
    rows: list[LesionLine]

    @property
    def has_sums(self) -> bool:
        return any(column.sum is not None for column in self.columns)

    @property
    def top(self) -> Decimal:
        return max((column.sum for column in self.columns if column.sum is not None), default=Decimal(0))

    @property
    def points(self) -> list[CoursePoint]:
        """The complete sums as points of a drawing of WIDTH x HEIGHT, spaced by assessment."""
        shown = [column for column in self.columns if column.sum is not None and column.sum_is_complete]
        step = (WIDTH - 2 * EDGE) / max(len(shown) - 1, 1)
        scale = (HEIGHT - 2 * EDGE) / float(self.top or 1)
        return [
            CoursePoint(
                round(EDGE + step * n, 1),
                round(HEIGHT - EDGE - float(c.sum or 0) * scale, 1),
                f"{shown_date(c.date)}: {written(c.sum or Decimal(0))} mm",
            )
            for n, c in enumerate(shown)
        ]


def course_of(subject: Subject, *, identifying: bool) -> LesionCourse:
    """In five statements; `identifying`: with what the site wrote of a lesion's place."""
    columns = sorted(_columns(subject), key=_order)
    results = {
        (result.lesion_id, result.case_form_id): _words(result)
        for result in LesionResult.objects.filter(case_form__subject=subject)
    }
    lesions = Lesion.counting.filter(subject=subject, struck_out=False).order_by("-kind", "label")
    rows = [
        LesionLine(
            lesion,
            lesion.location_detail if identifying else masked(Lesion, "location_detail", lesion.location_detail),
            [results.get((lesion.pk, column.form_id), "") for column in columns],
        )
        for lesion in lesions
    ]
    return LesionCourse(columns, sorted(rows, key=lambda row: ("TARGET", "NON-TARGET", "NEW").index(row.lesion.kind)))


def _order(column: CourseColumn) -> tuple[bool, date, int]:
    """The baseline first, what has no date yet last."""
    return not column.is_baseline, middle_of(column.date) if column.date else date.max, column.form_id


def _columns(subject: Subject) -> Iterable[CourseColumn]:
    derived = Outcome.objects.filter(subject=subject).values_list("derivation", flat=True).first() or {}
    results = {result["ref"]: result for result in derived.get("assessments", ())}
    of_subject = {"case_form__in": CaseForm.objects.filter(subject=subject)}
    for baseline in TumourBaseline.objects.filter(**of_subject).select_related("case_form"):
        total = derived.get("baseline_sum")
        known = {"sum": total, "complete": total is not None} if _ref(baseline) == derived.get("baseline_ref") else {}
        yield _column(baseline, known, is_baseline=True)
    for assessment in TumourAssessment.objects.filter(**of_subject).select_related("case_form"):
        yield _column(assessment, results.get(_ref(assessment), {}), investigator=assessment.overall_response)


def _ref(record: Any) -> str:
    return f"{record.case_form.code}:{record.pk}"


def _column(
    record: Any, known: Mapping[str, Any], *, is_baseline: bool = False, investigator: str = ""
) -> CourseColumn:
    return CourseColumn(
        form_id=record.pk,
        date=record.assessment_date,
        is_baseline=is_baseline,
        is_complete=record.case_form.state == "complete",
        investigator=investigator,
        sum=_exact(known.get("sum")),
        sum_is_complete=bool(known.get("complete")),
        change=_exact(known.get("change")),
        nadir_change=_exact(known.get("nadir_change")),
    )


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _words(result: LesionResult) -> str:
    if result.state == LesionState.MEASURED:
        return " + ".join(written(size) for size in result.diameters_mm)
    return str(result.get_state_display()).lower()
