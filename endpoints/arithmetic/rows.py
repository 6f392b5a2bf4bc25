"""The light row of one subject's outcome: all that a population needs, small enough to keep ten thousand of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from .outcomes import AssessmentResult, SubjectOutcome, TimeToEvent
from .records import Response
from .results import MAIN_TIMES, SUBJECT_TIMES

Time = tuple[int, bool]
Varied = tuple[Response | None, bool | None, Time | None]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One subject in a population.

    `times` are (days, event) by the code of the result, those alone that the subject has; days count from the origin as
    day 1, there is no day 0. `reasons` name what decided a main time, by its code.

    `course` is (day, overall response, change of the sum from baseline in per cent or None where it is not complete) of
    each assessment up to the first progression, or to the new anticancer therapy that ends the response. `variants`
    maps each sensitivity analysis to (best response, clinical benefit, PFS), None where it leaves them alone.
    `new_lesions` are the days of the assessments of `course` with a proven new lesion, `no_change` says in words why
    there is no change of a sum to show, "" where there is one. `arm` and `stratum` are those of a randomised subject.
    """

    ref: str
    label: str
    measurable: bool
    assessed: bool
    bor: Response
    cbor: Response
    bor_reason: str
    cbor_reason: str
    benefit: bool
    benefit_unconfirmed: bool
    course: tuple[tuple[int, Response, float | None], ...] = ()
    progression_day: int | None = None
    death_day: int | None = None
    baseline_day: int | None = None
    treatment_end_day: int | None = None
    new_therapy_day: int | None = None
    new_lesions: tuple[int, ...] = ()
    treated: bool = True
    no_change: str = ""
    arm: str = ""
    stratum: str = ""
    variants: dict[str, Varied] = field(default_factory=dict)
    times: dict[str, Time] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def best_change(self) -> float | None:
        """The best change of the sum from baseline in per cent: the one with the smallest sum."""
        return min((change for _, _, change in self.course if change is not None), default=None)

    def as_json(self) -> dict[str, Any]:
        """Flat, so that the database finds a time by its code; null where the subject has none."""
        times = {time.code: self.times.get(time.code) for time in SUBJECT_TIMES}
        reasons = {_reason(time.code): self.reasons.get(time.code, "") for time in MAIN_TIMES}
        return {name: getattr(self, name) for name in NAMES} | times | reasons

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> OutcomeRow:
        """The row that `as_json` stored, also before a result was added. Raises TypeError for a row of another shape:
        derive it again."""
        plain = dict(stored)
        times = {time.code: plain.pop(time.code, None) for time in SUBJECT_TIMES}
        reasons = {time.code: plain.pop(_reason(time.code), "") for time in MAIN_TIMES}
        given = {code: value for code, value in times.items() if value is not None}
        return cls(**plain, times=given, reasons=reasons)


NAMES = tuple(field.name for field in fields(OutcomeRow) if field.name not in ("times", "reasons"))


def _reason(code: str) -> str:
    return f"{code}_reason"


def row_of(outcome: SubjectOutcome, label: str = "") -> OutcomeRow:
    """The row of an outcome; `label` is the subject's number as people know it."""
    start = outcome.origin
    # of progression, what is dated before the origin counts for nothing
    progressions = [result.pd_date for result in outcome.assessments if result.pd_date and start]
    progression = min((day for day in progressions if start and day >= start), default=None)
    shown = sorted(
        (
            (_day(result.date, start), result)
            for result in outcome.assessments
            if result.date
            and start
            and result.date >= start
            and (progression is None or result.pd_date == progression or result.date < progression)
            and (outcome.response_ended is None or result.assessed_on(start) <= outcome.response_ended)
        ),
        key=lambda entry: (entry[0], entry[1].ref),
    )
    return OutcomeRow(
        ref=outcome.ref,
        label=label or outcome.ref,
        measurable=outcome.measurable.value,
        assessed=outcome.bor.assessed,
        bor=outcome.bor.value,
        cbor=outcome.cbor.value,
        bor_reason=outcome.bor.reason,
        cbor_reason=outcome.cbor.reason,
        benefit=outcome.cbr.value,
        benefit_unconfirmed=outcome.cbr.value or outcome.bor.responder,
        times={time.code: days for time in SUBJECT_TIMES if (days := _time(getattr(outcome, time.code)))},
        reasons={time.code: result.reason for time in MAIN_TIMES if (result := getattr(outcome, time.code))},
        course=tuple(
            (day, result.overall, None if result.change is None else float(result.change)) for day, result in shown
        ),
        progression_day=_day(progression, start) if progression and start else None,
        death_day=_day(outcome.death_date, start) if outcome.death_date and start else None,
        baseline_day=signed_day(outcome.baseline_date, start) if outcome.baseline_date and start else None,
        treated=outcome.treatment_start is not None,
        treatment_end_day=_day(outcome.treatment_end, start) if outcome.treatment_end and start else None,
        new_therapy_day=_day(outcome.new_therapy, start) if outcome.new_therapy and start else None,
        new_lesions=tuple(day for day, result in shown if result.new_lesion == "Y"),
        no_change=_why_no_change(outcome, [result for _, result in shown]),
        arm=outcome.arm,
        stratum=outcome.stratum,
        variants={
            name: (
                variant.best.value if variant.best else None,
                variant.benefit.value if variant.benefit else None,
                _time(variant.pfs),
            )
            for name, variant in outcome.variants.items()
        },
    )


def _day(day: date, start: date) -> int:
    return max((day - start).days, 0) + 1


def signed_day(day: date, start: date) -> int:
    """The day counted from the origin, which is day 1; the day before it is day -1."""
    days = (day - start).days
    return days + 1 if days >= 0 else days


def _why_no_change(outcome: SubjectOutcome, shown: Sequence[AssessmentResult]) -> str:
    if any(result.change is not None for result in shown):
        return ""
    if not outcome.bor.assessed:
        return "not assessed after baseline" + (" before new anticancer therapy" if outcome.response_ended else "")
    if outcome.baseline_ref is None:
        return "no valid baseline"
    if outcome.baseline_sum is None:
        return "no target lesion at baseline"
    return "no complete sum of target lesions after baseline"


def _time(result: TimeToEvent | None) -> Time | None:
    return (result.days, result.event) if result else None
