"""A subject's laboratory over time: each analyte in its SI unit, with its limits and grades."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assessments.models import FormState, LaboratoryResult
from cohorts.models import Subject
from laboratory.analytes import ANALYTES, Analyte
from laboratory.units import MOST_DECIMALS, shown
from values.numbers import Result

WIDTH, HEIGHT, EDGE = 160, 36, 4
DECIMALS = 2


@dataclass(frozen=True)
class TrendCell:
    """A result in the SI unit, in words, and the form that it stands in."""

    words: str
    flag: str
    grade: int | None
    toxicity: str
    form: int
    grade_bound: str = ""


@dataclass(frozen=True)
class TrendLine:
    """The values of one analyte as a small curve; `band` is the span of normal of the last sample, top and height.

    `limits` are the corners of a triangle at each value that is the limit of its method: it points to where the value
    lies.
    """

    points: str
    band: tuple[str, str] | None
    limits: list[str]


@dataclass(frozen=True)
class TrendRow:
    """One analyte: a cell for each day, None where it was not measured."""

    analyte: Analyte
    cells: list[TrendCell | None]
    worst: TrendCell | None
    line: TrendLine | None


@dataclass(frozen=True)
class Trend:
    days: list[date]
    rows: list[TrendRow]

    @property
    def dated(self) -> list[tuple[TrendRow, list[tuple[date, TrendCell | None]]]]:
        """Each row with the day beside each of its cells: on paper no column head says it."""
        return [(row, list(zip(self.days, row.cells, strict=True))) for row in self.rows]


def trend_of(subject: Subject) -> Trend:
    """Of complete samples alone. One statement."""
    held = LaboratoryResult.objects.filter(
        case_form__subject=subject,
        case_form__state=FormState.COMPLETE,
        sampled_on__isnull=False,
        standard_value__isnull=False,
        struck_out=False,
    )
    by_analyte: dict[str, list[LaboratoryResult]] = defaultdict(list)
    for result in held.order_by("sampled_on", "case_form_id"):
        by_analyte[result.analyte].append(result)
    days = sorted({result.sampled_on for results in by_analyte.values() for result in results})
    known = [analyte for code, analyte in ANALYTES.items() if code in by_analyte]
    return Trend(days, [_row(analyte, by_analyte[analyte.code], days) for analyte in known])


def _row(analyte: Analyte, results: list[LaboratoryResult], days: list[date]) -> TrendRow:
    by_day = {result.sampled_on: _cell(result) for result in results}
    graded = [cell for cell in by_day.values() if cell.grade]
    worst = max(graded, key=lambda cell: cell.grade or 0, default=None)
    return TrendRow(analyte, [by_day.get(day) for day in days], worst, _line(analyte, results))


def _cell(result: LaboratoryResult) -> TrendCell:
    measured = result.standard_value
    words = f"{measured.qualifier}{shown(Fraction(measured.value), _decimals(measured)):f}"
    return TrendCell(words, result.flag, result.grade, result.toxicity, result.case_form_id, result.grade_bound)


def _decimals(measured: Result) -> int:
    """A limit is not rounded: below 0.105 is not below 0.11 alone."""
    return MOST_DECIMALS if measured.is_limit else DECIMALS


def _line(analyte: Analyte, results: list[LaboratoryResult]) -> TrendLine | None:
    """None for a single value, which is no curve."""
    first, last = results[0].sampled_on, results[-1].sampled_on
    if first == last:
        return None
    low, high = (
        _in_si(analyte, limit, results[-1].unit) for limit in (results[-1].lower_limit, results[-1].upper_limit)
    )
    values = [result.standard_value.value for result in results]
    ends = [*values, *(limit for limit in (low, high) if limit is not None)]
    bottom, top = min(ends), max(ends)
    points = [
        (
            _place((result.sampled_on - first).days, 0, (last - first).days, WIDTH),
            HEIGHT - _place(result.standard_value.value, bottom, top, HEIGHT),
        )
        for result in results
    ]
    limits = [
        _triangle(x, y, 1 if result.standard_value.qualifier == "<" else -1)
        for (x, y), result in zip(points, results, strict=True)
        if result.standard_value.is_limit
    ]
    upper = HEIGHT - _place(top if high is None else high, bottom, top, HEIGHT)
    lower = HEIGHT - _place(bottom if low is None else low, bottom, top, HEIGHT)
    band = None if low is None and high is None else (str(upper), str(lower - upper))
    return TrendLine(" ".join(f"{x},{y}" for x, y in points), band, limits)


def _triangle(x: Decimal, y: Decimal, down: int) -> str:
    """With its tip below the point, or above it."""
    return f"{x - 4},{y} {x + 4},{y} {x},{y + EDGE * down}"


def _in_si(analyte: Analyte, limit: Decimal | None, unit: str) -> Decimal | None:
    return None if limit is None else shown(analyte.in_si(limit, unit))


def _place(value: Decimal | int, bottom: Decimal | int, top: Decimal | int, length: int) -> Decimal:
    """Where a value lies between the edges of the picture, to a tenth of a pixel."""
    share = Decimal(value - bottom) / Decimal(top - bottom) if top != bottom else Decimal("0.5")
    return (EDGE + share * (length - 2 * EDGE)).quantize(Decimal("0.1"))


def worst_of(rows: Iterable[TrendRow]) -> list[TrendRow]:
    """The analytes that had a grade of 3 or 4, for the head of the page."""
    return [row for row in rows if row.worst is not None and (row.worst.grade or 0) >= 3]
