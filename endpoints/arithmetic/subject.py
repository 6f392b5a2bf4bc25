"""One subject, from records to outcome: a pure function, the same whatever the order of entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from protocol.schema import AnalysisPlan
from values.dates import shown_date

from . import findings
from .baseline import choose, is_measurable
from .best_response import (
    Course,
    benefit_by_assessment,
    benefit_by_duration,
    confirmed,
    course_of,
    response_of,
    unconfirmed,
    without_origin,
)
from .dates import Timeline, timeline
from .outcomes import AssessmentResult, BestResponse, Flag, SubjectOutcome, TimeToEvent, Variant
from .recist import evaluate_course
from .records import SubjectRecords
from .results import RATES, Evidence, derived_results
from .sensitivity import ANALYSES, varied
from .time_to_event import overall_survival, progression_free

# Settings by which another response counts on some day.
CHANGES_THE_COURSE = {"response_source", "recist_version", "pr_drift", "nact_response"}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A subject with an origin under one plan: `course` for progression, `response` what of it counts for response."""

    results: tuple[AssessmentResult, ...]
    course: Course
    response: Course


def derive(records: SubjectRecords, plan: AnalysisPlan, cut: date | None = None) -> SubjectOutcome:
    """Everything the plan derives from one subject's records, as of a data cut where one is given.

    Raises ValueError for a recorded date that is no date.
    """
    dates = timeline(records, plan, cut)
    if dates.start is None:
        return _without_origin(records, dates, plan)
    evaluated = _evaluated(dates, plan)
    course, response = evaluated.course, evaluated.response
    bor, cbor = unconfirmed(response, plan), confirmed(response, plan)
    headline = cbor if plan.confirmation_required else bor
    benefit_a, benefit_b = benefit_by_assessment(cbor, response, plan), benefit_by_duration(cbor, response, plan)
    first_unconfirmed = response_of(bor, response, plan, is_confirmed=False)
    evidence = Evidence(
        records,
        dates,
        plan,
        course,
        response,
        response_end=_end_of_response(records, evaluated, dates, plan),
        survival=overall_survival(records, course, dates),
        best=headline,
        benefit=benefit_a if plan.clinical_benefit == "cb_A" else benefit_b,
        first=response_of(cbor, response, plan, is_confirmed=True) if plan.confirmation_required else first_unconfirmed,
        first_unconfirmed=first_unconfirmed,
    )
    baseline = choose(dates.baselines, dates.start, plan)
    return SubjectOutcome(
        ref=records.ref,
        origin=dates.start,
        treatment_start=dates.first_dose,
        baseline_ref=baseline.ref if baseline else None,
        baseline_sum=baseline.total if baseline else None,
        measurable=_measurable(dates, plan),
        assessments=evaluated.results,
        bor=bor,
        cbor=cbor,
        headline=headline,
        cb_A=benefit_a,
        cb_B=benefit_b,
        **derived_results(evidence),
        death_date=dates.death,
        baseline_date=_day_of(baseline.ref, dates) if baseline else None,
        treatment_end=dates.treatment_end,
        new_therapy=dates.new_therapy[0] if dates.new_therapy else None,
        new_therapy_ref=dates.new_therapy[1] if dates.new_therapy else "",
        response_ended=response.ended,
        findings=findings.all_findings(records, dates, evaluated.results, course, plan),
        variants=_variants(records, dates, plan, evaluated),
        arm=records.arm,
        stratum=records.stratum,
    )


def _day_of(baseline_ref: str, dates: Timeline) -> date:
    return next(entry.day for entry in dates.baselines if entry.record.ref == baseline_ref)


def _evaluated(dates: Timeline, plan: AnalysisPlan) -> Evaluated:
    assert dates.start is not None
    results = evaluate_course(dates, plan)
    course = course_of(results, dates.start)
    return Evaluated(results, course, _response(results, course, dates, plan))


def _response(results: tuple[AssessmentResult, ...], course: Course, dates: Timeline, plan: AnalysisPlan) -> Course:
    """What counts for response: all of the course, or what was assessed up to a new anticancer therapy."""
    if dates.new_therapy is None or plan.nact_response == "counts":
        return course
    return course_of(results, course.start, until=dates.new_therapy[0])


def _end_of_response(records: SubjectRecords, evaluated: Evaluated, dates: Timeline, plan: AnalysisPlan) -> TimeToEvent:
    """Where a response ends: as progression-free survival does, but at the new therapy that ends its assessment."""
    if dates.new_therapy is not None and plan.nact_response == "ends":
        plan = varied(plan, "nact_censored")
    return progression_free(records, evaluated.response, dates, plan)


def _variants(records: SubjectRecords, dates: Timeline, plan: AnalysisPlan, headline: Evaluated) -> dict[str, Variant]:
    made = {}
    for name, analysis in ANALYSES.items():
        touched, other = analysis.touches, varied(plan, name)
        evaluated = headline
        if other != plan and analysis.changes.keys() & CHANGES_THE_COURSE:
            evaluated = _evaluated(dates, other)
        made[name] = Variant(
            best=_best(evaluated.response, other) if "best" in touched else None,
            benefit=_benefit(evaluated.response, other) if "benefit" in touched else None,
            pfs=progression_free(records, evaluated.course, dates, other) if "pfs" in touched else None,
        )
    return made


def _best(course: Course, plan: AnalysisPlan) -> BestResponse:
    return confirmed(course, plan) if plan.confirmation_required else unconfirmed(course, plan)


def _benefit(course: Course, plan: AnalysisPlan) -> Flag:
    rule = benefit_by_assessment if plan.clinical_benefit == "cb_A" else benefit_by_duration
    return rule(_best(course, plan), course, plan)


def _measurable(dates: Timeline, plan: AnalysisPlan) -> Flag:
    """At least one measurable lesion at baseline. A late baseline does not take a subject out of the denominator."""
    start = dates.start or date.max
    before = sorted((entry for entry in dates.baselines if entry.day <= start), key=lambda entry: entry.day)
    for entry in reversed(before):
        lesions = [measurement.lesion for measurement in entry.record.measurements if is_measurable(measurement, plan)]
        if lesions:
            return Flag(
                True,
                f"Measurable at baseline on {shown_date(entry.day)}: {', '.join(sorted(lesions))}.",
                (entry.record.ref,),
            )
    return Flag(False, "No measurable lesion at baseline.", tuple(entry.record.ref for entry in before))


def _without_origin(records: SubjectRecords, dates: Timeline, plan: AnalysisPlan) -> SubjectOutcome:
    """A subject without an origin: a non-responder without times; the assessments are shown, nothing counts from
    them."""
    best = without_origin(plan)
    nothing = Flag(False, best.reason)
    rates: dict[str, Any] = {rate.code: nothing for rate in RATES}
    return SubjectOutcome(
        ref=records.ref,
        origin=None,
        treatment_start=dates.first_dose,
        baseline_ref=None,
        baseline_sum=None,
        measurable=_measurable(dates, plan),
        assessments=evaluate_course(dates, plan),
        bor=best,
        cbor=best,
        headline=best,
        **rates,
        cb_A=nothing,
        cb_B=nothing,
        death_date=dates.death,
        findings=findings.findings_untreated(records, dates),
        variants={
            name: Variant(
                best=best if "best" in analysis.touches else None,
                benefit=nothing if "benefit" in analysis.touches else None,
            )
            for name, analysis in ANALYSES.items()
        },
        arm=records.arm,
        stratum=records.stratum,
    )
